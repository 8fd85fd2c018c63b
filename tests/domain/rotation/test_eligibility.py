from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from domain.register.facts import PostKind
from domain.rotation.eligibility import assess_rotation
from domain.rotation.facts import move_facts
from domain.rotation.moves import Move
from domain.rotation.placement import Placement, RotationRequest
from domain.rulebook.facts import MoveFacts
from domain.rulebook.model import Finding, Verdict
from domain.rulebook.rulebook import Asked
from tests.support.careers import person

RULEBOOK = read_rulebook()
A, B = "a" * 32, "b" * 32
TMT = date(2026, 2, 1)


def official(subject: str, post: str, since: date = date(2023, 6, 1)) -> Any:
    """The holder of a structural post of eselon IV.a."""
    posts = {since: {"post": post, "kind": "structural", "eselon": "41", "class": 9}}
    return person(subject, {"posts": posts, "legal_position": "01"})


def move(subject: str, from_post: str, to_post: str) -> Move:
    """A move to a post of the same eselon and class."""
    return Move(
        subject=subject,
        from_post=from_post,
        to_post=to_post,
        to_unit="U",
        to_name=to_post,
        to_kind=PostKind.STRUCTURAL,
        to_eselon="41",
        to_class=9,
    )


SWAP = RotationRequest(
    kind="internal", moves=[move(A, "X", "Y"), move(B, "Y", "X")], target_tmt=TMT, submitted_on=date(2026, 1, 5)
)


def test_findings_name_the_person_they_are_about() -> None:
    """In a swap only the one who came last year is refused, with the first of the month on which that ends."""
    people = {A: official(A, "X"), B: official(B, "Y", date(2024, 4, 1))}
    assessment = assess_rotation(SWAP, people, {"X": A, "Y": B}, RULEBOOK)

    assert [(B, "TIME_IN_POST_MIN", date(2026, 4, 1))] == [
        (finding.subject, finding.requirement, finding.earliest_on) for finding in assessment.blocking
    ]
    assert assessment.earliest_tmt == date(2026, 4, 1)


def test_every_move_is_asked_everything() -> None:
    """Both people have an answer to the same requirements."""
    people = {A: official(A, "X"), B: official(B, "Y")}
    findings = assess_rotation(SWAP, people, {"X": A, "Y": B}, RULEBOOK).findings
    of_a, of_b = ([f.requirement for f in findings if f.subject == subject] for subject in (A, B))

    assert of_a == of_b
    assert all(finding.verdict is Verdict.MET for finding in findings)


def test_somebody_the_register_does_not_know_is_a_gap() -> None:
    """Nothing is refused over a person without facts; what is missing is named."""
    assessment = assess_rotation(SWAP, {A: official(A, "X")}, {"X": A, "Y": B}, RULEBOOK)

    assert assessment.blocking == []
    assert {B} == {finding.subject for finding in assessment.warnings}


OTHER_VALUES: dict[str, Any] = {
    "kind": "other",
    "submitted_on": date(2020, 1, 1),
    "target_tmt": date(2099, 3, 1),
    "held_post": "W",
    "held_kind": "general",
    "from_post": "W",
    "post_from": None,
    "months_in_post": 1,
    "to_post": "W",
    "to_kind": "general",
    "to_career_level": "ahli-madya",
    "from_eselon": None,
    "from_eselon_order": 1,
    "to_eselon": "I.a",
    "to_eselon_order": 10,
    "from_class": 17,
    "to_class": None,
    "held_level": "jpt-madya",
    "held_level_order": 1,
    "to_level": "jpt-madya",
    "to_level_order": 1,
    "target_vacant": False,
    "moves_of_subject": 2,
    "moves_to_post": 2,
    "sanctions": ["berat"],
    "sanctioned_until": date(2026, 12, 31),
    "months_since_sanction": 1,
    "legal_position": "09",
    "in_service": False,
    "service_status": "C",
    "current_grade": "I/a",
    "current_grade_level": 1,
    "lowest_grade": "IV/e",
    "lowest_grade_level": 17,
    "education_levels": ["05"],
    "exams": ["ukppi"],
    "trainings": ["pim-1"],
    "newest_rating": "kurang",
    "newest_rating_year": 1999,
    "previous_rating": "kurang",
    "previous_rating_year": 1998,
    "months_in_posts": 1,
    "months_as_pengawas": 1,
    "months_as_administrator": 1,
    "months_as_jpt_pratama": 1,
    "post_history_complete": True,
    "age_months": 999,
    "retires_on": date(2020, 1, 1),
    "freezes": ["pilkada"],
    "documents": ["PERSETUJUAN_MENDAGRI"],
}
KINDS = sorted({kind for route in RULEBOOK.routes if route.matter == "rotation" for kind in route.kinds})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MoveFacts.model_fields)
def test_one_changed_input_touches_only_the_rules_that_declare_it(name: str, kind: str) -> None:
    """A rule reads what it declares, and nothing else, whatever the kind of move."""
    facts = move_facts(SWAP.moves[0], official(A, "X"), Placement(SWAP, {"Y": B}), RULEBOOK.reference)
    before = _by_code(facts.model_copy(update={"kind": kind}))
    after = _by_code(facts.model_copy(update={"kind": kind, name: OTHER_VALUES[name]}))
    touched = {code for code in before | after if before.get(code) != after.get(code)}

    assert touched <= {rule.requirement.code for rule in RULEBOOK.rules if name in rule.requirement.inputs}


@pytest.mark.parametrize("name", [name for name in MoveFacts.model_fields if name != "submitted_on"])
def test_every_word_of_a_move_is_read_by_some_rule(name: str) -> None:
    """A word that no rule declares would be computed for nobody; the day of lodging is for rules to come."""
    of_moves = [rule.requirement for rule in RULEBOOK.rules if rule.requirement.matter == "rotation"]

    assert [requirement.code for requirement in of_moves if name in requirement.inputs]


def _by_code(facts: MoveFacts) -> dict[str, Finding]:
    return {finding.requirement: finding for finding in RULEBOOK.findings("rotation", TMT, Asked(facts))}
