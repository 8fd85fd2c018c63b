"""The shipped tables, against lists written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from activities.rule_files import read_rulebook
from domain.promotion.eligibility import assess_promotion
from domain.promotion.facts import PromotionRequest
from domain.rulebook.model import RoleHolder, StepKind, UnitHead
from domain.vocabulary import Grade, Role
from tests.support.careers import person

RULEBOOK = read_rulebook()
DAY = date(2026, 2, 1)
CEILINGS = {
    "SD": ("05", "II/a"),
    "SLTP": ("10", "II/c"),
    "SLTP kejuruan": ("12", "II/d"),
    "SLTA": ("15", "III/b"),
    "SLTA kejuruan": ("17", "III/b"),
    "SLTA keguruan": ("18", "III/b"),
    "D-I": ("20", "III/b"),
    "D-II": ("25", "III/b"),
    "D-III": ("30", "III/c"),
    "D-IV": ("35", "III/d"),
    "S-1": ("40", "III/d"),
    "S-2": ("45", "IV/a"),
    "S-3": ("50", "IV/b"),
}


@pytest.mark.parametrize(("level", "ceiling"), CEILINGS.values(), ids=CEILINGS.keys())
def test_a_diploma_reaches_its_ceiling_and_not_one_grade_more(level: str, ceiling: str) -> None:
    """Both sides of the ceiling of every education (PP 99/2000 art. 8)."""
    top = Grade(ceiling)

    assert "EDUCATION_CEILING" not in blocking(level, top)
    assert top.next is not None
    assert "EDUCATION_CEILING" in blocking(level, top.next)


def blocking(level: str, target: Grade) -> list[str]:
    """What stands against a regular promotion to the grade with this education only."""
    request = PromotionRequest(kind="REG", target_grade=target, target_tmt=DAY, submitted_on=date(2026, 1, 5))
    return [
        f.requirement for f in assess_promotion(person("a" * 32, {"education": [level]}), request, RULEBOOK).blocking
    ]


@pytest.mark.parametrize("code", ["02", "04", "13", "14", "52", "66", "77", "88", "91", "92", "98", "99"])
def test_whoever_is_not_in_service_is_known(code: str) -> None:
    """Unpaid leave, suspension, dismissal, retirement."""
    assert RULEBOOK.reference.in_service(code, DAY) is False


@pytest.mark.parametrize("code", ["01", "03", "09", "15", "16", "20", "71"])
def test_other_legal_positions_are_in_service(code: str) -> None:
    """Whatever else may stand against them."""
    assert RULEBOOK.reference.in_service(code, DAY) is True


def test_an_eselon_is_known_by_id_and_by_name() -> None:
    """Exports write the id, people the name; none and unknown are no eselon."""
    order = [eselon.order for text in ("21", "II.a", "42", "IV.b") if (eselon := RULEBOOK.reference.eselon(text))]

    assert order == [3, 3, 8, 8]
    assert not any(RULEBOOK.reference.eselon(text) for text in ("", "00", "99"))


def test_a_regular_promotion_goes_from_the_head_of_office_to_the_person() -> None:
    """Seven steps, in the order of the regency's practice; the authority signs in person."""
    route = RULEBOOK.route("promotion", "REG", DAY)

    assert [s.code for s in route.steps] == ["PENGANTAR_OPD", "VERIF", "APPROVAL", "BKN", "SK", "EFEKTIF", "DISTRIBUSI"]
    assert [s.kind for s in route.steps[3:]] == [StepKind.EXTERNAL, StepKind.DECREE, StepKind.EFFECT, StepKind.DELIVERY]
    assert [RoleHolder(role=Role.PPK)] == route.steps[4].holders
    assert not route.steps[4].acting_may_decide


def test_a_rotation_needs_both_offices() -> None:
    """The first step waits on the head of the origin and of the target."""
    route = RULEBOOK.route("rotation", "internal", DAY)

    assert [s.code for s in route.steps] == ["PERSETUJUAN_ASAL", "VERIF", "TPK", "SK", "EFEKTIF", "SERAH_TERIMA"]
    assert [UnitHead(of="subject-office"), UnitHead(of="target-office")] == route.steps[0].holders
    assert {"ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN"} == {d.code for d in route.documents if d.required}


def test_every_step_that_waits_for_people_has_a_clock() -> None:
    """Due, reminded before, escalated when due, stalled later: no case waits without an end."""
    waiting = [s for route in RULEBOOK.routes for s in route.steps if s.kind is not StepKind.EFFECT]

    assert waiting
    assert all(0 < s.remind_after[0] < s.due_after == s.escalate_after < (s.stalled_after or 0) for s in waiting)


def test_weak_sources_never_block() -> None:
    """A value that nobody could check may warn, no more."""
    weak = [rule.requirement for rule in RULEBOOK.rules if rule.requirement.legal_basis.confidence == "weak"]

    assert {"LEGAL_POSITION_CLEAN", "SUBMISSION_WINDOW"} == {requirement.code for requirement in weak}
