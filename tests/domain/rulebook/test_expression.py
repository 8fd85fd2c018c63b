from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.rulebook.expression import Expression, ExpressionFailed, ExpressionInvalid, Plain


def answer(source: str, **values: Plain) -> bool | None:
    """The answer of a condition for these inputs."""
    return Expression("RULE.passes_when", source).answer(values)


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("years >= 4", {"years": 4}, True),
        ("years >= 4", {"years": 3}, False),
        ("'a' in found", {"found": ["a", "b"]}, True),
        ("'a' in found", {"found": []}, False),
        ("opens <= day && day <= opens", {"opens": date(2026, 1, 1), "day": date(2026, 1, 1)}, True),
        ("day < closes", {"day": date(2026, 1, 2), "closes": date(2026, 1, 1)}, False),
        ("day >= timestamp('2025-05-20T00:00:00Z')", {"day": date(2025, 5, 20)}, True),
        ("points >= needed", {"points": Decimal("50.00"), "needed": Decimal(50)}, True),
        ("points >= needed", {"points": Decimal("49.99"), "needed": Decimal(50)}, False),
    ],
)
def test_known_inputs_are_answered(source: str, values: dict[str, Plain], expected: bool) -> None:  # noqa: FBT001
    """Numbers, words, lists, days and points compare as the law reads, to the hundredth."""
    assert expected is answer(source, **values)


@pytest.mark.parametrize("source", ["years >= 4", "grade == 'III/a'", "grade in ['III/a']", "!(grade in ['III/a'])"])
def test_an_unknown_input_gives_no_answer(source: str) -> None:
    """A missing fact is never taken for a false one, however it is compared."""
    assert answer(source, years=None, grade=None) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("no && years >= 4", False),
        ("years >= 4 && no", False),
        ("yes || years >= 4", True),
        ("years >= 4 || yes", True),
    ],
)
def test_the_known_side_decides_when_it_can(source: str, expected: bool) -> None:  # noqa: FBT001
    """One bad year refuses, whatever the missing one would have been."""
    assert expected is answer(source, years=None, yes=True, no=False)


def test_null_can_be_asked_for() -> None:
    """Only the input that the expression compares with null is handed over as null."""
    source = "before != null && after != null && after >= before"

    assert answer(source, before=None, after=3) is False
    assert answer(source, before=3, after=3) is True


@pytest.mark.parametrize(
    ("source", "ruled_out"),
    [
        ("kind == 'STR'", True),
        ("kind == 'STR' && years > 4", True),
        ("kind == 'STR' || years > 4", False),
        ("kind == 'REG' && years > 4", False),
        ("kind == 'REG'", False),
        ("kind == 'STR' && before != null", False),
    ],
)
def test_some_inputs_may_rule_a_condition_out(source: str, ruled_out: bool) -> None:  # noqa: FBT001
    """Only where no value of the others could make it true; an input that may be null could have one."""
    assert Expression("RULE.applies_when", source).ruled_out_by({"kind": "REG"}) is ruled_out


def test_unknown_inputs_are_named() -> None:
    """The inputs that are missing are listed, but not those that the expression itself asks about."""
    expression = Expression("RULE", "a >= 1 && b >= 1 && c != null")

    assert expression.unknown({"a": 1, "b": None, "c": None}) == ["b"]


@pytest.mark.parametrize("source", ["", "years >=", "years = 4", "((((", "if", "years and 4"])
def test_what_is_no_expression_is_refused(source: str) -> None:
    """A fault in the text is found when the rule is loaded."""
    with pytest.raises(ExpressionInvalid):
        Expression("RULE", source)


@pytest.mark.parametrize("source", ["now() > 4", "years.matches('x')", "found.exists(x, x == 'a')"])
def test_functions_that_are_not_offered_are_refused(source: str) -> None:
    """No clock, no patterns, no loops."""
    with pytest.raises(ExpressionInvalid, match="unknown function"):
        Expression("RULE", source)


@pytest.mark.parametrize("source", ["years >= 'four'", "years + 1", "years / 0 > 1"])
def test_a_rule_that_cannot_be_answered_names_itself(source: str) -> None:
    """With every input known, no answer means that the rule is wrong."""
    with pytest.raises(ExpressionFailed, match=r"RULE\.passes_when"):
        answer(source, years=4)
