"""The shipped tables, against lists written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from activities.rule_files import read_rulebook
from domain.promotion.kinds import PromotionKind
from domain.rulebook.model import RoleHolder, Severity, StepKind, UnitHead
from domain.vocabulary import GRADES, Grade, Role

RULEBOOK = read_rulebook()
DAY = date(2026, 2, 1)
UNTOLD = {
    "accreditation",
    "appointment-invalid",
    "board-advises-against",
    "credit-document",
    "data-mismatch",
    "education-not-updated",
    "incomplete",
    "job-description-mismatch",
    "job-description-unsigned",
    "office-disagrees",
    "other",
    "remote-class",
    "technical-approval-mismatch",
    "workload-unproven",
}
"""Reasons that no rule can know: they are about documents, or somebody's judgement."""


def test_every_other_reason_could_have_been_told_before_anyone_waited() -> None:
    """A return or a refusal names the requirements that the proposer saw when the proposal was written."""
    assert {reason.code for reason in RULEBOOK.reference.reasons if not reason.requirements} == UNTOLD


@pytest.mark.parametrize("category", ["keterampilan", "keahlian"])
def test_the_levels_of_a_category_are_one_ladder(category: str) -> None:
    """Every grade from the lowest to the highest belongs to exactly one level, in order."""
    grades = [grade for level in RULEBOOK.reference.career_of(category, DAY) for grade in level.grades]

    assert grades == [grade for grade in GRADES if grades[0].level <= grade.level <= grades[-1].level]


def test_the_ladders_of_eselons_rise() -> None:
    """None ends below its beginning, and a higher eselon begins no lower."""
    names = dict.fromkeys(eselon.name for table in RULEBOOK.reference.eselons for eselon in table.eselons)
    ladders = [ladder for name in names if (ladder := RULEBOOK.reference.ladder_of(name, DAY))]

    assert len(ladders) == 9
    assert all(ladder.lowest.level < ladder.highest.level for ladder in ladders)
    assert sorted(ladders, key=lambda ladder: -ladder.lowest.level) == ladders


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
    order = [eselon.order for text in ("21", "II.a", "42", "IV.b") if (eselon := RULEBOOK.reference.eselon(text, DAY))]

    assert order == [3, 3, 8, 8]
    assert not any(RULEBOOK.reference.eselon(text, DAY) for text in ("", "00", "99"))


def test_a_regular_promotion_goes_from_the_head_of_office_to_the_person() -> None:
    """Seven steps, in the order of the regency's practice; the authority signs in person."""
    route = RULEBOOK.route("promotion", "REG", DAY)

    assert [s.code for s in route.steps] == ["PENGANTAR_OPD", "VERIF", "APPROVAL", "BKN", "SK", "EFEKTIF", "DISTRIBUSI"]
    assert [s.kind for s in route.steps[3:]] == [StepKind.EXTERNAL, StepKind.DECREE, StepKind.EFFECT, StepKind.DELIVERY]
    assert [RoleHolder(role=Role.PPK)] == route.steps[4].holders
    assert not route.steps[4].acting_may_decide


DOCUMENTS = {
    "STR": {"SK_PANGKAT", "SKP_1", "SKP_2", "SK_JABATAN", "PELANTIKAN"},
    "JF": {"SK_PANGKAT", "SKP_1", "SKP_2", "SK_JABATAN", "PAK"},
    "PI": {"SK_PANGKAT", "SKP_1", "IJAZAH", "AKREDITASI", "IZIN_BELAJAR", "STL_UKPPI", "URAIAN_TUGAS"},
    "PLB": {"SK_PANGKAT", "SKP_1", "SK_JABATAN", "PELANTIKAN", "SK_PRESTASI", "RIWAYAT_HIDUP"},
    "PB": {"SK_PANGKAT", "SKP_1", "SK_JABATAN", "PELANTIKAN", "SK_PENEMUAN"},
    "TB1": {"SK_PANGKAT", "SKP_1", "AKREDITASI", "SK_TUGAS_BELAJAR"},
    "TB2": {"SK_PANGKAT", "SKP_1", "IJAZAH", "AKREDITASI", "SK_TUGAS_BELAJAR", "URAIAN_TUGAS"},
    "PGB": {"SK_PANGKAT", "SK_CPNS", "SKP_1", "PERNYATAAN_DISIPLIN"},
    "ANU": {"SK_PANGKAT", "SURAT_KEMATIAN", "PERNYATAAN_TEWAS"},
    "REG": {"SK_PANGKAT", "SKP_1", "SKP_2"},
}


@pytest.mark.parametrize("kind", PromotionKind)
def test_every_kind_has_its_documents(kind: PromotionKind) -> None:
    """Each code once, and the mandatory ones as BKN's lists have them."""
    documents = RULEBOOK.route("promotion", kind, DAY).documents_for(Grade("III/c"))

    assert len({document.code for document in documents}) == len(documents)
    assert {document.code for document in documents if document.required} == DOCUMENTS[kind]


@pytest.mark.parametrize(
    ("kind", "grade", "more", "asked"),
    [
        ("STR", "IV/b", set(), set()),
        ("STR", "IV/c", {"HASIL_SELEKSI_JPT"}, {"HASIL_SELEKSI_JPT"}),
        ("STR", "IV/a", set(), {"STLUD", "SERTIFIKAT_PIM"}),
        ("JF", "IV/b", set(), set()),
        ("JF", "IV/c", {"PAK_KLARIFIKASI"}, {"PAK_KLARIFIKASI"}),
        ("JF", "IV/e", {"PAK_KLARIFIKASI"}, {"PAK_KLARIFIKASI"}),
        ("REG", "III/a", set(), {"STLUD"}),
        ("REG", "III/b", set(), set()),
    ],
)
def test_some_documents_are_for_some_target_grades(kind: str, grade: str, more: set[str], asked: set[str]) -> None:
    """IV/c and above show the selection or have their points clarified; exams are for who changes golongan."""
    route = RULEBOOK.route("promotion", kind, DAY)
    documents, usual = route.documents_for(Grade(grade)), route.documents_for(Grade("III/c"))

    assert {d.code for d in documents if d.required} - DOCUMENTS[kind] == more
    assert {d.code for d in documents} - {d.code for d in usual} == asked


@pytest.mark.parametrize("kind", PromotionKind)
def test_every_promotion_takes_the_same_steps(kind: PromotionKind) -> None:
    """Other checklists and other times, one way."""
    steps = [RULEBOOK.route("promotion", kind, DAY).steps for kind in ("REG", kind)]

    assert [step.code for step in steps[0]] == [step.code for step in steps[1]]


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
    assert all(0 < s.due_after == s.escalate_after < (s.stalled_after or 0) for s in waiting)
    # A day is too short for a reminder.
    assert all(s.remind_after[0] < s.due_after if s.due_after > 1 else not s.remind_after for s in waiting)


WEAK = {
    "CORRECTION_IN_WINDOW",
    "CREDIT_POINTS_UNVERIFIED",
    "JF_DIPLOMA",
    "JF_PROMOTION_HIGHER",
    "JF_TRANSFER_LEVEL",
    "JPT_RECORD",
    "LADDER_ENTRY_TIME",
    "LEADERSHIP_TRAINING",
    "LEGAL_POSITION_CLEAN",
    "STUDY_PERMISSION",
    "SUBMISSION_WINDOW",
}


def test_weak_sources_never_block() -> None:
    """A value that nobody could check may warn, no more."""
    weak = [rule.requirement for rule in RULEBOOK.rules if rule.requirement.legal_basis.confidence == "weak"]

    assert {Severity.WARN} == {requirement.severity for requirement in weak}
    assert {requirement.code for requirement in weak} == WEAK
