"""The state of a proposal as a union, and how each event moves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar, assert_never

from domain.proposal import events as e
from domain.proposal.matter import Filed, Matter
from domain.rulebook.model import Assessment, Finding, Route, Step, StepKind


@dataclass(frozen=True)
class Signed:
    """Who did what at which step: the memory that refusals name."""

    step: str
    round: int
    desk: str
    verb: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Override:
    """A requirement that a named authority let somebody pass: by whom, under which role, on which file."""

    requirement: str
    subject: str
    role: str
    actor: str
    at: datetime
    document_sha256: str


@dataclass(frozen=True)
class Case:
    """What every state shares."""

    id: str
    agency: str
    proposer: str
    matter: Matter
    assessment: Assessment
    changed_by: str
    changed_at: datetime
    version: int = 0
    changed_in: int = 0
    round: int = 0
    documents: dict[str, str] = field(default_factory=dict)
    lodged_at: datetime | None = None
    lodged_under: str = ""
    route: Route | None = None
    overrides: tuple[Override, ...] = ()
    signed: tuple[Signed, ...] = ()
    desks_seen: frozenset[str] = frozenset()
    outcome: e.OutcomeRecorded | None = None
    decree: e.DecreeIssued | None = None

    @property
    def filed(self) -> Filed:
        """What its assessment looks at beside the matter and the register."""
        return Filed(frozenset(self.documents), self.lodged_at)

    def worded(self, matter: Matter) -> Case:
        """The case about another matter: what an authority let pass, and what came in time, was another question."""
        if matter == self.matter:
            return self
        return replace(self, matter=matter, overrides=(), lodged_at=None, lodged_under="")

    def step(self, code: str) -> Step:
        """The step of the frozen route with this code."""
        steps = self.route.steps if self.route else []
        return next(step for step in steps if step.code == code)

    def passes_by_override(self, finding: Finding) -> bool:
        """Whether an authority let the person pass this requirement."""
        return any((o.requirement, o.subject) == (finding.requirement, finding.subject) for o in self.overrides)

    def involves(self, person: str) -> bool:
        """Whether the person proposed the case or is its subject."""
        return person == self.proposer or person in self.matter.subjects


@dataclass(frozen=True)
class OpenStep:
    """The step that waits, at which desks, and what has happened at it."""

    code: str
    kind: StepKind
    round: int
    desks: tuple[str, ...]
    opened_at: datetime
    due_at: datetime | None = None
    remind_at: tuple[datetime, ...] = ()
    escalate_at: datetime | None = None
    stalled_at: datetime | None = None
    stall: str = ""
    approved: frozenset[str] = frozenset()
    substitutes: dict[str, str] = field(default_factory=dict)
    reminded: int = 0
    stalled: bool = False
    refused: int = 0
    delivered: bool = False

    @property
    def waiting(self) -> list[str]:
        """Desks that have not acted yet."""
        return [desk for desk in self.desks if desk not in self.approved]

    @property
    def may_act(self) -> dict[str, str]:
        """Every desk that may act now, with the desk it acts for; who stands in for several begins with the first.

        By the order of the desks: stored names are sorted, so the order of `substitutes` does not outlive its event.
        """
        stand_ins = {self.substitutes[desk]: desk for desk in reversed(self.waiting) if desk in self.substitutes}
        return {desk: desk for desk in self.waiting} | stand_ins


@dataclass(frozen=True)
class Nothing:
    """Before the first event."""


@dataclass(frozen=True)
class Draft:
    """Being written."""

    name: ClassVar = "draft"
    case: Case


@dataclass(frozen=True)
class InReview:
    """Waiting for a decision, an outside body or the decree."""

    name: ClassVar = "in-review"
    case: Case
    step: OpenStep


@dataclass(frozen=True)
class Returned:
    """Waiting for the proposer's correction."""

    name: ClassVar = "returned"
    case: Case
    to_correct: e.ProposalReturned | e.OutcomeRecorded


@dataclass(frozen=True)
class Decided:
    """Decreed; waiting for the TMT."""

    name: ClassVar = "decided"
    case: Case
    step: OpenStep


@dataclass(frozen=True)
class InEffect:
    """In the register; waiting for the decree to be delivered and acknowledged."""

    name: ClassVar = "in-effect"
    case: Case
    step: OpenStep


@dataclass(frozen=True)
class Closed:
    """Done."""

    name: ClassVar = "closed"
    case: Case


@dataclass(frozen=True)
class Rejected:
    """Refused for good."""

    name: ClassVar = "rejected"
    case: Case
    reason_code: str


@dataclass(frozen=True)
class Withdrawn:
    """Taken back by the proposer."""

    name: ClassVar = "withdrawn"
    case: Case


Underway = InReview | Decided | InEffect
Open = Draft | Returned | Underway
Ended = Closed | Rejected | Withdrawn
Proposal = Nothing | Open | Ended


E = TypeVar("E")


@dataclass(frozen=True)
class Recorded(Generic[E]):
    """An event with what the ledger wrote around it."""

    event: E
    actor: str
    at: datetime
    stream_id: str


def fold(history: Iterable[Recorded[e.ProposalEvent]], state: Proposal = Nothing()) -> Proposal:
    """The state after all events, in version order."""
    for recorded in history:
        state = evolve(state, recorded)
    return state


def evolve(state: Proposal, recorded: Recorded[e.ProposalEvent]) -> Proposal:
    """The state after one more event; total over every event that `decide` can emit in that state."""
    event = recorded.event
    if isinstance(state, Nothing):
        return _begun(recorded)
    version = state.case.version + 1
    if isinstance(event, e.Chasing):
        return _chased(replace(state, case=replace(state.case, version=version)), event)
    case = replace(state.case, version=version, changed_in=version, changed_by=recorded.actor, changed_at=recorded.at)
    return _moved(replace(state, case=case), event, recorded)


def _begun(recorded: Recorded[e.ProposalEvent]) -> Proposal:
    event = recorded.event
    if not isinstance(event, e.ProposalDrafted):
        message = f"a proposal begins with a draft, not with {event.event_type}"
        raise TypeError(message)
    return Draft(
        Case(
            id=recorded.stream_id.removeprefix("proposal/"),
            agency=event.agency,
            proposer=event.proposer,
            matter=event.matter,
            assessment=event.assessment,
            changed_by=recorded.actor,
            changed_at=recorded.at,
            version=1,
            changed_in=1,
        )
    )


def _chased(state: Open | Ended, event: e.Chasing) -> Proposal:
    if not isinstance(state, Underway):
        return state
    step = state.step
    match event:
        case e.ReminderSent():
            step = replace(step, reminded=event.count)
        case e.StepEscalated():
            step = replace(step, substitutes=event.substitutes)
        case e.StepMarkedStalled():
            step = replace(step, stalled=True)
        case e.DecreeDelivered():
            step = replace(step, delivered=True)
        case e.EffectRefused():
            step = replace(step, refused=step.refused + 1)
    seen = state.case.desks_seen | set(step.substitutes.values())
    return replace(state, step=step, case=replace(state.case, desks_seen=seen))


def _moved(state: Open | Ended, event: e.Moving, recorded: Recorded[e.ProposalEvent]) -> Proposal:
    case = state.case
    match event:
        case e.ProposalDrafted():
            message = "a proposal is drafted once"
            raise TypeError(message)
        case e.DraftChanged():
            return replace(state, case=replace(case.worded(event.matter), assessment=event.assessment))
        case e.DocumentAttached():
            return replace(state, case=replace(case, documents=case.documents | {event.document: event.sha256}))
        case e.RequirementOverridden():
            return replace(state, case=replace(case, overrides=(*case.overrides, _override(event, recorded))))
        case e.ProposalSubmitted():
            lodged = _lodged(case, event, recorded.at)
            return Draft(replace(lodged, round=event.round, route=event.route, assessment=event.assessment))
        case e.StepOpened():
            return _opened(case, event, recorded.at)
        case e.StepApproved() | e.OutcomeRecorded() | e.DecreeIssued() | e.ProposalReturned() | e.ProposalRejected():
            return _signed(state, event, recorded)
        case e.ProposalTookEffect():
            return state
        case e.ReceiptAcknowledged():
            return _approved(state, f"person/{event.subject}")
        case e.ProposalClosed():
            return Closed(case)
        case e.ProposalWithdrawn():
            return Withdrawn(case)
    assert_never(event)


def _lodged(case: Case, event: e.ProposalSubmitted, at: datetime) -> Case:
    """A correction is lodged when, and under the rules under which, the matter first was."""
    if case.lodged_at:
        return case
    return replace(case, lodged_at=at, lodged_under=event.assessment.rulebook_version)


def _override(event: e.RequirementOverridden, recorded: Recorded[e.ProposalEvent]) -> Override:
    return Override(
        requirement=event.requirement,
        subject=event.subject,
        role=event.role,
        actor=recorded.actor,
        at=recorded.at,
        document_sha256=event.document_sha256,
    )


def _opened(case: Case, event: e.StepOpened, at: datetime) -> Proposal:
    step = OpenStep(
        code=event.step,
        kind=event.kind,
        round=event.round,
        desks=tuple(event.desks),
        opened_at=at,
        due_at=event.due_at,
        remind_at=tuple(event.remind_at),
        escalate_at=event.escalate_at,
        stalled_at=event.stalled_at,
        stall=event.stall,
    )
    case = replace(case, desks_seen=case.desks_seen | set(event.desks), round=event.round)
    match event.kind:
        case StepKind.EFFECT:
            return Decided(case, step)
        case StepKind.DELIVERY:
            return InEffect(case, step)
        case StepKind.DECISION | StepKind.EXTERNAL | StepKind.DECREE:
            return InReview(case, step)


_VERBS = {
    e.StepApproved: "approve",
    e.OutcomeRecorded: "record-outcome",
    e.DecreeIssued: "issue-decree",
    e.ProposalReturned: "return",
    e.ProposalRejected: "reject",
}
SignedEvent = e.StepApproved | e.OutcomeRecorded | e.DecreeIssued | e.ProposalReturned | e.ProposalRejected


def _signed(state: Open | Ended, event: SignedEvent, recorded: Recorded[e.ProposalEvent]) -> Proposal:
    entry = Signed(event.step, event.round, event.desk, _VERBS[type(event)], recorded.actor, recorded.at)
    case = replace(state.case, signed=(*state.case.signed, entry))
    state = replace(state, case=case)
    match event:
        case e.StepApproved():
            return _approved(state, event.desk)
        case e.OutcomeRecorded(outcome="BTS"):
            return Returned(replace(case, outcome=event), event)
        case e.OutcomeRecorded(outcome="TMS"):
            return Rejected(replace(case, outcome=event), event.reason_code)
        case e.OutcomeRecorded():
            return _approved(replace(state, case=replace(case, outcome=event)), event.desk)
        case e.DecreeIssued():
            return _approved(replace(state, case=replace(case, decree=event)), event.desk)
        case e.ProposalReturned():
            return Returned(case, event)
        case e.ProposalRejected():
            return Rejected(case, event.reason_code)


def _approved(state: Open | Ended, desk: str) -> Proposal:
    if not isinstance(state, Underway):
        return state
    return replace(state, step=replace(state.step, approved=state.step.approved | {desk}))


def tmt_of(state: Open | Ended) -> date:
    """The day on which the proposal is to take effect."""
    return state.case.decree.tmt if state.case.decree else state.case.matter.target_tmt
