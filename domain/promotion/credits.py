"""Credit points (angka kredit): what is recorded of a functional level, and what may still be earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.calendar import full_months
from domain.register.facts import Assignment, CreditsGranted, PostHeld
from domain.register.person import Person
from domain.rulebook.career_tables import CareerLevel
from domain.rulebook.expression import Plain
from domain.vocabulary import Grade

PERCENT_MONTHS = 100 * 12


@dataclass(frozen=True)
class Earning:
    """The level (jenjang) that a grade belongs to, and the points granted for the time in it, up to a day."""

    level: CareerLevel
    granted: list[CreditsGranted]
    until: date

    @property
    def points(self) -> Decimal | None:
        """The sum; None where nothing is recorded."""
        return sum((grant.points for grant in self.granted), Decimal(0)) if self.granted else None

    def may_reach(self, needed: Decimal, percent: int) -> bool:
        """Whether months that no grant covers yet could fill the gap, if they earned that percentage of a good year."""
        if not self.granted:
            return False
        months = full_months(max(grant.valid_from for grant in self.granted), self.until)
        gap = needed - (self.points or 0)
        return gap * PERCENT_MONTHS <= self.level.yearly_points * percent * months


def earning(person: Person, grade: Grade | None, career: Sequence[CareerLevel], day: date) -> Earning | None:
    """What was earned in the level of this career that the grade belongs to, until a higher one began.

    None for a grade of no level. The points of a period count when it ended after the level began.
    """
    level = next((level for level in career if grade in level.grades), None)
    if level is None:
        return None
    higher = [above.code for above in career[career.index(level) + 1 :]]
    since, until = min(_began(person, [level.code]), default=date.max), min([day, *_began(person, higher)])
    granted = [grant for grant in person.of(CreditsGranted) if since < grant.valid_from <= until]
    return Earning(level, granted, until)


def credit_facts(earned: Earning | None, grade: Grade | None, best_percent: int | None) -> dict[str, Plain]:
    """The facts about points; with the percentage of the best rating, those that may still be earned are unknown."""
    level = earned.level if earned else None
    points, needed = earned.points if earned else None, level.points_to_leave(grade) if level and grade else None
    if earned and points is not None and needed is not None and best_percent is not None:
        points = None if points < needed and earned.may_reach(needed, best_percent) else points
    return {
        "credits": points,
        "credits_needed": needed,
        "credits_a_year": level.yearly_points if level else None,
        "credits_confidence": level.legal_basis.confidence if level else None,
    }


def _began(person: Person, levels: list[str]) -> Iterable[date]:
    definitive = (post for post in person.of(PostHeld) if post.assignment is Assignment.DEFINITIVE)
    return (post.valid_from for post in definitive if post.career_level in levels)
