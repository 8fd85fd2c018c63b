"""Where somebody stands on the ladders of posts: eselon, functional level (jenjang) and credit points."""

from __future__ import annotations

from datetime import date

from domain.promotion.credits import credit_facts, earning
from domain.register.person import Person
from domain.rulebook.career_tables import Ladder
from domain.rulebook.expression import Plain
from domain.rulebook.reference import Eselon, Reference
from domain.vocabulary import Grade


def is_below_ladder(person: Person, grade: Grade | None, day: date, reference: Reference) -> bool | None:
    """Whether the grade is exactly one below the ladder of the post held on the day; None when either is not known."""
    _, ladder = _ladder(person, day, reference)
    return grade.level == ladder.lowest.level - 1 if ladder and grade else None


def structural_facts(person: Person, grade: Grade | None, day: date, reference: Reference) -> dict[str, Plain]:
    """The facts about the ladder of a structural post; all unknown without one that is listed."""
    eselon, ladder = _ladder(person, day, reference)
    return {
        "eselon": eselon.name if eselon else None,
        "ladder_lowest": ladder.lowest if ladder else None,
        "ladder_lowest_level": ladder.lowest.level if ladder else None,
        "ladder_highest": ladder.highest if ladder else None,
        "ladder_highest_level": ladder.highest.level if ladder else None,
        "below_ladder": is_below_ladder(person, grade, day, reference),
    }


def functional_facts(
    person: Person, grade: Grade | None, day: date, reference: Reference, *, foreseen: bool
) -> dict[str, Plain]:
    """The facts about the level of a functional post and the credit points; all unknown without a listed level."""
    post = person.post_on(day)
    held = reference.career_level(post.career_level, day) if post else None
    career = reference.career_of(held.category, day) if held else []
    top = career[-1].grades[-1] if career else None
    highest = held.grades[-1] if held else None
    best_percent = reference.parameter("points-percent-of-best-rating", day) if foreseen else None
    return {
        "career_level": held.code if held else None,
        "career_highest": highest,
        "career_highest_level": highest.level if highest else None,
        "career_top": top,
        "career_top_level": top.level if top else None,
        **credit_facts(earning(person, grade, career, day), grade, best_percent),
    }


def _ladder(person: Person, day: date, reference: Reference) -> tuple[Eselon | None, Ladder | None]:
    post = person.post_on(day)
    eselon = reference.eselon(post.eselon, day) if post else None
    return eselon, reference.ladder_of(eselon.name, day) if eselon else None
