"""The posts that a move gives and takes."""

from __future__ import annotations

from datetime import date

from domain.register.facts import Assignment, PostHeld
from domain.register.person import Person
from domain.rotation.moves import Move


def posts_after(move: Move, person: Person, tmt: date, decree: str) -> list[PostHeld]:
    """The new definitive post from the TMT, which ends the old one; acting for that same post ends with it."""
    new = PostHeld(
        valid_from=tmt,
        post=move.to_post,
        name=move.to_name,
        post_kind=move.to_kind,
        unit=move.to_unit,
        eselon=move.to_eselon,
        job_class=move.to_class,
        decree=decree,
        career_level=move.to_career_level,
    )
    acting = [
        post.model_copy(update={"valid_to": tmt})
        for post in person.of(PostHeld)
        if post.assignment is not Assignment.DEFINITIVE and post.post == move.to_post and post.holds_on(tmt)
    ]
    return [new, *acting]
