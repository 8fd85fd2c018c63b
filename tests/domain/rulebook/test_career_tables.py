from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.rulebook.career_tables import CareerLevel, RetirementAges, Term
from tests.support.rules import SINCE

LEVEL: dict[str, Any] = {
    "code": "ahli-pertama",
    "category": "keahlian",
    "grades": ["III/a", "III/b"],
    "promotion_points": 50,
    "yearly_points": "12.5",
    **SINCE,
}
AGES: dict[str, Any] = {"post_kind": "functional", "ages": {"ahli-madya": 60}, "named": {"guru": 60, "profesor": 70}}


def term(**conditions: Any) -> Term:
    """A term of regular promotion under these conditions."""
    return Term.model_validate({"code": "T", "kind": "REG", "years_in_rank": 4, **SINCE, **conditions})


@pytest.mark.parametrize(("grade", "points"), [("III/a", "50"), ("III/b", "100"), ("III/c", None)])
def test_each_grade_of_a_level_is_left_with_more_points(grade: str, points: str | None) -> None:
    """Twice as many for the second; none for a grade of another level."""
    found = CareerLevel.model_validate(LEVEL).points_to_leave(grade)

    assert found == (Decimal(points) if points else None)


def test_a_fraction_without_quotes_is_refused() -> None:
    """It would not be exact, and the message says what to write."""
    with pytest.raises(ValidationError, match=r'write "12\.5" in quotes'):
        CareerLevel.model_validate(LEVEL | {"yearly_points": 12.5})


@pytest.mark.parametrize(
    ("level", "name", "age"),
    [
        ("ahli-madya", "Analis Kebijakan Ahli Madya", 60),
        ("ahli-madya", "Guru Ahli Madya", 60),
        ("", "Guru Ahli Pertama", 60),
        ("ahli-madya", "Dosen Profesor", 70),
        ("", "Analis Kebijakan", None),
    ],
)
def test_the_name_of_a_post_can_only_raise_the_age(level: str, name: str, age: int | None) -> None:
    """Neither level nor name listed: nobody can tell."""
    assert RetirementAges.model_validate(AGES | SINCE).age(level, name) == age


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"kind": "STR"}, False),
        ({"education": ["47"]}, True),
        ({"education": ["50"]}, False),
        ({"grade": "III/b"}, True),
        ({"grade": "III/c"}, False),
        ({"below_ladder": True}, False),
    ],
)
def test_a_term_is_for_whom_it_describes(conditions: dict[str, Any], fits: bool) -> None:  # noqa: FBT001
    """Every condition must hold for the person."""
    assert term(**conditions).fits("REG", ["40", "47"], "III/b", below_ladder=False) is fits


def test_a_term_below_the_ladder_is_for_nobody_else() -> None:
    """The plain term fits there too; the more particular one prevails."""
    plain, below = term(), term(below_ladder=True)

    assert below.fits("REG", [], None, below_ladder=True)
    assert plain.fits("REG", [], None, below_ladder=True)
    assert below.particular > plain.particular


def test_levels_are_dated_like_everything() -> None:
    """What carries no date and no law is no entry."""
    assert CareerLevel.model_validate(LEVEL).in_force(date(2026, 1, 1))
    with pytest.raises(ValidationError):
        CareerLevel.model_validate({key: value for key, value in LEVEL.items() if key not in SINCE})
