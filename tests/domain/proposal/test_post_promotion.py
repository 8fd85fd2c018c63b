"""Promotions to a post (promosi jabatan): drafted, lodged, decided and in effect like any rotation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import DocumentsMissing, RegisterGap, RequirementsNotMet
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.matter import Rotation
from domain.register.events import PostChanged, UnitDescribed
from domain.register.facts import BirthKnown, Fact, PostHeld, PostKind, TrainingCompleted
from domain.rotation.moves import Move
from tests.support.builders import (
    OFFICE,
    RULEBOOK,
    TMT,
    TMT_AT,
    TODAY,
    Happened,
    acknowledge,
    approve,
    attach,
    by,
    clock,
    create,
    issue_decree,
    record_outcome,
    submit,
)
from tests.support.given import given, like
from tests.support.people import BOARD, CHIEF, HEAD, LONG_AGO, PPK, PYB, STAFF, VERIFIER

SECTION = UnitDescribed(unit="SEKSI-A2", name="Seksi A2", parent="DINAS-A", eselon="41", head_post="Kepala Seksi A2")
READY: list[Fact] = [BirthKnown(valid_from=date(1990, 5, 1)), TrainingCompleted(valid_from=LONG_AGO, code="pim-4")]
WORLD = replace(OFFICE, units={**OFFICE.units, SECTION.unit: SECTION}).also(STAFF, *READY)
"""The invented office with a section that nobody leads, for which one of the staff is ready."""
SUPERVISOR = c.RotationAsked(
    kind="PENGAWAS", moves=[c.MoveAsked(subject=STAFF, to_post="unit/SEKSI-A2", to_class=9)], target_tmt=TMT
)
MATTER = Rotation(
    kind="PENGAWAS",
    moves=[
        Move(
            subject=STAFF,
            from_post="jfu/1@SEKSI-A1",
            to_post="unit/SEKSI-A2",
            to_unit="SEKSI-A2",
            to_name="Kepala Seksi A2",
            to_kind=PostKind.STRUCTURAL,
            to_eselon="41",
            to_class=9,
        )
    ],
    from_units=["SEKSI-A1"],
    target_tmt=TMT,
)


def functional(kind: str = "JF-PERPINDAHAN", level: str = "", subject: str = STAFF) -> c.RotationAsked:
    """A move into a functional post of the other office."""
    move = c.MoveAsked(subject=subject, to_post="jf/7@SEKSI-B1", to_name="Analis", to_career_level=level)
    return c.RotationAsked(kind=kind, moves=[move], target_tmt=TMT)


def onward(history: list[Happened], command: c.Command) -> list[Happened]:
    """The history after the command."""
    done = given(*history).where(WORLD).when(command)

    assert done.refusal is None
    return [*history, *(by(command.actor, event) for event in done.events)]


def lodged(asked: c.RotationAsked = SUPERVISOR) -> list[Happened]:
    """The proposal with every required document, submitted by the head of section."""
    history = onward([], create(HEAD, asked))
    route = RULEBOOK.route("rotation", asked.kind, TODAY)
    for document in (rule.code for rule in route.documents if rule.required):
        history = onward(history, attach(document))
    return onward(history, submit())


def test_the_register_prefills_a_promotion_to_a_seat() -> None:
    """Origin, unit, name and eselon are known; nothing stands against it."""
    drafted = given().where(WORLD).when(create(HEAD, SUPERVISOR))

    drafted.then(like(e.ProposalDrafted, proposer=HEAD, matter=MATTER))
    assert drafted.events[0].assessment.blocking == []
    assert drafted.events[0].assessment.earliest_tmt == TMT


def test_the_superior_of_the_present_post_proposes_it() -> None:
    """A head of section promotes somebody of the own staff; who plans for the agency may, too."""
    for proposer in (HEAD, CHIEF, VERIFIER, PYB):
        given().where(WORLD).when(create(proposer, SUPERVISOR)).then(like(e.ProposalDrafted, proposer=proposer))


def test_a_promotion_without_its_documents_is_not_lodged() -> None:
    """The route names them all at once."""
    refusal = given(*onward([], create(HEAD, SUPERVISOR))).where(WORLD).when(submit()).then(DocumentsMissing).refusal

    assert isinstance(refusal, DocumentsMissing)
    assert {"ANJAB_ABK", "HASIL_KOMPETENSI", "IJAZAH"} <= set(refusal.documents)


def test_a_promotion_in_the_dress_of_a_transfer_is_not_lodged() -> None:
    """Staff cannot be moved to a seat as an internal rotation, around the conditions of the post."""
    disguised = SUPERVISOR.model_copy(update={"kind": "internal"})
    history = onward([], create(PYB, disguised))
    for document in ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN"):
        history = onward(history, attach(document, actor=PYB))
    refusal = given(*history).where(WORLD).when(submit(PYB)).then(RequirementsNotMet).refusal

    assert isinstance(refusal, RequirementsNotMet)
    assert refusal.requirements == ["MOVE_NOT_PROMOTION"]


def test_a_promotion_goes_from_office_to_authority_and_changes_the_post_on_its_tmt() -> None:
    """Cover letter, verification, panel, PyB, BKN, decree; on the TMT the person holds the seat."""
    history = lodged()
    for step, actor in (("PENGANTAR_OPD", CHIEF), ("VERIF", VERIFIER), ("TPK", BOARD), ("PYB", PYB)):
        history = onward(history, approve(step, actor))
    history = onward(onward(history, record_outcome()), issue_decree(PPK))
    effect = given(*history).where(WORLD).at(TMT_AT).when(clock("take-effect", "EFEKTIF"))

    effect.then(
        e.ProposalTookEffect(step="EFEKTIF", effective_on=TMT),
        like(e.StepOpened, step="PELANTIKAN", desks=[f"person/{STAFF}"]),
    )
    [changed] = effect.register[f"person/{STAFF}"]
    assert changed == PostChanged(
        posts=[
            PostHeld(
                valid_from=TMT,
                post="unit/SEKSI-A2",
                name="Kepala Seksi A2",
                post_kind=PostKind.STRUCTURAL,
                unit="SEKSI-A2",
                eselon="41",
                job_class=9,
                decree="SK-1",
            )
        ],
        proposal_id="KP-1",
    )
    history += [by(c.SYSTEM, event, TMT_AT) for event in effect.events]
    given(*history).where(WORLD).when(acknowledge()).then(
        like(e.ReceiptAcknowledged, subject=STAFF), e.ProposalClosed()
    )


def test_a_promotion_to_a_functional_post_records_its_level() -> None:
    """The level is asked for, and stands in the move."""
    drafted = given().where(WORLD).when(create(HEAD, functional(level="ahli-pertama"))).then(like(e.ProposalDrafted))

    assert drafted.events[0].matter.moves[0].to_career_level == "ahli-pertama"


@pytest.mark.parametrize(("kind", "level"), [("JF-PERPINDAHAN", ""), ("JF-PROMOSI", "ahli-raya"), ("internal", "ahli")])
def test_a_functional_post_of_unknown_level_cannot_be_drafted(kind: str, level: str) -> None:
    """Into a functional post the level must be said; one that the rulebook does not list is none."""
    given().where(WORLD).when(create(PYB, functional(kind, level))).then(RegisterGap(fact="career-level"))


def test_a_functional_official_keeps_the_level_in_a_transfer() -> None:
    """An internal rotation from one functional post to another says nothing of the level, and changes nothing of it."""
    held = PostHeld(
        valid_from=date(2022, 1, 1),
        post="jf/7@SEKSI-A1",
        name="Analis",
        post_kind=PostKind.FUNCTIONAL,
        unit="SEKSI-A1",
        career_level="ahli-muda",
    )
    drafted = given().where(WORLD.also(STAFF, held)).when(create(PYB, functional("internal")))

    drafted.then(like(e.ProposalDrafted))
    assert drafted.events[0].matter.moves[0].to_career_level == "ahli-muda"


def test_a_seat_has_no_functional_level() -> None:
    """What is said of it is not recorded."""
    said = c.MoveAsked(subject=STAFF, to_post="unit/SEKSI-A2", to_career_level="ahli-muda")
    asked = c.RotationAsked(kind="PENGAWAS", moves=[said], target_tmt=TMT)
    drafted = given().where(WORLD).when(create(HEAD, asked)).then(like(e.ProposalDrafted))

    assert drafted.events[0].matter.moves[0].to_career_level == ""
