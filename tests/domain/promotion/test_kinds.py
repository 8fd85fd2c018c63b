from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from domain.promotion.kinds import PromotionKind, kinds_for, own_day, target_grade_for
from tests.support.careers import person
from tests.support.promotions import ELIGIBLE, TMT

RULEBOOK = read_rulebook()
REFERENCE = RULEBOOK.reference
STUDY = {"from": date(2023, 8, 1), "until": date(2025, 8, 1), "level": "45"}


def suggested(**changes: Any) -> list[str]:
    """The kinds for a member of staff with these changes, on the TMT."""
    return list(kinds_for(person("a" * 32, ELIGIBLE | changes), TMT, REFERENCE))


def target(kind: str, **changes: Any) -> str | None:
    """The grade that the kind leads that person to."""
    return target_grade_for(kind, person("a" * 32, ELIGIBLE | changes), TMT, REFERENCE)


def placed(kind: str, **more: str) -> dict[date, Any]:
    """A post of the kind."""
    return {date(2015, 1, 1): {"post": "P", "kind": kind, **more}}


@pytest.mark.parametrize(
    ("post", "kinds"),
    [
        ("general", ["REG"]),
        ("structural", ["STR"]),
        ("functional", ["JF"]),
        ("double", ["STR", "JF"]),
    ],
)
def test_the_post_suggests_the_kind(post: str, kinds: list[str]) -> None:
    """A double post may lead up either way."""
    assert suggested(posts=placed(post)) == kinds


def test_nothing_is_suggested_to_whom_the_register_knows_no_post_of() -> None:
    """The register must say where somebody works."""
    assert suggested(posts={}) == []


@pytest.mark.parametrize(
    ("code", "kind"), [("prestasi-luar-biasa", "PLB"), ("penemuan-baru", "PB")], ids=["achievement", "discovery"]
)
def test_an_honour_comes_before_the_post(code: str, kind: str) -> None:
    """One that was granted before the present rank has had its reward."""
    assert suggested(honours={date(2025, 6, 1): code}) == [kind, "REG"]
    assert suggested(honours={date(2020, 6, 1): code}) == ["REG"]


def test_study_suggests_its_kinds() -> None:
    """While it runs; after it with the diploma; and not once the rank is newer than the study."""
    running = [{"from": date(2024, 8, 1), "level": "45"}]

    assert suggested(studies=running) == ["TB1", "REG"]
    assert suggested(studies=[STUDY], education=["40", "45"]) == ["TB2", "REG"]
    assert suggested(studies=[STUDY], education=["40"]) == ["REG"]
    assert suggested(studies=[STUDY], education=["40", "45"], ranks={date(2025, 8, 1): "III/b"}) == ["REG"]


def test_the_diploma_exam_suggests_the_diploma_s_grade() -> None:
    """Only where the diploma starts higher than the grade held."""
    assert suggested(exams=["ukppi"], ranks={date(2021, 12, 1): "II/c"}) == ["PI", "REG"]
    assert suggested(exams=["ukppi"]) == ["REG"]


@pytest.mark.parametrize(
    ("cause", "kind"),
    [("retirement", "PGB"), ("death", "PGB"), ("disabled-on-duty", "PGB"), ("killed-on-duty", "ANU")],
)
def test_who_has_left_is_offered_what_a_service_ends_with(cause: str, kind: str) -> None:
    """And nothing else; until then the end changes nothing."""
    assert suggested(ended={"from": TMT, "cause": cause}) == [kind]
    assert suggested(ended={"from": date(2026, 2, 2), "cause": cause}) == ["REG"]


def test_who_reaches_the_retirement_age_is_offered_dedication() -> None:
    """Without anything declared, from the first day of the month after the birthday on."""
    assert suggested(born=date(1968, 1, 31)) == ["PGB"]
    assert suggested(born=date(1968, 2, 1)) == ["REG"]


@pytest.mark.parametrize("kind", [kind for kind in PromotionKind if kind is not PromotionKind.DIPLOMA])
def test_a_promotion_leads_to_the_next_grade(kind: str) -> None:
    """None above the top, and none for a rank that is not known."""
    assert target(kind) == "III/c"
    assert target(kind, ranks={date(2021, 12, 1): "IV/e"}) is None
    assert target(kind, ranks={}) is None


def test_a_diploma_leads_to_its_own_grade() -> None:
    """The highest one counts; there is none for whoever holds it already."""
    below = {date(2021, 12, 1): "II/c"}

    assert target("PI", ranks=below, education=["15", "40"]) == "III/a"
    assert target("PI", ranks=below, education=["40", "45"]) == "III/b"
    assert target("PI", ranks=below, education=["15"]) is None
    assert target("PI", education=["45"]) is None
    assert target("PI", ranks=below, education=[]) is None


def test_after_study_the_higher_of_both_grades_is_proposed() -> None:
    """The diploma's where it lies above the next one."""
    assert target("TB2", ranks={date(2021, 12, 1): "II/c"}) == "III/a"
    assert target("TB2", ranks={date(2021, 12, 1): "II/d"}) == "III/a"
    assert target("TB2", education=["45"]) == "III/c"


def test_only_what_a_service_ends_with_has_its_own_day() -> None:
    """The declared one, else that of the retirement age."""
    died = person("a" * 32, ELIGIBLE | {"ended": {"from": date(2026, 2, 10), "cause": "death"}})
    aged = person("a" * 32, ELIGIBLE)

    assert own_day("ANU", died, TMT, REFERENCE) == date(2026, 2, 10)
    assert own_day("PGB", aged, TMT, REFERENCE) == date(2043, 7, 1)
    assert own_day("REG", died, TMT, REFERENCE) is None


def test_every_kind_has_a_route() -> None:
    """Whatever may be suggested may be proposed."""
    assert {kind for kind in PromotionKind if RULEBOOK.route("promotion", kind, TMT)} == set(PromotionKind)
