"""Dated tables of careers: the ladders of posts, credit points, retirement ages, what diplomas open, minimum terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from domain.rulebook.model import InForce
from domain.vocabulary import Frozen, Grade, Rating


def _exact(value: object) -> object:
    if isinstance(value, float):
        message = f'write "{value}" in quotes, a fraction without them is not exact'
        raise ValueError(message)  # noqa: TRY004 -- pydantic reports values, and lets types escape
    return value


Points = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, max_digits=7, decimal_places=2)]
"""Credit points (angka kredit), exact to the hundredth."""


class CareerLevel(InForce):
    """A level (jenjang) of functional posts: its grades, lowest first, and the credit points it asks for.

    `promotion_points` are needed for each grade, `yearly_points` are what a year rated Baik gives.
    """

    code: str
    category: Literal["keterampilan", "keahlian"]
    grades: list[Grade] = Field(min_length=1)
    promotion_points: Points
    yearly_points: Points

    def points_to_leave(self, grade: str) -> Decimal | None:
        """The points, counted since the level was entered, with which this grade is left; None for other grades.

        Those for the last grade are also the points that the level above asks for.
        """
        return self.promotion_points * (self.grades.index(Grade(grade)) + 1) if grade in self.grades else None


class Ladder(Frozen):
    """The lowest and the highest grade of an eselon."""

    lowest: Grade
    highest: Grade


class StructuralLadder(InForce):
    """The ladder of each eselon, by its name ("III.a")."""

    ladders: dict[str, Ladder]


class RetirementAges(InForce):
    """Ages (batas usia pensiun, BUP) in years of one kind of post.

    `ages` is keyed by eselon (structural) or level (functional), "any" for a kind without either;
    `named` by a word of the post's name: it can only raise the age.
    """

    post_kind: str
    ages: dict[str, int]
    named: dict[str, int] = {}

    def age(self, key: str, post_name: str) -> int | None:
        """The age for an eselon or level and a post's name, or None when neither is listed."""
        words = post_name.lower().split()
        found = [age for word, age in self.named.items() if word in words]
        listed = self.ages.get(key) or self.ages.get("any")
        return max([*found, listed]) if listed else max(found, default=None)


class DiplomaGrades(InForce):
    """The grade that an education starts at, by SIASN's tingkat pendidikan."""

    grades: dict[str, Grade]


class Term(InForce):
    """The least time in rank and post, and the ratings, for a kind of promotion.

    `ratings` is how many of the last years must reach `lowest_rating`. A term with `education` and `grade` is for
    people with one of those diplomas who hold that grade; one `below_ladder` for officials one grade below the ladder
    of their post.
    """

    code: str
    kind: str
    years_in_rank: int = Field(default=0, ge=0)
    years_in_post: int = Field(default=0, ge=0)
    ratings: int = Field(default=0, ge=0, le=2)
    lowest_rating: Rating = Rating.BAIK
    education: list[str] = []
    grade: Grade | None = None
    below_ladder: bool = False

    def fits(self, kind: str, levels: list[str], grade: str | None, *, below_ladder: bool) -> bool:
        """Whether the term is meant for this kind, these diplomas and this grade."""
        return (
            kind == self.kind
            and (not self.education or any(level in self.education for level in levels))
            and self.grade in (None, grade)
            and self.below_ladder <= below_ladder
        )

    @property
    def particular(self) -> int:
        """How many conditions it has: the more particular term prevails."""
        return bool(self.education) + bool(self.grade) + self.below_ladder
