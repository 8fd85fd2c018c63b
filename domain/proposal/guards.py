"""What must hold before any decision: who may act, on which version, at which step."""

from __future__ import annotations

from domain.errors import (
    ActingMayNotDecide,
    NotPossibleNow,
    NotProposer,
    NotYourDesk,
    OwnCase,
    ProposalUnknown,
    ReasonUnknown,
    StaleVersion,
    StepClosed,
    TwoHats,
    VersionMissing,
)
from domain.proposal.commands import AtStep, Command, ToProposal
from domain.proposal.facts import Facts
from domain.proposal.proposal import Case, Ended, InReview, Nothing, Open, OpenStep, Proposal, Underway, Withdrawn
from domain.rulebook.model import StepKind
from domain.rulebook.reasons import Refusing


def existing(state: Proposal, proposal_id: str) -> Open | Ended:
    """The proposal, or ProposalUnknown."""
    if isinstance(state, Nothing):
        raise ProposalUnknown(proposal_id=proposal_id)
    return state


def impossible(state: Open | Ended, verb: str) -> NotPossibleNow:
    """The refusal of a verb that this state does not know."""
    return NotPossibleNow(state=state.name, verb=verb)


def by_proposer(case: Case, command: ToProposal) -> None:
    """Only the proposer, on the version that was shown."""
    if command.actor != case.proposer:
        raise NotProposer
    on_shown_version(case, command)


def on_shown_version(case: Case, command: ToProposal) -> None:
    """A person decides on what was shown: chasing since then does no harm, any other change does."""
    if command.expected_version is None:
        raise VersionMissing
    if not case.changed_in <= command.expected_version <= case.version:
        changes = [f"{entry.verb} {entry.step}" for entry in case.signed[-3:]]
        raise StaleVersion(
            expected=command.expected_version,
            actual=case.version,
            changed_by=case.changed_by,
            changed_at=case.changed_at,
            changes=changes,
        )


def desk_to_act_for(state: Open | Ended, command: AtStep, facts: Facts) -> str:
    """The desk the actor acts for at the named step.

    Raises in this order: NotYourDesk, OwnCase, TwoHats, VersionMissing, StepClosed, NotYourDesk (the open step waits at
    others), ActingMayNotDecide, StaleVersion.
    """
    case = state.case
    authorised(case, command, facts)
    if command.expected_version is None:
        raise VersionMissing
    step = open_step(state, command)
    # A desk that is held definitively comes first: acting officials may do less.
    held = sorted(facts.desks, key=lambda desk: (desk in facts.acting_desks, desk))
    desk = next((desk for desk in held if desk in step.may_act), None)
    if desk is None:
        if facts.desks & {*step.desks, *step.substitutes.values()}:
            raise closed(state, command)
        raise NotYourDesk(step=step.code, desks=step.waiting)
    if desk in facts.acting_desks and not case.step(step.code).acting_may_decide:
        raise ActingMayNotDecide(step=step.code)
    on_shown_version(case, command)
    return step.may_act[desk]


def authorised(case: Case, command: AtStep, facts: Facts) -> None:
    """Whether the actor's desks ever had this case, and duties stay separate."""
    if not case.desks_seen & facts.desks:
        raise NotYourDesk(step=command.step, desks=sorted(case.desks_seen))
    if case.involves(command.actor):
        raise OwnCase(step=command.step)
    step = next((step for step in case.route.steps if step.code == command.step), None) if case.route else None
    if step is None or step.kind is StepKind.EXTERNAL:
        return
    for entry in case.signed:
        if entry.actor == command.actor and entry.step != command.step and entry.verb == "approve":
            raise TwoHats(step=command.step, decided_step=entry.step)


def open_step(state: Open | Ended, command: AtStep) -> OpenStep:
    """The open step, when it is the one the command names."""
    if not isinstance(state, Underway) or (state.step.code, state.step.round) != (command.step, command.round):
        raise closed(state, command)
    return state.step


def closed(state: Open | Ended, command: AtStep) -> StepClosed:
    """The refusal that names who decided the step, or took the case back, and when."""
    case = state.case
    entry = next((e for e in reversed(case.signed) if (e.step, e.round) == (command.step, command.round)), None)
    if entry is not None:
        return StepClosed(step=command.step, decided_by=entry.actor, decided_at=entry.at, verb=entry.verb)
    if isinstance(state, Withdrawn):
        by, at = case.changed_by, case.changed_at
        return StepClosed(step=command.step, decided_by=by, decided_at=at, verb="withdraw")
    return StepClosed(step=command.step)


def of_kind(state: Open | Ended, kind: StepKind, verb: str) -> None:
    """The open step is of the kind that knows the verb."""
    if not isinstance(state, InReview) or state.step.kind is not kind:
        raise impossible(state, verb)


def asked_of(command: Command) -> str:
    """The verb of a command, as refusals name it."""
    name = type(command).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def with_reason(case: Case, verb: Refusing, reason_code: str, facts: Facts) -> None:
    """Only with a reason of the catalogue that fits the proposal."""
    matter = case.matter
    reasons = facts.rulebook.reference.reasons_for(matter.matter, matter.kind, verb, facts.today)
    codes = [reason.code for reason in reasons]
    if reason_code not in codes:
        raise ReasonUnknown(reason_code=reason_code, reasons=codes)
