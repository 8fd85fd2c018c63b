from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.rule_files import read_rulebook
from domain.calendar import first_of_month, full_months
from domain.promotion.eligibility import assess_promotion, next_tmt
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.rulebook.assess import SEARCHED_MONTHS
from domain.rulebook.facts import PromotionFacts
from domain.rulebook.model import Assessment, Finding, Severity, Verdict
from domain.rulebook.rulebook import Asked
from domain.vocabulary import Grade, Rating
from tests.support.careers import person

RULEBOOK = read_rulebook()
SUBJECT = "a" * 32
TMT = date(2026, 2, 1)
REQUEST = PromotionRequest(kind="REG", target_grade=Grade("III/c"), target_tmt=TMT, submitted_on=date(2026, 1, 5))
WORDS: dict[str, Any] = {
    "ranks": {date(2021, 12, 1): "III/b"},
    "posts": {date(2015, 1, 1): {"post": "P", "kind": "general"}},
    "legal_position": "01",
    "education": ["40"],
    "ratings": {2023: "baik", 2024: "baik", 2025: "baik"},
}

SEVERE = {"level": "berat", "from": date(2025, 1, 1), "last_day": date(2026, 12, 31)}
PATIENT = settings(deadline=None, max_examples=30)

careers = st.fixed_dictionaries(
    {
        "ranks": st.integers(0, 120).map(lambda months: {first_of_month(TMT, -months): "III/b"}),
        "posts": st.sampled_from([{}, WORDS["posts"]]),
        "legal_position": st.sampled_from([None, "01", "02", "15"]),
        "status": st.sampled_from(["P", "C"]),
        "education": st.lists(st.sampled_from(["15", "30", "40", "42", "45"]), max_size=2),
        "ratings": st.dictionaries(st.integers(2022, 2025), st.sampled_from([rating.value for rating in Rating])),
        "sanctions": st.sampled_from([[], [SEVERE]]),
    }
)


def assessed(words: dict[str, Any], request: PromotionRequest = REQUEST) -> Assessment:
    """The answer for a person in these words."""
    return assess_promotion(person(SUBJECT, words), request, RULEBOOK)


def against(words: dict[str, Any], tmt: date = TMT) -> set[str]:
    """The requirements that stand against the person for the TMT, lodged as soon as its window is open."""
    lodged = max(REQUEST.submitted_on, first_of_month(tmt, -2).replace(day=16))
    request = REQUEST.model_copy(update={"target_tmt": tmt, "submitted_on": lodged})
    facts = promotion_facts(person(SUBJECT, words), request, RULEBOOK.reference)
    return {code for code, _ in RULEBOOK.against("promotion", tmt, Asked(facts))}


@PATIENT
@given(careers, st.integers(1, 10))
def test_more_service_never_turns_eligible_into_not_eligible(words: dict[str, Any], years: int) -> None:
    """Whatever passes with some years in rank passes with more of them."""
    (began,) = words["ranks"]
    longer = words | {"ranks": {began.replace(year=began.year - years): "III/b"}}

    assert against(longer) <= against(words)


@PATIENT
@given(careers)
def test_the_same_facts_have_the_same_answer(words: dict[str, Any]) -> None:
    """Nothing but facts, date and version decides, nor the order in which facts became known."""
    backwards = {key: dict(reversed(v.items())) if isinstance(v, dict) else v for key, v in reversed(words.items())}

    assert assessed(words) == assessed(words)
    assert assessed(words) == assessed(backwards)


@PATIENT
@given(careers)
def test_what_stands_against_is_what_the_findings_say(words: dict[str, Any]) -> None:
    """The quick answer of the search and the full answer never differ."""
    assert against(words) == {
        finding.requirement
        for finding in assessed(words).findings
        if finding.verdict is Verdict.NOT_MET and finding.severity is not Severity.WARN
    }


@PATIENT
@given(careers)
def test_the_earliest_date_is_where_the_rules_first_agree(words: dict[str, Any]) -> None:
    """Asked for that TMT nothing stands against the person; asked for each month before it, something does."""
    earliest = assessed(words).earliest_tmt
    ends = earliest or first_of_month(TMT, SEARCHED_MONTHS)
    between = [first_of_month(TMT, n) for n in range(full_months(TMT, ends))]

    assert earliest is None or not against(words, earliest)
    assert all(against(words, tmt) for tmt in between)


OTHER_VALUES: dict[str, Any] = {
    "kind": "STR",
    "submitted_on": date(2020, 1, 1),
    "target_tmt": date(2026, 3, 1),
    "tmt_in_calendar": False,
    "window_opens": None,
    "window_closes": date(2020, 1, 1),
    "current_grade": "II/d",
    "target_grade": "III/a",
    "next_grade": "III/d",
    "target_level": 17,
    "rank_from": None,
    "years_in_rank": 1,
    "newest_rating": "kurang",
    "newest_rating_year": 2000,
    "previous_rating": None,
    "previous_rating_year": 2000,
    "education_levels": ["05"],
    "education_ceiling": "II/a",
    "education_ceiling_level": None,
    "exams": ["ujian-dinas-1"],
    "trainings": ["pim-3"],
    "sanctions": ["berat"],
    "sanctioned_until": date(2026, 12, 31),
    "legal_position": "02",
    "in_service": False,
    "service_status": "C",
    "post_kind": "structural",
}


@pytest.mark.parametrize("name", PromotionFacts.model_fields)
def test_one_changed_input_touches_only_the_rules_that_declare_it(name: str) -> None:
    """A rule reads what it declares, and nothing else."""
    facts = promotion_facts(person(SUBJECT, WORDS), REQUEST, RULEBOOK.reference)
    before = _by_code(facts)
    after = _by_code(facts.model_copy(update={name: OTHER_VALUES[name]}))
    touched = {code for code in before | after if before.get(code) != after.get(code)}

    declared = {rule.requirement.code for rule in RULEBOOK.rules if name in rule.requirement.inputs}
    assert touched <= declared


def _by_code(facts: PromotionFacts) -> dict[str, Finding]:
    return {finding.requirement: finding for finding in RULEBOOK.findings("promotion", TMT, Asked(facts))}


def test_a_finding_says_what_it_was_answered_from() -> None:
    """Inputs as text, article, and the first TMT on which this requirement no longer stands against it."""
    words = WORDS | {"ranks": {date(2022, 3, 1): "III/b"}}
    (finding,) = assessed(words).blocking

    assert finding.requirement == "TIME_IN_RANK"
    assert finding.inputs["years_in_rank"] == "3"
    assert finding.inputs["rank_from"] == "2022-03-01"
    assert finding.legal_basis.article == "pasal 7 ayat (1) huruf a"
    assert finding.earliest_on == date(2026, 3, 1)
    assert finding.subject == SUBJECT


def test_each_obstacle_has_its_own_date_and_the_whole_the_last() -> None:
    """The sanction ends in July, the time in rank comes in September: nothing passes before September."""
    words = WORDS | {
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
    assessment = assessed(WORDS | {"education": ["15"]})

    assert [finding.earliest_on for finding in assessment.blocking] == [None]
    assert assessment.earliest_tmt is None


def test_a_gap_names_what_is_missing() -> None:
    """The missing rating is named, sends back, and refuses nothing."""
    assessment = assessed(WORDS | {"ratings": {2023: "baik", 2025: "baik"}})
    (gap,) = assessment.warnings

    assert (gap.requirement, gap.verdict, gap.missing) == ("RATINGS", Verdict.CANNOT_TELL, ["previous_rating"])
    assert assessment.blocking == []


def test_the_assessment_names_the_rulebook() -> None:
    """Years later one can tell which rules answered."""
    assert RULEBOOK.version == assessed(WORDS).rulebook_version


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
