"""How long somebody has been in posts of one kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain.register.facts import PostHeld
from domain.register.person import Person


def unbroken_since(person: Person, held: PostHeld, alike: Callable[[PostHeld], bool]) -> date:
    """First day of the unbroken run of definitive posts, all of them alike, that ends with the one held."""
    began = held.valid_from
    earlier = [post for post in person.of(PostHeld) if post.slot == held.slot and post.valid_from < began]
    for post in reversed(earlier):
        if not alike(post) or post.valid_to != began:
            break
        began = post.valid_from
    return began
