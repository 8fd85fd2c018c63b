"""The system's own acts: reminding, escalating, marking stalled, taking effect, delivering."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.errors import NotYetDue, StepClosed
from domain.promotion.outcome import rank_after
from domain.proposal import events as e
from domain.proposal.commands import SystemCommand
from domain.proposal.desks import superior_desk
from domain.proposal.facts import Facts
from domain.proposal.matter import Promotion, Rotation
from domain.proposal.progress import next_step
from domain.proposal.proposal import Case, Decided, Ended, InEffect, Open, OpenStep, Underway
from domain.register.events import PostChanged, RankChanged, RegisterEvent
from domain.rotation.outcome import posts_after

TOLERANCE = timedelta(seconds=5)
"""How far a command's instant may lie ahead of the ledger's clock. Source: design decision."""

Emitted = tuple[list[e.ProposalEvent], Mapping[str, list[RegisterEvent]]]


def chase(state: Open | Ended, command: SystemCommand, facts: Facts) -> Emitted:
    """Do what the clock asks; raises StepClosed when the case has moved on, NotYetDue when it is early."""
    if not isinstance(state, Underway) or (state.step.code, state.step.round) != (command.step, command.round):
        raise StepClosed(step=command.step)
    due_at = instant_of(state, command)
    if due_at > facts.at + TOLERANCE:
        raise NotYetDue(due_at=due_at)
    match command.kind:
        case "take-effect":
            return take_effect(state, facts)
        case "record-delivery":
            return _delivery(state), {}
        case "refuse-effect":
            return _refused(state, command), {}
        case "remind" | "escalate" | "mark-stalled":
            return _chasing(state.step, state.case, command, facts), {}


def instant_of(state: Underway, command: SystemCommand) -> datetime:
    """When the command is due, from the ledger's own record of the step."""
    step = state.step
    match command.kind:
        case "remind" if 0 < command.count <= len(step.remind_at):
            return step.remind_at[command.count - 1]
        case "escalate" if step.escalate_at:
            return step.escalate_at
        case "mark-stalled" if step.stalled_at:
            return step.stalled_at
        case "take-effect" | "refuse-effect" if step.due_at:
            return step.due_at
        case "record-delivery":
            return step.opened_at
    raise StepClosed(step=command.step)


def take_effect(state: Underway, facts: Facts) -> Emitted:
    """Change the register for every subject at once; the next step opens with it."""
    case, step = state.case, state.step
    if not isinstance(state, Decided) or case.decree is None:
        raise StepClosed(step=step.code)
    effect = e.ProposalTookEffect(step=step.code, effective_on=case.decree.tmt)
    return [effect, *next_step(case, step.code, facts)], register_changes(case, case.decree, facts)


def register_changes(case: Case, decree: e.DecreeIssued, facts: Facts) -> dict[str, list[RegisterEvent]]:
    """The register's events, by stream, that the decree brings."""
    match case.matter:
        case Promotion() as promotion:
            person, reference = facts.people[promotion.subject], facts.rulebook.reference
            rank = rank_after(person, promotion.target_grade, decree.tmt, decree.number, reference)
            return {f"person/{promotion.subject}": [RankChanged(rank=rank, proposal_id=case.id)]}
        case Rotation() as rotation:
            return {
                f"person/{move.subject}": [
                    PostChanged(
                        posts=posts_after(move, facts.people[move.subject], decree.tmt, decree.number),
                        proposal_id=case.id,
                    )
                ]
                for move in rotation.moves
            }


def _delivery(state: Underway) -> list[e.ProposalEvent]:
    if not isinstance(state, InEffect) or state.step.delivered:
        return []
    return [e.DecreeDelivered(step=state.step.code)]


def _refused(state: Underway, command: SystemCommand) -> list[e.ProposalEvent]:
    if not isinstance(state, Decided) or state.step.refused >= command.count:
        return []
    return [e.EffectRefused(step=state.step.code, reason_code=command.reason_code)]


def _chasing(step: OpenStep, case: Case, command: SystemCommand, facts: Facts) -> list[e.ProposalEvent]:
    match command.kind:
        case "remind" if step.reminded < command.count:
            return [e.ReminderSent(step=step.code, round=step.round, count=command.count)]
        case "escalate" if not step.substitutes:
            above = {desk: superior_desk(desk, case, facts.organisation) for desk in step.waiting}
            return [e.StepEscalated(step=step.code, round=step.round, substitutes=above)]
        case "mark-stalled" if not step.stalled:
            return [e.StepMarkedStalled(step=step.code, round=step.round, cause=_cause(step))]
    return []


def _cause(step: OpenStep) -> str:
    if step.stall:
        return step.stall
    return {"external": "outside-body", "decree": "unsigned-decree", "delivery": "undelivered"}.get(
        step.kind, "waiting"
    )
