"""Who is in reach of a promotion: eligible, nearly so, or somebody of whom the register says too little."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from domain.errors import RegisterGap, RouteMissing
from domain.promotion.announcements import Outlook
from domain.promotion.eligibility import assess_promotion
from domain.promotion.upcoming import FEW, Candidate, asked, candidate, lodged_on, options, overall
from domain.rulebook.model import Verdict
from tests.support.careers import person

RULEBOOK = read_rulebook()
SUBJECT = "a" * 32
TMT, TODAY = date(2026, 6, 1), date(2026, 4, 20)
GENERAL = {"post": "jfu/1@UNIT", "kind": "general"}
WORDS: dict[str, Any] = {
    "ranks": {date(2021, 12, 1): "III/b"},
    "posts": {date(2015, 1, 1): GENERAL},
    "appointed": {"cpns": date(2014, 3, 1), "pns": date(2015, 4, 1)},
    "born": date(1990, 1, 1),
    "legal_position": "01",
    "education": ["40"],
    "ratings": {2023: "baik", 2024: "baik", 2025: "baik"},
}


def outlook(**changed: Any) -> Candidate | None:
    """The outlook of the eligible person with some words changed; a word that is None is left out."""
    words = {name: value for name, value in (WORDS | changed).items() if value is not None}
    return candidate(person(SUBJECT, words), TMT, TODAY, RULEBOOK)


def named(found: Candidate | None) -> list[str]:
    """What is missing, by code."""
    assert found is not None
    return [finding.requirement for finding in found.missing]


def test_who_meets_everything_is_eligible_for_the_tmt() -> None:
    """With the kind and grade that the career suggests."""
    found = outlook()

    assert found is not None
    assert found.request is not None
    assert (found.outlook, found.earliest_tmt) == (Outlook.ELIGIBLE, TMT)
    assert (found.request.kind, found.request.target_grade) == ("REG", "III/c")
    assert (found.missing, found.gaps, found.lacking) == ((), (), ())


@pytest.mark.parametrize(
    ("in_rank_since", "earliest"), [(date(2022, 7, 1), date(2026, 7, 1)), (date(2022, 12, 1), date(2026, 12, 1))]
)
def test_who_becomes_eligible_within_the_nearby_months_is_nearly_so(in_rank_since: date, earliest: date) -> None:
    """With the day, for the whole and for the requirement."""
    found = outlook(ranks={in_rank_since: "III/b"})

    assert found is not None
    assert (found.outlook, found.earliest_tmt) == (Outlook.NEARLY, earliest)
    assert named(found) == ["TIME_IN_RANK"]
    assert found.missing[0].earliest_on == earliest


def test_who_only_lacks_more_months_than_the_nearby_ones_is_out_of_reach() -> None:
    """Nothing can be done about it: half the agency would be listed for ever."""
    assert outlook(ranks={date(2023, 1, 1): "III/b"}) is None
    assert outlook(ranks={date(2023, 1, 1): "III/b"}, ratings={2024: "kurang", 2025: "kurang"}) is None


def test_who_lacks_something_that_can_be_done_is_nearly_eligible_without_a_day() -> None:
    """A diploma, a rating: it is named with its cure."""
    found = outlook(ranks={date(2021, 12, 1): "III/d"})

    assert found is not None
    assert (found.outlook, found.earliest_tmt) == (Outlook.NEARLY, None)
    assert "EDUCATION_CEILING" in named(found)
    assert 1 <= len(found.missing) <= FEW
    assert all(finding.cure.id and finding.cure.en for finding in found.missing)


def test_of_whom_the_register_says_too_little_is_a_data_gap() -> None:
    """It is told which inputs of which requirement are missing; nobody is called not eligible over it."""
    found = outlook(ratings={2023: "baik", 2024: "baik", 2025: "baik"}, education=None)

    assert found is not None
    assert (found.outlook, found.missing) == (Outlook.DATA_GAP, ())
    assert [finding.requirement for finding in found.gaps if "education_ceiling_level" in finding.missing] != []
    assert all(finding.verdict is Verdict.CANNOT_TELL for finding in found.gaps)


@pytest.mark.parametrize(("word", "lacking"), [("ranks", ("rank",)), ("posts", ("post",))])
def test_without_a_rank_or_a_post_nothing_can_be_asked(word: str, lacking: tuple[str, ...]) -> None:
    """The fact is named; there is no kind to name."""
    found = outlook(**{word: None})

    assert found == Candidate(Outlook.DATA_GAP, lacking=lacking)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "C"},
        {"status": "PPPK"},
        {"legal_position": "04"},
        {"ranks": None, "posts": None, "legal_position": None},
        {"ranks": {date(2020, 4, 1): "IV/e"}},
        {"ended": {"from": date(2026, 1, 1), "cause": "retirement"}},
    ],
    ids=["CPNS", "PPPK", "not in service", "a role only", "top of the ladder", "retired"],
)
def test_who_is_out_of_reach_is_not_listed(changed: dict[str, Any]) -> None:
    """No PNS in service, no career, no rank above: neither a candidate nor a gap."""
    assert outlook(**changed) is None


def test_a_closed_window_makes_nobody_less_eligible() -> None:
    """The list says who qualifies; that it is too late for a TMT its window says."""
    found = candidate(person(SUBJECT, WORDS), TMT, date(2026, 5, 20), RULEBOOK)

    assert found is not None
    assert found.outlook is Outlook.ELIGIBLE


@pytest.mark.parametrize(
    ("today", "lodged"),
    [
        (date(2026, 1, 5), date(2026, 4, 16)),
        (date(2026, 4, 16), date(2026, 4, 16)),
        (date(2026, 5, 15), date(2026, 5, 15)),
        (date(2026, 5, 16), date(2026, 5, 15)),
    ],
)
def test_the_day_of_lodging_lies_in_the_window(today: date, lodged: date) -> None:
    """Before it the first day, after it the last."""
    assert lodged_on(TMT, today, RULEBOOK.reference) == lodged


def test_a_question_that_leaves_out_kind_and_tmt_means_what_career_and_day_suggest() -> None:
    """The TMT whose window contains today, lodged today."""
    request = asked(person(SUBJECT, WORDS), None, None, TODAY, RULEBOOK)

    assert (request.kind, request.target_grade) == ("REG", "III/c")
    assert (request.target_tmt, request.submitted_on) == (TMT, TODAY)


def test_a_question_for_a_later_tmt_is_lodged_when_its_window_opens() -> None:
    """Nobody is told that it is too early; one for a closed window is told that it is too late."""
    later = asked(person(SUBJECT, WORDS), "REG", date(2026, 9, 1), TODAY, RULEBOOK)
    closed = asked(person(SUBJECT, WORDS), "REG", date(2026, 5, 1), TODAY, RULEBOOK)

    assert (later.submitted_on, closed.submitted_on) == (date(2026, 7, 16), TODAY)
    assert overall(assess_promotion(person(SUBJECT, WORDS), later, RULEBOOK)) is Verdict.MET
    assert overall(assess_promotion(person(SUBJECT, WORDS), closed, RULEBOOK)) is Verdict.NOT_MET


@pytest.mark.parametrize(
    ("left_out", "kind", "fact"), [("ranks", None, "rank"), ("posts", None, "post"), ("ranks", "REG", "rank")]
)
def test_a_question_that_the_register_cannot_complete_is_refused_by_the_fact(
    left_out: str, kind: str | None, fact: str
) -> None:
    """Which one is missing is said."""
    words = {name: value for name, value in WORDS.items() if name != left_out}
    with pytest.raises(RegisterGap) as refused:
        asked(person(SUBJECT, words), kind, None, TODAY, RULEBOOK)

    assert refused.value.fact == fact


def test_the_top_of_the_ladder_and_an_unknown_kind_are_refused() -> None:
    """There is no grade above IV/e, and no route for an invented kind."""
    with pytest.raises(RegisterGap):
        asked(person(SUBJECT, WORDS | {"ranks": {date(2020, 4, 1): "IV/e"}}), None, None, TODAY, RULEBOOK)
    with pytest.raises(RouteMissing):
        asked(person(SUBJECT, WORDS), "XYZ", None, TODAY, RULEBOOK)


def test_the_whole_is_unclear_only_when_nothing_known_stands_against_it() -> None:
    """Not met wins over a gap, a gap over what is met."""
    for changed, verdict in (
        ({}, Verdict.MET),
        ({"education": []}, Verdict.CANNOT_TELL),
        ({"education": [], "ranks": {date(2025, 1, 1): "III/b"}}, Verdict.NOT_MET),
    ):
        someone = person(SUBJECT, WORDS | changed)
        request = asked(someone, "REG", None, TODAY, RULEBOOK)
        assert overall(assess_promotion(someone, request, RULEBOOK)) is verdict


def test_the_nearest_of_several_kinds_counts() -> None:
    """Merit beside the post's own kind: whichever stands nearest is offered."""
    someone = person(SUBJECT, WORDS | {"honours": {date(2025, 1, 1): "prestasi-luar-biasa"}})
    kinds = [kind for kind, _ in options(someone, TMT, RULEBOOK.reference)]
    found = candidate(someone, TMT, TODAY, RULEBOOK)

    assert kinds == ["PLB", "REG"]
    assert found is not None
    assert found.outlook is Outlook.ELIGIBLE
