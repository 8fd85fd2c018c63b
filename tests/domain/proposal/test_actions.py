"""What may be done, and why not: the answer is the act's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.errors import DocumentsMissing, NotProposer, StepClosed
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.actions import Action, actions
from domain.proposal.proposal import Nothing
from tests.support import people
from tests.support.builders import (
    LATEST,
    TODAY,
    Happened,
    acknowledge,
    approve,
    attach,
    by,
    draft,
    drafted,
    outcome,
    override,
    promotion_at,
    reject,
    return_,
    returned,
    submit,
    swap_at,
    swap_draft,
    withdraw,
)
from tests.support.given import Given, given

STRANGER = people.ref(99)
PEOPLE = [
    people.STAFF,
    people.HEAD,
    people.CHIEF,
    people.VERIFIER,
    people.APPROVER,
    people.PPK,
    people.BOARD,
    people.ADMIN,
    people.PYB,
    people.OTHER_HEAD,
    people.OTHER_CHIEF,
    STRANGER,
]
PROMOTION_STEPS = ("PENGANTAR_OPD", "VERIF", "APPROVAL", "BKN", "SK", "EFEKTIF", "DISTRIBUSI")
SWAP_STEPS = ("PERSETUJUAN_ASAL", "VERIF", "TPK", "SK", "EFEKTIF", "SERAH_TERIMA")
RETURNED = [*promotion_at("VERIF"), by(people.VERIFIER, returned("VERIF", "role/verifier"))]
REFUSED = e.ProposalRejected(step="VERIF", round=1, desk="role/verifier", reason_code="no", note="Tidak")
STATES: dict[str, list[Happened]] = {
    "bare draft": [by(people.HEAD, drafted())],
    "draft": draft(),
    "swap draft": swap_draft(),
    **{f"promotion at {step}": promotion_at(step) for step in PROMOTION_STEPS},
    **{f"swap at {step}": swap_at(step) for step in SWAP_STEPS},
    "returned": RETURNED,
    "returned by BKN": [*promotion_at("BKN"), by(people.VERIFIER, outcome("BTS"))],
    "rejected": [*promotion_at("VERIF"), by(people.VERIFIER, REFUSED)],
    "withdrawn": [*draft(), by(people.HEAD, e.ProposalWithdrawn())],
    "closed": [*promotion_at("DISTRIBUSI"), by(people.STAFF, e.ProposalClosed())],
}


def answered(case: Given, actor: str) -> dict[str, Action]:
    """What the actor is told, by verb."""
    state = case.state
    assert not isinstance(state, Nothing)
    return {action.verb: action for action in actions(state, actor, case.world.facts(submit(actor), state))}


def asked_again(case: Given) -> c.Asked:
    """What the case asks for, worded as its proposer would."""
    state = case.state
    assert not isinstance(state, Nothing)
    matter = state.case.matter
    if matter.matter == "promotion":
        return c.PromotionAsked(subject=matter.subject, target_tmt=matter.target_tmt)
    moves = [c.MoveAsked(subject=move.subject, to_post=move.to_post, to_class=move.to_class) for move in matter.moves]
    return c.RotationAsked(moves=moves, target_tmt=matter.target_tmt)


def document(case: Given) -> str:
    """A document that the kind of case asks for."""
    state = case.state
    assert not isinstance(state, Nothing)
    return "SKP_1" if state.case.matter.matter == "promotion" else "ANJAB_ABK"


Call = Callable[[Given, str, Action], c.Command]
REAL: dict[str, Call] = {
    "change-draft": lambda case, actor, _: c.ChangeDraft(**of(actor), asked=asked_again(case)),
    "attach-document": lambda case, actor, _: attach(document(case), actor, sha256="b" * 64),
    "override-requirement": lambda _, actor, __: override(actor),
    "submit": lambda _, actor, __: submit(actor),
    "approve-step": lambda _, actor, at: approve(at.step, actor, at.round),
    "return-proposal": lambda _, actor, at: return_(at.step, actor, at.round),
    "reject-proposal": lambda _, actor, at: reject(at.step, actor, at.round),
    "record-outcome": lambda _, actor, at: c.RecordOutcome(
        **of(actor), step=at.step, round=at.round, outcome="MS", number="PT-7", dated=TODAY
    ),
    "issue-decree": lambda _, actor, at: c.IssueDecree(
        **of(actor), step=at.step, round=at.round, number="SK-7", dated=TODAY
    ),
    "acknowledge": lambda _, actor, __: acknowledge(actor),
    "withdraw": lambda _, actor, __: withdraw(actor),
}
"""Each verb as a person would really call it at the place that the answer names."""


def of(actor: str) -> dict[str, object]:
    """What every person's command carries."""
    return {"command_id": "command-9", "actor": actor, "proposal_id": "KP-1", "expected_version": LATEST}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("actor", PEOPLE)
def test_the_real_call_does_what_the_answer_said(actor: str, state: str) -> None:
    """For every person, state and verb the call is accepted or refused exactly as it was told."""
    case = given(*STATES[state])
    told = answered(case, actor)
    really = {verb: REAL[verb](case, actor, action) for verb, action in told.items()}

    assert told.keys() == REAL.keys()
    assert {verb: action.refusal for verb, action in told.items()} == {
        verb: case.when(command).refusal for verb, command in really.items()
    }


def test_somebody_can_act_in_every_state_that_waits_for_a_person() -> None:
    """No state that waits for a person is told to everybody as impossible: the comparison above has both sides."""
    for_the_calendar = {"promotion at EFEKTIF", "swap at EFEKTIF", "rejected", "withdrawn", "closed"}
    busy = {
        state
        for state, history in STATES.items()
        if any(action.allowed for actor in PEOPLE for action in answered(given(*history), actor).values())
    }

    assert STATES.keys() - for_the_calendar == busy


def test_a_draft_without_documents_says_which_are_missing() -> None:
    """The proposer learns before the click what the submission lacks."""
    told = answered(given(by(people.HEAD, drafted())), people.HEAD)

    assert DocumentsMissing(documents=["SK_PANGKAT", "SKP_1", "SKP_2"]) == told["submit"].refusal


def test_an_approver_is_offered_the_step_and_round_that_wait() -> None:
    """The answer carries what the call has to name."""
    told = answered(given(*promotion_at("VERIF")), people.VERIFIER)

    assert Action("approve-step", "VERIF", 1) == told["approve-step"]
    assert isinstance(told["submit"].refusal, NotProposer)


def test_whoever_came_too_late_learns_who_decided() -> None:
    """In a case that is over, the refusal names the last decision."""
    told = answered(given(*STATES["rejected"]), people.VERIFIER)
    refusal = told["approve-step"].refusal

    assert isinstance(refusal, StepClosed)
    assert refusal.decided_by == people.VERIFIER
