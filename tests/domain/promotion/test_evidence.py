"""Which facts an input hangs on: those without which it reads differently."""

from __future__ import annotations

from datetime import date
from typing import Any

from activities.rule_files import read_rulebook
from domain.promotion.evidence import evidence
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.register.facts import Fact
from domain.vocabulary import Grade
from tests.support.careers import person

REFERENCE = read_rulebook().reference
REQUEST = PromotionRequest(
    kind="REG", target_grade=Grade("III/c"), target_tmt=date(2026, 6, 1), submitted_on=date(2026, 4, 20)
)
WORDS: dict[str, Any] = {
    "ranks": {date(2017, 4, 1): "III/a", date(2021, 12, 1): "III/b"},
    "posts": {date(2015, 1, 1): {"post": "jfu/1@UNIT", "kind": "general"}},
    "legal_position": "01",
    "education": ["40"],
    "ratings": {2023: "baik", 2024: "baik", 2025: "sangat-baik"},
}


def rests_on(words: dict[str, Any]) -> dict[str, list[Fact]]:
    """By input, the facts."""
    return dict(evidence(person("a" * 32, words), lambda one: promotion_facts(one, REQUEST, REFERENCE)))


def test_an_input_hangs_on_the_facts_that_say_it() -> None:
    """The present rank and not the one before, the rating of the newest year and not of another."""
    found = rests_on(WORDS)

    assert [fact.valid_from for fact in found["current_grade"]] == [date(2021, 12, 1)]
    assert [fact.valid_from for fact in found["newest_rating"]] == [date(2025, 1, 1)]
    assert [fact.kind for fact in found["education_levels"]] == ["education"]
    assert [fact.kind for fact in found["in_service"]] == ["standing"]


def test_what_is_asked_hangs_on_no_fact() -> None:
    """Kind, TMT and day of lodging are the caller's."""
    found = rests_on(WORDS)

    assert {"kind", "target_tmt", "submitted_on", "target_grade"} & found.keys() == set()


def test_what_the_register_does_not_say_has_no_evidence() -> None:
    """A gap cites nothing."""
    found = rests_on({name: value for name, value in WORDS.items() if name != "ratings"})

    assert "newest_rating" not in found


def test_what_several_facts_say_alike_rests_on_all_of_their_kind() -> None:
    """The same grade recorded again: the one is as good as the other."""
    since = [date(2021, 12, 1), date(2023, 1, 1)]
    found = rests_on(WORDS | {"ranks": dict.fromkeys(since, "III/b")})

    assert [fact.valid_from for fact in found["current_grade"]] == since
    assert [fact.valid_from for fact in found["rank_from"]] == since[:1]
