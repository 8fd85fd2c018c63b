"""Disciplinary sanctions, as far back as a rule asks."""

from __future__ import annotations

from datetime import date

from domain.calendar import full_months
from domain.register.facts import SanctionLevel, SanctionServed
from domain.register.person import Person


def months_since_sanction(person: Person, day: date) -> int | None:
    """Full months since the last medium or severe sanction began; None when there was none by the day."""
    began = [
        sanction.valid_from
        for sanction in person.of(SanctionServed)
        if sanction.level is not SanctionLevel.LIGHT and _was_served(sanction) and sanction.valid_from <= day
    ]
    return full_months(max(began), day) if began else None


def _was_served(sanction: SanctionServed) -> bool:
    # A cancelled sanction is recorded with an end on its first day.
    return sanction.valid_to is None or sanction.valid_to > sanction.valid_from
