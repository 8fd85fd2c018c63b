"""Stored events of a proposal. Their type strings are a contract: add a version, never rename."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.proposal.matter import Matter
from domain.rulebook.model import Assessment, Route, StepKind
from domain.vocabulary import AgencyRef, Frozen, Instant, Role, SubjectRef

FreeText = Annotated[str, "sealed"]
"""Text a person wrote; it is stored encrypted under the first subject's key."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Stall = Literal["", "vacant", "conflict"]
"""Why a desk is a substitute: its holder is missing, or may not decide this case."""

DeskCode = str
"""`unit/{unit}`, `role/{role}` or `person/{subject}`: the one place a step waits at."""


class ProposalDrafted(Frozen):
    """A superior began a proposal."""

    event_type: ClassVar[str] = "proposal.drafted"
    agency: AgencyRef
    proposer: SubjectRef
    matter: Matter
    assessment: Assessment
    reason: FreeText = ""


class DraftChanged(Frozen):
    """The proposer changed what is asked for."""

    event_type: ClassVar[str] = "proposal.draft-changed"
    matter: Matter
    assessment: Assessment
    reason: FreeText = ""


class DocumentAttached(Frozen):
    """A file was attached; it is stored under its SHA-256 outside the database."""

    event_type: ClassVar[str] = "proposal.document-attached"
    document: str
    sha256: Sha256
    size: int
    media_type: str


class ProposalSubmitted(Frozen):
    """The proposal was lodged, with its route and assessment frozen as of that day."""

    event_type: ClassVar[str] = "proposal.submitted"
    round: int
    route: Route
    route_hash: str
    assessment: Assessment
    documents: dict[str, Sha256]
    note: FreeText = ""


class RequirementOverridden(Frozen):
    """A named authority lets the case pass a requirement that is not met, for a reason and on an attached file."""

    event_type: ClassVar[str] = "proposal.requirement-overridden"
    requirement: str
    subject: SubjectRef
    role: Role
    document_sha256: Sha256
    reason: FreeText = ""


class StepOpened(Frozen):
    """A step began to wait: at these desks, with these instants. `stall` names why a desk is a substitute."""

    event_type: ClassVar[str] = "proposal.step-opened"
    step: str
    kind: StepKind
    round: int
    desks: list[DeskCode]
    due_at: Instant | None = None
    remind_at: list[Instant] = []
    escalate_at: Instant | None = None
    stalled_at: Instant | None = None
    stall: Stall = ""
    calendar_version: str = ""


class StepApproved(Frozen):
    """One desk approved the step."""

    event_type: ClassVar[str] = "proposal.step-approved"
    step: str
    round: int
    desk: DeskCode
    note: FreeText = ""


class ProposalReturned(Frozen):
    """The proposal goes back for correction: to the proposer, or to an earlier step."""

    event_type: ClassVar[str] = "proposal.returned"
    step: str
    round: int
    desk: DeskCode
    to: str
    reason_code: str
    note: FreeText = ""


class ProposalRejected(Frozen):
    """A desk said no, with a reason code; the case is over."""

    event_type: ClassVar[str] = "proposal.rejected"
    step: str
    round: int
    desk: DeskCode
    reason_code: str
    note: FreeText = ""


class ProposalWithdrawn(Frozen):
    """The proposer took the proposal back; the case is over."""

    event_type: ClassVar[str] = "proposal.withdrawn"
    note: FreeText = ""


class OutcomeRecorded(Frozen):
    """The outside body's answer was recorded. BKN's are MS (meets), BTS (file mismatch), TMS (does not meet).

    Of version 1 the reason is not known.
    """

    event_type: ClassVar[str] = "proposal.outcome-recorded"
    step: str
    round: int
    desk: DeskCode
    outcome: Literal["MS", "BTS", "TMS"]
    number: str = ""
    dated: date
    reason_code: str = ""
    note: FreeText = ""


class DecreeIssued(Frozen):
    """The appointing authority's decree (SK) was recorded."""

    event_type: ClassVar[str] = "proposal.decree-issued"
    step: str
    round: int
    desk: DeskCode
    number: str
    dated: date
    tmt: date


class ReminderSent(Frozen):
    """The desks were reminded for the k-th time (from 1)."""

    event_type: ClassVar[str] = "proposal.reminder-sent"
    step: str
    round: int
    count: int


class StepEscalated(Frozen):
    """The step is overdue: beside each desk its superior's may act from now on."""

    event_type: ClassVar[str] = "proposal.step-escalated"
    step: str
    round: int
    substitutes: dict[DeskCode, DeskCode]


class StepMarkedStalled(Frozen):
    """The step stands still; administrators see it on their board."""

    event_type: ClassVar[str] = "proposal.step-marked-stalled"
    step: str
    round: int
    cause: str


class ProposalTookEffect(Frozen):
    """On the TMT the register changed, for every subject at once."""

    event_type: ClassVar[str] = "proposal.took-effect"
    step: str
    effective_on: date


class EffectRefused(Frozen):
    """The register refused the change on the TMT; nothing changed, administrators must look."""

    event_type: ClassVar[str] = "proposal.effect-refused"
    step: str
    reason_code: str


class DecreeDelivered(Frozen):
    """The decree was handed over to every subject."""

    event_type: ClassVar[str] = "proposal.decree-delivered"
    step: str


class ReceiptAcknowledged(Frozen):
    """A subject has the decree (and, in a rotation, handed over); the actor is another when that was overdue."""

    event_type: ClassVar[str] = "proposal.receipt-acknowledged"
    step: str
    subject: SubjectRef


class ProposalClosed(Frozen):
    """Nothing is left to do."""

    event_type: ClassVar[str] = "proposal.closed"


Chasing = ReminderSent | StepEscalated | StepMarkedStalled | DecreeDelivered | EffectRefused
"""Events that change nothing a decision rests on: a version shown before them is still good."""

Moving = (
    ProposalDrafted
    | DraftChanged
    | DocumentAttached
    | RequirementOverridden
    | ProposalSubmitted
    | StepOpened
    | StepApproved
    | ProposalReturned
    | ProposalRejected
    | ProposalWithdrawn
    | OutcomeRecorded
    | DecreeIssued
    | ProposalTookEffect
    | ReceiptAcknowledged
    | ProposalClosed
)
ProposalEvent = Moving | Chasing
