from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.rule_files import read_rulebook
from domain.calendar import first_of_month
from domain.promotion.eligibility import assess_promotion
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.promotion.kinds import ON_ENDING, PromotionKind, target_grade_for
from domain.rulebook.assess import SEARCHED_MONTHS
from domain.rulebook.facts import PromotionFacts
from domain.rulebook.model import Finding, Severity, Verdict
from domain.rulebook.periods import tmts_between
from domain.rulebook.rulebook import Asked
from tests.support.careers import person
from tests.support.promotions import ELIGIBLE, LODGED, TMT, asked, people, requests

RULEBOOK = read_rulebook()
REFERENCE = RULEBOOK.reference
SUBJECT = "a" * 32
KINDS = list(PromotionKind)
PATIENT = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
SEARCHING = settings(PATIENT, max_examples=25)

Question = tuple[dict[str, Any], PromotionRequest]


def against(words: dict[str, Any], request: PromotionRequest, tmt: date = TMT) -> set[str]:
    """The requirements that stand against the person for the TMT, lodged as soon as its window is open."""
    lodged = max(LODGED, first_of_month(tmt, -2).replace(day=16)) if tmt > TMT else LODGED
    later = request.model_copy(update={"target_tmt": tmt, "submitted_on": lodged, "foreseen": tmt > TMT})
    facts = promotion_facts(person(SUBJECT, words), later, REFERENCE)
    return {code for code, _ in RULEBOOK.against("promotion", tmt, Asked(facts))}


def longer_by(words: dict[str, Any], years: int) -> dict[str, Any]:
    """The same person with rank, post and appointment that many years earlier."""

    def before(day: date) -> date:
        return day.replace(year=day.year - years)

    appointed = words["appointed"]
    return words | {
        "ranks": {before(day): rank for day, rank in words["ranks"].items()},
        "posts": {before(day): post for day, post in words["posts"].items()},
        "appointed": appointed and {"cpns": before(appointed["cpns"])},
    }


@PATIENT
@given(requests, st.integers(1, 6))
def test_more_service_never_turns_eligible_into_not_eligible(question: Question, years: int) -> None:
    """Whatever passes with some years in rank, post and service passes with more of them, at the same age."""
    words, request = question

    assert against(longer_by(words, years), request) <= against(words, request)


@PATIENT
@given(requests)
def test_no_promotion_leaves_the_ladder(question: Question) -> None:
    """What passes leads upward to the next grade, or to the one that a diploma opens; and stays on every ladder."""
    words, request = question
    known = person(SUBJECT, words)
    facts = promotion_facts(known, request, REFERENCE)
    answers = RULEBOOK.findings("promotion", TMT, Asked(facts))
    if any(f.verdict is not Verdict.MET and f.severity is not Severity.WARN for f in answers):
        return
    rank = known.rank_on(TMT)

    assert rank is not None
    assert request.target_grade in {rank.grade.next, target_grade_for(request.kind, known, TMT, REFERENCE)}
    assert request.target_grade.level > rank.grade.level
    assert request.kind != "STR" or request.target_grade.level <= (facts.ladder_highest_level or 0)
    assert request.kind != "JF" or request.target_grade.level <= (facts.career_highest_level or 0)
    assert request.kind != "REG" or request.target_grade.level <= (facts.education_ceiling_level or 0)


@PATIENT
@given(people, st.sampled_from(KINDS))
def test_nobody_is_promoted_beyond_the_top(words: dict[str, Any], kind: PromotionKind) -> None:
    """Whoever holds IV/e stays there, whatever the kind."""
    words = words | {"ranks": dict.fromkeys(words["ranks"], "IV/e")}
    request = asked(words, kind)

    assert {"NEXT_GRADE", "DIPLOMA_GRADE"} & against(words, request)


@SEARCHING
@given(requests)
def test_the_same_facts_have_the_same_answer(question: Question) -> None:
    """Nothing but facts, date and version decides, nor the order in which facts became known."""
    words, request = question
    backwards = {key: dict(reversed(v.items())) if isinstance(v, dict) else v for key, v in reversed(words.items())}
    first, again, turned = (assess_promotion(person(SUBJECT, w), request, RULEBOOK) for w in (words, words, backwards))

    assert first == again == turned


@PATIENT
@given(requests)
def test_what_stands_against_is_what_the_findings_say(question: Question) -> None:
    """The quick answer of the search and the full answer never differ."""
    words, request = question

    facts = promotion_facts(person(SUBJECT, words), request, REFERENCE)
    assert against(words, request) == {
        finding.requirement
        for finding in RULEBOOK.findings("promotion", TMT, Asked(facts))
        if finding.verdict is Verdict.NOT_MET and finding.severity is not Severity.WARN
    }


@SEARCHING
@given(requests.filter(lambda question: question[1].kind not in ON_ENDING))
def test_the_earliest_date_is_where_the_rules_first_agree(question: Question) -> None:
    """Asked for that TMT nothing stands against the person; asked for each one before it, something does."""
    words, request = question
    earliest = assess_promotion(person(SUBJECT, words), request, RULEBOOK).earliest_tmt
    last = first_of_month(TMT, SEARCHED_MONTHS)
    before = [tmt for tmt in [TMT, *tmts_between(REFERENCE.periods, TMT, last)] if earliest is None or tmt < earliest]

    assert earliest is None or not against(words, request, earliest)
    assert all(against(words, request, tmt) for tmt in before)


@PATIENT
@given(requests.filter(lambda question: question[1].kind in ON_ENDING))
def test_what_a_service_ends_with_has_a_day_of_its_own(question: Question) -> None:
    """No other day than that of the end, or a day of the last month, passes."""
    words, request = question
    earliest = assess_promotion(person(SUBJECT, words), request, RULEBOOK).earliest_tmt
    ended = words["ended"] and words["ended"]["from"]

    assert earliest in {None, TMT, ended, first_of_month(date(1968, 3, 15), 12 * 58 + 1)}


LITERALS = sorted({word for rule in RULEBOOK.rules for word in re.findall(r"'([^']*)'", rule.passes.source)})


def other_values(name: str) -> Iterator[Any]:
    """Values that this fact could have, one on each side of every threshold of its kind."""
    annotation = PromotionFacts.model_fields[name].annotation
    kinds = {annotation, *get_args(annotation)}
    if bool in kinds:
        yield from (True, False)
    elif int in kinds:
        yield from (0, 2, 1000)
    elif Decimal in kinds:
        yield from (Decimal(0), Decimal(1000))
    elif date in kinds:
        yield from (date(2000, 1, 1), date(2100, 1, 1))
    elif list[str] in kinds:
        yield from ([], LITERALS)
    else:
        yield from LITERALS
    if type(None) in kinds:
        yield None


@pytest.mark.parametrize("name", PromotionFacts.model_fields)
@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_input_touches_only_the_rules_that_declare_it(kind: PromotionKind, name: str) -> None:
    """A rule reads what it declares, and nothing else."""
    facts = promotion_facts(person(SUBJECT, ELIGIBLE), asked(ELIGIBLE, kind), REFERENCE)
    before = _by_code(facts)
    declared = {rule.requirement.code for rule in RULEBOOK.rules if name in rule.requirement.inputs}

    for value in other_values(name):
        after = _by_code(facts.model_copy(update={name: value}))
        touched = {code for code in before | after if before.get(code) != after.get(code)}
        assert touched <= declared


def _by_code(facts: PromotionFacts) -> dict[str, Finding]:
    return {finding.requirement: finding for finding in RULEBOOK.findings("promotion", TMT, Asked(facts))}
