from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rule_files import read_rulebook
from domain.promotion.eligibility import assess_promotion, next_tmt
from domain.promotion.facts import PromotionRequest
from domain.rulebook.model import Assessment, Verdict
from tests.support.careers import person
from tests.support.promotions import ELIGIBLE, asked

RULEBOOK = read_rulebook()
SUBJECT = "a" * 32
REQUEST = asked(ELIGIBLE, "REG")


def assessed(words: dict[str, Any], request: PromotionRequest = REQUEST) -> Assessment:
    """The answer for a person in these words."""
    return assess_promotion(person(SUBJECT, words), request, RULEBOOK)


def test_a_finding_says_what_it_was_answered_from() -> None:
    """Inputs as text, article, and the first TMT on which this requirement no longer stands against it."""
    words = ELIGIBLE | {"ranks": {date(2022, 3, 1): "III/b"}}
    (finding,) = assessed(words).blocking

    assert finding.requirement == "TIME_IN_RANK"
    assert finding.inputs["years_in_rank"] == "3"
    assert finding.inputs["rank_from"] == "2022-03-01"
    assert finding.inputs["term_basis"] == "PP 99/2000, pasal 7 ayat (1)"
    assert finding.legal_basis.regulation == "PP 99/2000 jo. PP 12/2002"
    assert finding.earliest_on == date(2026, 3, 1)
    assert finding.subject == SUBJECT


def test_each_obstacle_has_its_own_date_and_the_whole_the_last() -> None:
    """The sanction ends in July, the time in rank comes in September: nothing passes before September."""
    words = ELIGIBLE | {
        "ranks": {date(2022, 9, 1): "III/b"},
        "sanctions": [{"level": "sedang", "from": date(2025, 8, 1), "last_day": date(2026, 7, 31)}],
    }
    assessment = assessed(words)

    assert {"TIME_IN_RANK": date(2026, 9, 1), "NO_SANCTION": date(2026, 8, 1)} == {
        finding.requirement: finding.earliest_on for finding in assessment.blocking
    }
    assert assessment.earliest_tmt == date(2026, 9, 1)


def test_what_never_turns_has_no_date() -> None:
    """Education does not grow by waiting: no date is promised, neither for it nor for the whole."""
    assessment = assessed(ELIGIBLE | {"education": ["15"]})

    assert [finding.earliest_on for finding in assessment.blocking] == [None]
    assert assessment.earliest_tmt is None


def test_a_gap_names_what_is_missing() -> None:
    """The missing rating is named, sends back, and refuses nothing."""
    assessment = assessed(ELIGIBLE | {"ratings": {2023: "baik", 2025: "baik"}})
    (gap,) = assessment.warnings

    assert (gap.requirement, gap.verdict, gap.missing) == ("RATINGS", Verdict.CANNOT_TELL, ["previous_rating"])
    assert assessment.blocking == []


def test_the_assessment_names_the_rulebook() -> None:
    """Years later one can tell which rules answered."""
    assert RULEBOOK.version == assessed(ELIGIBLE).rulebook_version


@pytest.mark.parametrize(
    ("day", "tmt"),
    [
        (date(2025, 12, 15), date(2026, 1, 1)),
        (date(2025, 12, 16), date(2026, 2, 1)),
        (date(2026, 1, 15), date(2026, 2, 1)),
        (date(2026, 1, 16), date(2026, 3, 1)),
    ],
)
def test_the_next_tmt_turns_on_the_16th(day: date, tmt: date) -> None:
    """A proposal lodged on the 15th comes in time, one day later it waits a month."""
    assert tmt == next_tmt(day, RULEBOOK)


@given(st.dates(min_value=date(2001, 1, 1), max_value=date(2060, 1, 1)))
def test_tomorrow_never_has_an_earlier_tmt(day: date) -> None:
    """Waiting does not bring a promotion nearer."""
    assert next_tmt(day, RULEBOOK) <= next_tmt(day + timedelta(days=1), RULEBOOK)
