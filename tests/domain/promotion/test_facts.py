from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from domain.promotion.eligibility import assess_promotion
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.register.events import FactsRecorded
from domain.register.facts import Assignment, PostHeld, PostKind, StandingHeld
from domain.register.person import Person, evolve
from domain.rulebook.facts import PromotionFacts
from domain.vocabulary import Grade
from tests.support.careers import SOURCE, person
from tests.support.promotions import ELIGIBLE, LODGED, TMT, asked

RULEBOOK = read_rulebook()
BORN_1968 = ELIGIBLE | {"born": date(1968, 1, 15), "appointed": {"cpns": date(1990, 1, 1)}}


def facts(kind: str, words: dict[str, Any], **changes: Any) -> PromotionFacts:
    """The facts of that promotion for a person in these words."""
    request = asked(words, kind).model_copy(update=changes)
    return promotion_facts(person("a" * 32, words), request, RULEBOOK.reference)


def retired(words: dict[str, Any]) -> Person:
    """The person, recorded as retired from the TMT on and without a post since."""
    left = [
        StandingHeld(valid_from=TMT, legal_position="99", service_status="P"),
        PostHeld(valid_from=date(2015, 1, 1), valid_to=TMT, post="P", name="P", post_kind=PostKind.GENERAL, unit="U"),
    ]
    return evolve(person("a" * 32, words), FactsRecorded(facts=left, source=SOURCE))


def test_dedication_looks_at_the_last_day_in_service() -> None:
    """Retired on the TMT, the person was in service and in a post the day before."""
    request = asked(BORN_1968, "PGB")
    assessment = assess_promotion(retired(BORN_1968), request, RULEBOOK)

    assert assessment.blocking == []
    assert [finding.requirement for finding in assessment.warnings] == []


def test_any_other_kind_looks_at_the_tmt() -> None:
    """Whoever is retired on it gets no regular promotion."""
    assessment = assess_promotion(retired(BORN_1968), asked(BORN_1968, "REG"), RULEBOOK)

    assert {"BEFORE_RETIREMENT", "LEGAL_POSITION"} == {finding.requirement for finding in assessment.blocking}


def test_points_that_may_still_be_earned_are_unknown_for_a_later_tmt() -> None:
    """Eight months of the best rating earn an Ahli Pertama 12.50; for the TMT that is asked, the record counts."""
    words = ELIGIBLE | {
        "ranks": {date(2023, 2, 1): "III/a"},
        "posts": {date(2020, 6, 1): {"post": "P", "kind": "functional", "level": "ahli-pertama"}},
        "credits": {date(2026, 1, 1): "37.50"},
    }

    known = {day: facts("JF", words, target_tmt=day).credits for day in (date(2026, 8, 1), date(2026, 9, 1))}
    foreseen = {day: facts("JF", words, target_tmt=day, foreseen=True).credits for day in known}
    assert list(known.values()) == [Decimal("37.50")] * 2
    assert list(foreseen.values()) == [Decimal("37.50"), None]


def test_points_are_shown_with_their_hundredths() -> None:
    """As PAK states them."""
    words = ELIGIBLE | {
        "ranks": {date(2023, 2, 1): "III/a"},
        "posts": {date(2020, 6, 1): {"post": "P", "kind": "functional", "level": "ahli-pertama"}},
        "credits": {date(2025, 1, 1): "18.75", date(2026, 1, 1): "18.7"},
    }
    assessment = assess_promotion(person("a" * 32, words), asked(words, "JF"), RULEBOOK)
    (short,) = assessment.blocking

    assert (short.requirement, short.inputs["credits"], short.inputs["credits_needed"]) == (
        "CREDIT_POINTS",
        "37.45",
        "50.00",
    )


def test_acting_posts_move_nothing() -> None:
    """Neither the level of a functional official nor the age of retirement follows a post that is held for another."""
    words = ELIGIBLE | {
        "ranks": {date(2023, 2, 1): "III/a"},
        "posts": {date(2020, 6, 1): {"post": "P", "kind": "functional", "level": "ahli-pertama"}},
        "credits": {date(2026, 1, 1): "50.00"},
    }
    acting = PostHeld(
        valid_from=date(2025, 6, 1),
        post="unit/U",
        name="Kepala U",
        post_kind=PostKind.STRUCTURAL,
        unit="U",
        eselon="II.b",
        career_level="ahli-muda",
        assignment=Assignment.PLT,
    )
    request = asked(words, "JF")
    known = person("a" * 32, words)
    doubled = evolve(known, FactsRecorded(facts=[acting], source=SOURCE))

    assert promotion_facts(doubled, request, RULEBOOK.reference) == promotion_facts(known, request, RULEBOOK.reference)


@pytest.mark.parametrize(
    ("tmt", "asks"), [(date(2025, 4, 1), True), (date(2025, 5, 19), True), (date(2025, 5, 20), False)]
)
def test_the_superior_s_rank_was_asked_until_19_may_2025(tmt: date, asks: bool) -> None:  # noqa: FBT001
    """The same person and the same superior, under the law of the TMT."""
    request = PromotionRequest(
        kind="REG",
        target_grade=Grade("III/c"),
        target_tmt=tmt,
        submitted_on=LODGED,
        superior_grade=Grade("III/b"),
    )
    blocking = assess_promotion(person("a" * 32, ELIGIBLE), request, RULEBOOK).blocking

    assert asks is ("SUPERIOR_GRADE" in [finding.requirement for finding in blocking])
