"""Refusals: each a stable, public code with fields. No prose and no HTTP here."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal; `code` is public and stable, the fields fill the reader's message."""

    code: ClassVar[str]

    def details(self) -> dict[str, Any]:
        """The fields by name, ready for JSON."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}  # type: ignore[arg-type]
        return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}


@dataclass(kw_only=True)
class ProposalUnknown(DomainError):
    """No such proposal, or none that this person may see."""

    code = "proposal-unknown"
    proposal_id: str


@dataclass(kw_only=True)
class PersonUnknown(DomainError):
    """No such person in the register."""

    code = "person-unknown"
    field: str


@dataclass(kw_only=True)
class RegisterGap(DomainError):
    """The register lacks a fact without which the proposal cannot even be drafted."""

    code = "register-gap"
    fact: str


@dataclass(kw_only=True)
class NotSuperior(DomainError):
    """Only a superior of the person may propose."""

    code = "not-superior"


@dataclass(kw_only=True)
class NotProposer(DomainError):
    """Only the proposer may do this."""

    code = "not-proposer"


@dataclass(kw_only=True)
class NotYourDesk(DomainError):
    """The step waits at other desks."""

    code = "not-your-desk"
    step: str
    desks: list[str]


@dataclass(kw_only=True)
class OwnCase(DomainError):
    """Proposer and subject never decide their own case. Source: UU 30/2014 art. 42-43."""

    code = "own-case"
    step: str


@dataclass(kw_only=True)
class TwoHats(DomainError):
    """Nobody decides two steps of one case."""

    code = "two-hats"
    step: str
    decided_step: str


@dataclass(kw_only=True)
class ActingMayNotDecide(DomainError):
    """Plt and Plh take no strategic decision. Source: SE Kepala BKN 1/SE/I/2021."""

    code = "acting-may-not-decide"
    step: str


@dataclass(kw_only=True)
class VersionMissing(DomainError):
    """A decision must say which version it was shown."""

    code = "version-missing"


@dataclass(kw_only=True)
class StepClosed(DomainError):
    """The step was decided already, or is not open; `decided_by` also names a proposer who took the case back."""

    code = "step-closed"
    step: str
    decided_by: str = ""
    decided_at: datetime | None = None
    verb: str = ""


@dataclass(kw_only=True)
class NotPossibleNow(DomainError):
    """The proposal is in a state in which this cannot be done."""

    code = "not-possible-now"
    state: str
    verb: str


@dataclass(kw_only=True)
class StaleVersion(DomainError):
    """The proposal changed since the shown version: who changed it last, when, and the last signatures."""

    code = "stale-version"
    expected: int
    actual: int
    changed_by: str
    changed_at: datetime
    changes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class CommandIdReused(DomainError):
    """The command id was used for another actor or content."""

    code = "idempotency-conflict"
    command_id: str


@dataclass(kw_only=True)
class Contended(DomainError):
    """Others kept writing; nothing was recorded, try again."""

    code = "contended"


@dataclass(kw_only=True)
class RequirementsNotMet(DomainError):
    """The law says no; each requirement is named by its code, and `findings` say why with the article."""

    code = "requirements-not-met"
    requirements: list[str]
    earliest_tmt: str = ""
    findings: list[Any] = field(default_factory=list)


@dataclass(kw_only=True)
class RequirementNotBlocking(DomainError):
    """There is nothing to override: the requirement does not stand against this proposal, or (when empty) none does."""

    code = "requirement-not-blocking"
    requirement: str


@dataclass(kw_only=True)
class NotTheAuthority(DomainError):
    """Only holders of the named role may let this requirement pass."""

    code = "not-the-authority"
    requirement: str
    role: str


@dataclass(kw_only=True)
class NoteMissing(DomainError):
    """Something warns, or cannot be told: the proposer must say why the proposal is lodged all the same."""

    code = "note-missing"
    requirements: list[str]
    findings: list[Any] = field(default_factory=list)


@dataclass(kw_only=True)
class ReasonUnknown(DomainError):
    """A return or a refusal has one of these reasons, of the catalogue in force."""

    code = "reason-unknown"
    reason_code: str
    reasons: list[str]


@dataclass(kw_only=True)
class DocumentsMissing(DomainError):
    """Required documents are not attached."""

    code = "documents-missing"
    documents: list[str]


@dataclass(kw_only=True)
class DocumentNotAsked(DomainError):
    """The route of this kind asks for no such document."""

    code = "document-not-asked"
    document: str


@dataclass(kw_only=True)
class DocumentRefused(DomainError):
    """The file is none of the kinds that may be attached."""

    code = "document-refused"
    reason: str


@dataclass(kw_only=True)
class RouteMissing(DomainError):
    """No route is valid for this kind on this day."""

    code = "route-missing"
    kind: str


@dataclass(kw_only=True)
class OpenProposalExists(DomainError):
    """The person already has an open proposal of this matter for this TMT."""

    code = "open-proposal-exists"
    proposal_id: str = ""


@dataclass(kw_only=True)
class MatterTooLarge(DomainError):
    """The moves and their assessment are larger than one event may be."""

    code = "matter-too-large"


@dataclass(kw_only=True)
class PostOccupied(DomainError):
    """On that day the post has another incumbent; no move of the set took effect."""

    code = "post-occupied"


@dataclass(kw_only=True)
class DateOutOfOrder(DomainError):
    """A decree or outcome is dated in the future, or before what it rests on."""

    code = "date-out-of-order"
    field: str


@dataclass(kw_only=True)
class NotYetDue(DomainError):
    """The instant of a system command lies ahead of the ledger's clock."""

    code = "not-yet-due"
    due_at: datetime


@dataclass(kw_only=True)
class HistoryUnreadable(DomainError):
    """The stream holds an event that this version of the service cannot read; nothing is decided on it."""

    code = "history-unreadable"
    event_type: str
    schema_version: int
