"""The dated tables that facts are read against, each asked for a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field

from domain.rulebook.career_tables import CareerLevel, DiplomaGrades, Ladder, RetirementAges, StructuralLadder, Term
from domain.rulebook.model import InForce, Matter, Text
from domain.rulebook.post_levels import PostLevels
from domain.rulebook.reasons import Objection, Reason, Refusing
from domain.vocabulary import Frozen, Grade

D = TypeVar("D", bound=InForce)


class Ceilings(InForce):
    """Highest grade of a regular promotion by SIASN tingkat pendidikan."""

    ceilings: dict[str, Grade]


class Period(InForce):
    """A calendar of promotions: the months whose first day is a TMT, and when proposals for it close."""

    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(min_length=1)
    closes_months_before: int = Field(ge=1, le=6)
    closes_on_day: int = Field(ge=1, le=28)


class LegalPositions(InForce):
    """SIASN's kedudukan hukum of people who are not in service."""

    not_in_service: list[str]


class Freeze(InForce):
    """A time in which officials may not be moved without a minister's written consent."""

    code: str
    name: Text


class Parameter(InForce):
    """A number of policy for which no rule is the right home."""

    code: str
    value: int


class Eselon(Frozen):
    """An eselon by SIASN reference id and name; order 1 is the highest."""

    code: str
    name: str
    order: int


class Eselons(InForce):
    """All eselons."""

    eselons: list[Eselon] = Field(min_length=1)


class Overlay(Frozen):
    """What a joint ministerial decree (SKB) adds to, or takes from, the published days off."""

    decree: str = Field(min_length=1)
    added: list[date] = []
    removed: list[date] = []


@dataclass(frozen=True)
class Reference:
    """All tables of one edition of the rulebook."""

    ceilings: tuple[Ceilings, ...]
    periods: tuple[Period, ...]
    legal_positions: tuple[LegalPositions, ...]
    freezes: tuple[Freeze, ...]
    parameters: tuple[Parameter, ...]
    eselons: tuple[Eselons, ...]
    overlay: tuple[Overlay, ...]
    post_levels: tuple[PostLevels, ...]
    career_levels: tuple[CareerLevel, ...]
    structural_ladders: tuple[StructuralLadder, ...]
    retirement_ages: tuple[RetirementAges, ...]
    diploma_grades: tuple[DiplomaGrades, ...]
    terms: tuple[Term, ...]
    reasons: tuple[Reason, ...]
    objections: tuple[Objection, ...]

    def ceiling_of(self, level: str, day: date) -> Grade | None:
        """The highest grade that this education reaches under the table of the day, or None when it is not listed."""
        table = current(self.ceilings, day)
        return table.ceilings.get(level) if table else None

    def in_service(self, legal_position: str, day: date) -> bool | None:
        """Whether this kedudukan hukum is one of people in service, under the table of the day."""
        table = current(self.legal_positions, day)
        return legal_position not in table.not_in_service if table else None

    def parameter(self, code: str, day: date) -> int | None:
        """The value of the day."""
        entry = current((p for p in self.parameters if p.code == code), day)
        return entry.value if entry else None

    def career_level(self, code: str, day: date) -> CareerLevel | None:
        """The level (jenjang) of functional posts with this code, or None when it is not listed."""
        return current((level for level in self.career_levels if level.code == code), day)

    def career_of(self, category: str, day: date) -> list[CareerLevel]:
        """The levels of a category, lowest first."""
        levels = (level for level in self.career_levels if level.category == category and level.in_force(day))
        return sorted(levels, key=lambda level: level.grades[0].level)

    def ladder_of(self, eselon: str, day: date) -> Ladder | None:
        """Lowest and highest grade of an eselon by its name ("III.a"), or None when it is not listed."""
        table = current(self.structural_ladders, day)
        return table.ladders.get(eselon) if table else None

    def retirement_age(
        self, post_kind: str, eselon: str, career_level: str, day: date, post_name: str = ""
    ) -> int | None:
        """Years at which the holder of such a post retires, or None when the table does not say.

        The eselon decides for a structural post, the level for a functional one; some names of posts raise it.
        """
        table = current((ages for ages in self.retirement_ages if ages.post_kind == post_kind), day)
        return table.age(eselon if post_kind == "structural" else career_level, post_name) if table else None

    def diploma_grade(self, level: str, day: date) -> Grade | None:
        """The grade that this education starts at, or None when it is not listed."""
        table = current(self.diploma_grades, day)
        return table.grades.get(level) if table else None

    def term(self, kind: str, day: date, levels: list[str], grade: str | None, *, below_ladder: bool) -> Term | None:
        """The least time in rank and post for a kind, for people with these diplomas and this grade.

        None when the law asks for none.
        """
        fitting = (t for t in self.terms if t.in_force(day) and t.fits(kind, levels, grade, below_ladder=below_ladder))
        return max(fitting, key=lambda term: term.particular, default=None)

    def freezes_on(self, day: date) -> list[Freeze]:
        """Every freeze that covers the day."""
        return [freeze for freeze in self.freezes if freeze.in_force(day)]

    def reasons_for(self, matter: Matter, kind: str, verb: Refusing | None, day: date) -> list[Reason]:
        """The reasons that can be given on the day, for any verb or for one, in the order of the file."""
        return [r for r in self.reasons if r.in_force(day) and r.fits(matter, kind, verb)]

    def reason(self, code: str, day: date) -> Reason | None:
        """The reason with this code as of the day, or None when it is not listed."""
        return current((reason for reason in self.reasons if reason.code == code), day)

    def objection(self, day: date) -> Objection | None:
        """How a refusal of the day is objected to."""
        return current(self.objections, day)

    def eselon(self, text: str, day: date) -> Eselon | None:
        """The eselon by its SIASN id ("31") or name ("III.a"); None for none and for unknown spellings."""
        table = current(self.eselons, day)
        known = table.eselons if table else []
        return next((eselon for eselon in known if text in (eselon.code, eselon.name)), None)


def current(entries: Iterable[D], day: date) -> D | None:
    """The one entry that holds on the day; dates of one code never overlap in a loaded rulebook."""
    return next((entry for entry in entries if entry.in_force(day)), None)
