"""What somebody may do with a proposal now: asked of `decide` itself, so that the answer and the act agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.errors import DomainError, RouteMissing
from domain.proposal import commands as c
from domain.proposal.asking import assessed
from domain.proposal.decisions import decide
from domain.proposal.facts import Facts
from domain.proposal.guards import asked_of
from domain.proposal.matter import Matter, Promotion, Rotation
from domain.proposal.proposal import Case, Draft, Ended, Open, Returned, Underway
from domain.rulebook.reasons import Refusing

NO_STEP = "-"
NO_REQUIREMENT = "NONE"
PROBED_NOTE = "..."
NO_REASON = "none"
PROBED_SHA256 = "0" * 64


@dataclass(frozen=True)
class Action:
    """One verb at the step and round that wait now (empty and 0 when it names none), and why not, if not."""

    verb: str
    step: str = ""
    round: int = 0
    refusal: DomainError | None = None

    @property
    def allowed(self) -> bool:
        """Whether the call would be accepted, given content that the law accepts."""
        return self.refusal is None


def actions(state: Open | Ended, actor: str, facts: Facts) -> list[Action]:
    """Every verb, allowed or with its refusal. `facts` are the actor's, gathered as for a submission."""
    return [
        Action(
            verb=asked_of(probe),
            step=probe.step if isinstance(probe, c.AtStep) else "",
            round=probe.round if isinstance(probe, c.AtStep) else 0,
            refusal=_refusal(state, probe, facts),
        )
        for probe in _probes(state, actor, facts)
    ]


def _refusal(state: Open | Ended, probe: c.Command, facts: Facts) -> DomainError | None:
    try:
        decide(state, probe, facts)
    except DomainError as refusal:
        return refusal
    return None


def _probes(state: Open | Ended, actor: str, facts: Facts) -> Iterator[c.ToProposal]:
    """One command for each verb, with content that nothing but authority, state and law can refuse."""
    case = state.case
    step, round_ = _place(state)
    shared: dict[str, Any] = {
        "command_id": f"actions/{case.id}",
        "actor": actor,
        "proposal_id": case.id,
        "expected_version": case.version,
    }
    at = {**shared, "step": step, "round": round_}
    yield c.ChangeDraft(**shared, asked=_asked(case.matter))
    yield c.AttachDocument(
        **shared, document=_document(case, facts), sha256=PROBED_SHA256, size=1, media_type="application/pdf"
    )
    yield c.OverrideRequirement(**shared, requirement=_blocking(state, facts), reason=PROBED_NOTE)
    yield c.Submit(**shared, note=PROBED_NOTE)
    yield c.ApproveStep(**at)
    yield c.ReturnProposal(**at, reason_code=_reason(case, "return", facts), note=PROBED_NOTE)
    yield c.RejectProposal(**at, reason_code=_reason(case, "reject", facts), note=PROBED_NOTE)
    yield c.RecordOutcome(**at, outcome="MS", number=PROBED_NOTE, dated=facts.today)
    yield c.IssueDecree(**at, number=PROBED_NOTE, dated=facts.today)
    yield c.Acknowledge(**shared)
    yield c.Withdraw(**shared)


def _place(state: Open | Ended) -> tuple[str, int]:
    """The step and round that wait; else those decided last, so that the refusal names who decided."""
    case = state.case
    if isinstance(state, Underway):
        return state.step.code, state.step.round
    if case.signed:
        return case.signed[-1].step, case.signed[-1].round
    return (case.route.steps[0].code if case.route else NO_STEP), case.round


def _blocking(state: Open | Ended, facts: Facts) -> str:
    """What stands against a case that could be submitted, and was not overridden yet."""
    if not isinstance(state, Draft | Returned):
        return NO_REQUIREMENT
    case = state.case
    found = (f for f in assessed(case.matter, facts, case.filed).blocking if not case.passes_by_override(f))
    return next((finding.requirement for finding in found), NO_REQUIREMENT)


def _reason(case: Case, verb: Refusing, facts: Facts) -> str:
    """One that could be given."""
    reasons = facts.rulebook.reference.reasons_for(case.matter.matter, case.matter.kind, verb, facts.today)
    return next((reason.code for reason in reasons), NO_REASON)


def _document(case: Case, facts: Facts) -> str:
    try:
        route = facts.rulebook.route(case.matter.matter, case.matter.kind, facts.today)
    except RouteMissing:
        return NO_STEP
    return next((rule.code for rule in route.documents_for(case.matter.to_grade)), NO_STEP)


def _asked(matter: Matter) -> c.Asked:
    """What would have to be asked to get this matter."""
    match matter:
        case Promotion():
            return c.PromotionAsked(kind=matter.kind, subject=matter.subject, target_tmt=matter.target_tmt)
        case Rotation():
            moves = [
                c.MoveAsked(
                    subject=m.subject,
                    to_post=m.to_post,
                    to_name=m.to_name,
                    to_class=m.to_class,
                    to_career_level=m.to_career_level,
                )
                for m in matter.moves
            ]
            return c.RotationAsked(kind=matter.kind, moves=moves, target_tmt=matter.target_tmt)
