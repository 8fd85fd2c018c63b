"""Deciding: state, command and facts in; events, or a refusal, out. One function per verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.errors import (
    DateOutOfOrder,
    DocumentNotAsked,
    DocumentsMissing,
    NoteMissing,
    PersonUnknown,
    RequirementsNotMet,
)
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.asking import assessed, worded
from domain.proposal.chasing import chase
from domain.proposal.facts import Facts
from domain.proposal.guards import asked_of, by_proposer, desk_to_act_for, existing, impossible, of_kind, with_reason
from domain.proposal.overriding import OVERRIDE_DOCUMENT, override_requirement
from domain.proposal.progress import first_step, next_step, opened
from domain.proposal.proposal import Draft, InEffect, InReview, Nothing, Proposal, Returned, Underway
from domain.register.events import RegisterEvent
from domain.rulebook.flips import flips
from domain.rulebook.model import StepKind
from domain.rulebook.rulebook import route_hash


@dataclass(frozen=True)
class Decision:
    """Events for the proposal's stream, and for the register streams it changes with it."""

    events: list[e.ProposalEvent]
    register: Mapping[str, list[RegisterEvent]] = field(default_factory=dict)


def decide(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """What follows from the command; raises a DomainError when it is refused."""
    if isinstance(command, c.SystemCommand):
        events, register = chase(existing(state, command.proposal_id), command, facts)
        return Decision(events, register)
    return Decision(_by_person(state, command, facts))


def _by_person(state: Proposal, command: c.Command, facts: Facts) -> list[e.ProposalEvent]:
    match command:
        case c.CreateDraft():
            return create_draft(state, command, facts)
        case c.ChangeDraft():
            return change_draft(state, command, facts)
        case c.AttachDocument():
            return attach_document(state, command, facts)
        case c.OverrideRequirement():
            return override_requirement(state, command, facts)
        case c.Submit():
            return submit(state, command, facts)
        case c.ApproveStep():
            return approve_step(state, command, facts)
        case c.ReturnProposal():
            return return_proposal(state, command, facts)
        case c.RejectProposal():
            return reject_proposal(state, command, facts)
        case c.Withdraw():
            return withdraw(state, command)
        case c.RecordOutcome():
            return record_outcome(state, command, facts)
        case c.IssueDecree():
            return issue_decree(state, command, facts)
        case c.Acknowledge():
            return acknowledge(state, command, facts)
    message = f"no decision for {type(command).__name__}"
    raise TypeError(message)


def create_draft(state: Proposal, command: c.CreateDraft, facts: Facts) -> list[e.ProposalEvent]:
    """A superior of every subject begins a proposal, prefilled from the register."""
    if not isinstance(state, Nothing):
        raise impossible(state, asked_of(command))
    matter = worded(command.asked, command.actor, facts)
    return [
        e.ProposalDrafted(
            agency=command.agency,
            proposer=command.actor,
            matter=matter,
            assessment=assessed(matter, facts),
            reason=command.reason,
        )
    ]


def change_draft(state: Proposal, command: c.ChangeDraft, facts: Facts) -> list[e.ProposalEvent]:
    """The proposer words a draft or returned proposal anew."""
    state = existing(state, command.proposal_id)
    by_proposer(state.case, command)
    if not isinstance(state, Draft | Returned):
        raise impossible(state, asked_of(command))
    matter = worded(command.asked, command.actor, facts)
    filed = state.case.worded(matter).filed
    return [e.DraftChanged(matter=matter, assessment=assessed(matter, facts, filed), reason=command.reason)]


def attach_document(state: Proposal, command: c.AttachDocument, facts: Facts) -> list[e.ProposalEvent]:
    """The proposer attaches a document that the route asks for; the same content again changes nothing.

    Where a requirement comes to something else by it, the draft is assessed anew.
    """
    state = existing(state, command.proposal_id)
    case, matter = state.case, state.case.matter
    by_proposer(case, command)
    if not isinstance(state, Draft | Returned):
        raise impossible(state, asked_of(command))
    route = facts.rulebook.route(matter.matter, matter.kind, facts.today)
    if command.document not in [OVERRIDE_DOCUMENT, *(rule.code for rule in route.documents_for(matter.to_grade))]:
        raise DocumentNotAsked(document=command.document)
    if case.documents.get(command.document) == command.sha256:
        return []
    attached = e.DocumentAttached(
        document=command.document, sha256=command.sha256, size=command.size, media_type=command.media_type
    )
    filed = replace(case.filed, documents=case.filed.documents | {command.document})
    assessment = assessed(matter, facts, filed)
    if not flips(case.assessment, assessment):
        return [attached]
    return [attached, e.DraftChanged(matter=matter, assessment=assessment)]


def submit(state: Proposal, command: c.Submit, facts: Facts) -> list[e.ProposalEvent]:
    """Lodge the proposal: every requirement is answered anew, route and answers are frozen."""
    state = existing(state, command.proposal_id)
    case = state.case
    by_proposer(case, command)
    if not isinstance(state, Draft | Returned):
        raise impossible(state, asked_of(command))
    route = facts.rulebook.route(case.matter.matter, case.matter.kind, facts.today)
    required = [rule.code for rule in route.documents_for(case.matter.to_grade) if rule.required]
    if missing := [code for code in required if code not in case.documents]:
        raise DocumentsMissing(documents=missing)
    if not facts.people.keys() >= set(case.matter.subjects):
        raise PersonUnknown(field="subject")
    assessment = assessed(case.matter, facts, case.filed)
    if blocking := [finding for finding in assessment.blocking if not case.passes_by_override(finding)]:
        earliest = assessment.earliest_tmt.isoformat() if assessment.earliest_tmt else ""
        codes = [finding.requirement for finding in blocking]
        raise RequirementsNotMet(requirements=codes, earliest_tmt=earliest, findings=blocking)
    if assessment.warnings and not command.note.strip():
        codes = [finding.requirement for finding in assessment.warnings]
        raise NoteMissing(requirements=codes, findings=assessment.warnings)
    submitted = e.ProposalSubmitted(
        round=case.round + 1,
        route=route,
        route_hash=route_hash(route),
        assessment=assessment,
        documents=case.documents,
        note=command.note,
    )
    return [submitted, *first_step(replace(case, route=route), facts, submitted.round)]


def approve_step(state: Proposal, command: c.ApproveStep, facts: Facts) -> list[e.ProposalEvent]:
    """Approve at one desk; the last desk opens the next step."""
    state = existing(state, command.proposal_id)
    desk = desk_to_act_for(state, command, facts)
    of_kind(state, StepKind.DECISION, asked_of(command))
    approved = e.StepApproved(step=command.step, round=command.round, desk=desk, note=command.note)
    return [approved, *_onward(state, desk, facts)]


def return_proposal(state: Proposal, command: c.ReturnProposal, facts: Facts) -> list[e.ProposalEvent]:
    """Send it back to where the route says: the proposer, or an earlier step in a new round."""
    state = existing(state, command.proposal_id)
    desk = desk_to_act_for(state, command, facts)
    to = state.case.step(command.step).return_to
    if not isinstance(state, InReview) or to is None:
        raise impossible(state, asked_of(command))
    with_reason(state.case, "return", command.reason_code, facts)
    returned = e.ProposalReturned(
        step=command.step,
        round=command.round,
        desk=desk,
        to=to,
        reason_code=command.reason_code,
        note=command.note,
    )
    return [returned, *_sent_back(state, command.step, facts)]


def reject_proposal(state: Proposal, command: c.RejectProposal, facts: Facts) -> list[e.ProposalEvent]:
    """Refuse it for good, with a reason code."""
    state = existing(state, command.proposal_id)
    desk = desk_to_act_for(state, command, facts)
    if not isinstance(state, InReview):
        raise impossible(state, asked_of(command))
    with_reason(state.case, "reject", command.reason_code, facts)
    return [
        e.ProposalRejected(
            step=command.step, round=command.round, desk=desk, reason_code=command.reason_code, note=command.note
        )
    ]


def withdraw(state: Proposal, command: c.Withdraw) -> list[e.ProposalEvent]:
    """Take it back, until the decree is issued."""
    state = existing(state, command.proposal_id)
    by_proposer(state.case, command)
    if not isinstance(state, Draft | Returned | InReview):
        raise impossible(state, asked_of(command))
    return [e.ProposalWithdrawn(note=command.note)]


def record_outcome(state: Proposal, command: c.RecordOutcome, facts: Facts) -> list[e.ProposalEvent]:
    """Record what the outside body answered: MS goes on, BTS goes back, TMS ends the case."""
    state = existing(state, command.proposal_id)
    desk = desk_to_act_for(state, command, facts)
    of_kind(state, StepKind.EXTERNAL, asked_of(command))
    assert isinstance(state, InReview)
    if command.dated > facts.today or (command.outcome == "MS" and not command.number.strip()):
        raise DateOutOfOrder(field="dated" if command.dated > facts.today else "number")
    if command.outcome != "MS":
        with_reason(state.case, "return" if command.outcome == "BTS" else "reject", command.reason_code, facts)
    outcome = e.OutcomeRecorded(
        step=command.step,
        round=command.round,
        desk=desk,
        outcome=command.outcome,
        number=command.number,
        dated=command.dated,
        reason_code="" if command.outcome == "MS" else command.reason_code,
        note=command.note,
    )
    match command.outcome:
        case "MS":
            return [outcome, *_onward(state, desk, facts)]
        case "BTS":
            return [outcome, *_sent_back(state, command.step, facts)]
        case "TMS":
            return [outcome]


def issue_decree(state: Proposal, command: c.IssueDecree, facts: Facts) -> list[e.ProposalEvent]:
    """Record the signed decree; from here the calendar decides when it takes effect."""
    state = existing(state, command.proposal_id)
    desk = desk_to_act_for(state, command, facts)
    of_kind(state, StepKind.DECREE, asked_of(command))
    outcome = state.case.outcome
    if command.dated > facts.today or (outcome is not None and command.dated < outcome.dated):
        raise DateOutOfOrder(field="dated")
    decree = e.DecreeIssued(
        step=command.step,
        round=command.round,
        desk=desk,
        number=command.number,
        dated=command.dated,
        tmt=state.case.matter.target_tmt,
    )
    return [decree, *_onward(state, desk, facts)]


def acknowledge(state: Proposal, command: c.Acknowledge, facts: Facts) -> list[e.ProposalEvent]:
    """A subject has the decree, or once that is overdue an administrator says so; the last one closes the case."""
    state = existing(state, command.proposal_id)
    if not isinstance(state, InEffect):
        raise impossible(state, asked_of(command))
    may_act = state.step.may_act
    own_first = sorted(facts.desks, key=lambda desk: (not desk.startswith("person/"), desk))
    desk = next((may_act[desk] for desk in own_first if desk in may_act), None)
    if desk is None:
        raise impossible(state, asked_of(command))
    acknowledged = e.ReceiptAcknowledged(step=state.step.code, subject=desk.removeprefix("person/"))
    return [acknowledged, *_onward(state, desk, facts)]


def _onward(state: Proposal, desk: str, facts: Facts) -> list[e.ProposalEvent]:
    """The next step, once no other desk of this one is waiting."""
    if not isinstance(state, Underway) or set(state.step.waiting) - {desk}:
        return []
    return next_step(state.case, state.step.code, facts)


def _sent_back(state: InReview, step: str, facts: Facts) -> list[e.ProposalEvent]:
    """An earlier step in a new round, when the route sends the step back to one and not to the proposer."""
    to = state.case.step(step).return_to
    if to is None or to == "proposer":
        return []
    return opened(state.case.step(to), state.case, facts, state.case.round + 1)
