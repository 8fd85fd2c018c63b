"""People as situations describe them."""

from __future__ import annotations

from typing import Any

from domain.register.person import Person
from domain.situations.people import SOURCE, WrittenPerson, rating_of

__all__ = ["SOURCE", "person", "rating_of"]


def person(subject: str, words: dict[str, Any]) -> Person:
    """The person that the words describe; what they leave out, the register does not know."""
    return WrittenPerson.model_validate(words).person(subject)
