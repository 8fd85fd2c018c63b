"""The shipped routes of promotions to posts, and the levels of posts, against lists written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from activities.rule_files import read_rulebook
from domain.rulebook.model import RoleHolder, StepKind, UnitHead
from domain.vocabulary import Role

RULEBOOK = read_rulebook()
DAY = date(2026, 2, 1)
THROUGH_THE_OFFICE = ["PENGANTAR_OPD", "VERIF", "TPK", "PYB", "BKN", "SK", "EFEKTIF", "PELANTIKAN"]
AFTER_THE_SELECTION = ["VERIF", "PYB", "BKN", "SK", "EFEKTIF", "PELANTIKAN"]
OFFICE_KINDS = ["PENGAWAS", "ADMINISTRATOR", "JF-PROMOSI", "JF-PERPINDAHAN"]
JPT_KINDS = ["JPT-PRATAMA", "JPT-MADYA"]
ALWAYS = {"SK_JABATAN", "SK_PANGKAT", "SKP_1", "SKP_2", "IJAZAH", "PERNYATAAN_DISIPLIN"}
OF_KIND = {
    "PENGAWAS": {"ANJAB_ABK", "HASIL_KOMPETENSI", "SURAT_SEHAT"},
    "ADMINISTRATOR": {"ANJAB_ABK", "HASIL_KOMPETENSI", "SURAT_SEHAT"},
    "JPT-PRATAMA": {"HASIL_SELEKSI", "PENGALAMAN_TERKAIT", "LHKPN_SPT", "SURAT_SEHAT"},
    "JPT-MADYA": {"HASIL_SELEKSI", "PENGALAMAN_TERKAIT", "LHKPN_SPT", "SURAT_SEHAT"},
    "JF-PROMOSI": {"ANJAB_ABK", "SERTIFIKAT_UJIKOM"},
    "JF-PERPINDAHAN": {"ANJAB_ABK", "SERTIFIKAT_UJIKOM", "PENGALAMAN_TERKAIT"},
}
"""Required documents beside those that every kind needs."""


@pytest.mark.parametrize("kind", OFFICE_KINDS)
def test_a_promotion_goes_through_the_office_panel_pyb_and_bkn_to_the_authority(kind: str) -> None:
    """Eight steps; the head of the person's office writes the cover letter."""
    route = RULEBOOK.route("rotation", kind, DAY)

    assert [step.code for step in route.steps] == THROUGH_THE_OFFICE
    assert [UnitHead(of="subject-office")] == route.steps[0].holders
    assert [RoleHolder(role=role) for role in (Role.VERIFIER, Role.BOARD, Role.PYB)] == [
        step.holders[0] for step in route.steps[1:4]
    ]


@pytest.mark.parametrize("kind", JPT_KINDS)
def test_after_an_open_selection_the_names_go_to_the_authority(kind: str) -> None:
    """The panel has done what office and performance panel do elsewhere; BKN recommends on its result."""
    route = RULEBOOK.route("rotation", kind, DAY)

    assert [step.code for step in route.steps] == AFTER_THE_SELECTION


@pytest.mark.parametrize("kind", [*OFFICE_KINDS, *JPT_KINDS])
def test_bkn_is_outside_and_nobody_acting_signs(kind: str) -> None:
    """Every promotion waits for BKN, and the decree for the authority in person."""
    steps = {step.code: step for step in RULEBOOK.route("rotation", kind, DAY).steps}

    assert steps["BKN"].kind is StepKind.EXTERNAL
    assert [RoleHolder(role=Role.PPK)] == steps["SK"].holders
    assert not steps["SK"].acting_may_decide


@pytest.mark.parametrize("kind", OF_KIND)
def test_each_kind_asks_for_its_documents(kind: str) -> None:
    """What cannot be computed is shown by a document: competence, related experience, the panel's names."""
    documents = {rule.code for rule in RULEBOOK.route("rotation", kind, DAY).documents if rule.required}

    assert documents == ALWAYS | OF_KIND[kind]


def test_levels_of_posts_are_listed_from_the_top() -> None:
    """Each level is above the next, and no eselon or functional level stands at two."""
    [table] = RULEBOOK.reference.post_levels
    eselons = [eselon for level in table.levels for eselon in level.eselons]
    careers = [career for level in table.levels for career in level.career_levels]

    assert [table.order(code) for code in ("jpt-madya", "jpt-pratama", "administrator", "pengawas", "pelaksana")] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert all(RULEBOOK.reference.eselon(eselon, DAY) for eselon in eselons)
    assert {level.code for level in RULEBOOK.reference.career_levels} == set(careers)
    assert (len(set(eselons)), len(set(careers))) == (len(eselons), len(careers))


def test_a_level_that_is_not_listed_has_no_order() -> None:
    """Nobody stands above or below it."""
    [table] = RULEBOOK.reference.post_levels

    assert table.order("bupati") is None
    assert table.of("functional", "", "ahli-raya") is None
