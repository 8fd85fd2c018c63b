"""The brief a workflow works from: what a proposal waits for, and what is due or owed when."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.proposal.commands import SystemCommand, SystemVerb
from domain.proposal.matter import Promotion
from domain.proposal.proposal import (
    Case,
    Closed,
    Decided,
    Draft,
    Ended,
    InEffect,
    InReview,
    Open,
    OpenStep,
    Rejected,
    Returned,
    Underway,
    Withdrawn,
)
from domain.vocabulary import Frozen, Instant

RETRY_EFFECT = timedelta(days=1)
"""How long after a refused effect it is tried again. Source: design decision."""


class Due(Frozen):
    """A system command and the instant from which it may be recorded."""

    at: Instant
    command: SystemCommand

    def refused(self, reason_code: str) -> SystemCommand:
        """The command that puts a refused effect on record, once for each attempt."""
        count = self.command.count + 1
        base = self.command.command_id.removesuffix(f"/{self.command.count}")
        changed = {"kind": "refuse-effect", "count": count, "reason_code": reason_code}
        return self.command.model_copy(update={**changed, "command_id": f"{base}/refused/{count}"})


class Owed(Frozen):
    """A notice that has not been delivered; `not_before` is its next attempt."""

    notice_id: int
    not_before: Instant
    attempt: int = 0


class Brief(Frozen):
    """All a workflow knows: references, kinds and instants, never a name. `awaits` is a StepKind or another word."""

    proposal_id: str
    version: int
    open: bool
    matter: str
    stage: str
    awaits: str
    unit: str = ""
    desks: list[str] = []
    due_at: Instant | None = None
    dues: list[Due] = []
    owed: list[Owed] = []

    @property
    def story(self) -> str:
        """One line for operators."""
        where = f" at {', '.join(self.desks)}" if self.desks else ""
        until = f", due {self.due_at:%Y-%m-%d %H:%MZ}" if self.due_at else ""
        return f"{self.stage}: waits for {self.awaits}{where}{until}"


def brief(state: Open | Ended, owed: list[Owed]) -> Brief:
    """The brief of a proposal; a closed one stays open to the workflow while notices are owed."""
    case = state.case
    matter = case.matter
    told = Brief(
        proposal_id=case.id,
        version=case.version,
        open=bool(owed),
        matter=matter.matter,
        stage=state.name,
        awaits="notices" if owed else "nothing",
        unit=matter.unit if isinstance(matter, Promotion) else matter.from_units[0],
        owed=owed,
    )
    match state:
        case Draft() | Returned():
            awaits = "correction" if isinstance(state, Returned) else "submission"
            changed: dict[str, object] = {"awaits": awaits, "desks": [f"person/{case.proposer}"]}
        case InReview() | Decided() | InEffect():
            step = state.step
            dues = sorted(_dues(state, owed), key=lambda due: due.at)
            changed = {"stage": step.code, "awaits": step.kind.value, "desks": step.waiting, "due_at": step.due_at}
            changed["dues"] = dues
        case Closed() | Rejected() | Withdrawn():
            return told
    return told.model_copy(update={"open": True, **changed})


def _dues(state: Underway, owed: list[Owed]) -> list[Due]:
    step, case = state.step, state.case
    dues = [
        _due(case, step, "remind", at, count)
        for count, at in enumerate(step.remind_at, start=1)
        if count > step.reminded
    ]
    if step.escalate_at and not step.substitutes:
        dues.append(_due(case, step, "escalate", step.escalate_at))
    if step.stalled_at and not step.stalled:
        dues.append(_due(case, step, "mark-stalled", step.stalled_at))
    if isinstance(state, Decided) and step.due_at:
        dues.append(_due(case, step, "take-effect", step.due_at + step.refused * RETRY_EFFECT, step.refused))
    if isinstance(state, InEffect) and not step.delivered and not owed:
        dues.append(_due(case, step, "record-delivery", step.opened_at))
    return dues


def _due(case: Case, step: OpenStep, kind: SystemVerb, at: datetime, count: int = 0) -> Due:
    suffix = f"/{count}" if count else ""
    return Due(
        at=at,
        command=SystemCommand(
            command_id=f"proposal/{case.id}/step/{step.code}/round/{step.round}/{kind}{suffix}",
            proposal_id=case.id,
            kind=kind,
            step=step.code,
            round=step.round,
            count=count,
        ),
    )
