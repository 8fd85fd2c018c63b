"""Which event tells whom: the notices that are owed the moment an event is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from domain.proposal import events as e
from domain.proposal.proposal import Ended, Open, Underway
from domain.rulebook.model import StepKind
from domain.vocabulary import Frozen


class Notice(Frozen):
    """A message to a desk; its words are chosen by the template at the edge."""

    template: str
    desk: str
    proposal_id: str
    step: str = ""


def notices(event: e.ProposalEvent, state: Open | Ended) -> list[Notice]:
    """The notices an event owes, given the state after it; each desk once."""
    found = {
        desk: Notice(template=template, desk=desk, proposal_id=state.case.id, step=step)
        for template, desk, step in _told(event, state)
    }
    return list(found.values())


def _told(event: e.ProposalEvent, state: Open | Ended) -> Iterator[tuple[str, str, str]]:
    case = state.case
    people = [f"person/{case.proposer}", *(f"person/{subject}" for subject in case.matter.subjects)]
    match event:
        case e.StepOpened():
            template = "decree-ready" if event.kind is StepKind.DELIVERY else "awaiting-you"
            yield from ((template, desk, event.step) for desk in event.desks)
        case e.RequirementOverridden():
            yield "overridden", f"person/{case.proposer}", ""
        case e.ReminderSent() if isinstance(state, Underway):
            yield from (("reminder", desk, event.step) for desk in state.step.waiting)
        case e.StepEscalated():
            yield from (("escalated", desk, event.step) for desk in event.substitutes.values())
        case e.StepMarkedStalled() | e.EffectRefused():
            yield "stalled", "role/administrator", event.step
        case e.ProposalReturned(to="proposer"):
            yield "returned", f"person/{case.proposer}", event.step
        case e.OutcomeRecorded(outcome="BTS") if case.step(event.step).return_to in (None, "proposer"):
            yield "returned", f"person/{case.proposer}", event.step
        case e.ProposalRejected() | e.OutcomeRecorded(outcome="TMS"):
            yield from (("rejected", person, event.step) for person in people)
        case e.ProposalWithdrawn():
            yield from (("withdrawn", person, "") for person in people)
        case e.DecreeIssued():
            yield from (("decree-issued", person, event.step) for person in people)
        case e.ProposalTookEffect():
            yield from (("took-effect", person, event.step) for person in people)
