"""A case as its page shows it; people stand as references, and `names` says who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Literal, TypeVar

from pydantic import BaseModel

from activities.readmodels.dossier import Dossier, Sitting
from api.answers.findings import FindingAnswer
from api.words import STATES, Language, desk_title, said
from domain.proposal.explaining import Explanation
from domain.proposal.matter import Matter
from domain.proposal.overriding import OVERRIDE_DOCUMENT
from domain.proposal.proposal import Case, Closed, Draft, Ended, Open, Rejected, Returned, Signed, Underway
from domain.rulebook.model import DocumentRule, Route, Step, StepKind, Text
from domain.rulebook.reasons import Reason, Refusing

Progress = Literal["done", "waiting", "ahead"]
OVERRIDE = DocumentRule(
    code=OVERRIDE_DOCUMENT,
    title=Text(id="Surat dasar pengecualian", en="Letter on which an override rests"),
    required=False,
)


class DeskAnswer(BaseModel):
    """A desk by its name, and the people at it today."""

    title: str
    people: list[str]


class StepAnswer(BaseModel):
    """A step of the route, and how far the case has come on it."""

    code: str
    title: str
    kind: StepKind
    progress: Progress
    regulation: str
    article: str


class WaitingAnswer(BaseModel):
    """What the case waits for: which desks may still act, since when, until when, and whether it stands still."""

    step: str
    title: str
    kind: StepKind
    round: int
    desks: list[str]
    acting_for: dict[str, str]
    opened_at: datetime
    due_at: datetime | None
    escalated: bool
    stalled: bool
    stall: str


class AssessmentAnswer(BaseModel):
    """Every requirement answered, by one version of the rulebook."""

    target_tmt: date
    rulebook_version: str
    earliest_tmt: date | None
    findings: list[FindingAnswer]


class DocumentAnswer(BaseModel):
    """A document that the route asks for, and what is attached as it."""

    code: str
    title: str
    required: bool
    attached: bool
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    attached_at: datetime | None = None


class DecisionAnswer(BaseModel):
    """Who decided what, where and when."""

    step: str
    round: int
    verb: str
    desk: str
    actor: str
    at: datetime


class OverrideAnswer(BaseModel):
    """A requirement that an authority let somebody pass; the file is the document PENGECUALIAN."""

    requirement: str
    subject: str
    role: str
    actor: str
    at: datetime
    document_sha256: str


class ReasonAnswer(BaseModel):
    """A reason for a return or a refusal: in words, with cure and law, and the rules that could have told it."""

    code: str
    verbs: list[Refusing]
    text: str
    cure: str
    regulation: str
    article: str
    requirements: list[str]

    @classmethod
    def of(cls, reason: Reason, language: Language) -> ReasonAnswer:
        """The reason in the reader's language."""
        return cls(
            code=reason.code,
            verbs=reason.verbs,
            text=getattr(reason.text, language),
            cure=getattr(reason.cure, language),
            regulation=reason.legal_basis.regulation,
            article=reason.legal_basis.article,
            requirements=reason.requirements,
        )


class ObjectionAnswer(BaseModel):
    """What somebody may do who does not accept the refusal, and until which day."""

    until: date
    text: str
    regulation: str
    article: str


class ExplanationAnswer(BaseModel):
    """Why the case was returned or refused, at which step; the note is in the timeline.

    No reason for a code of no catalogue; what is returned is corrected, what is refused may be objected to.
    """

    step: str
    at: datetime
    reason_code: str
    reason: ReasonAnswer | None
    objection: ObjectionAnswer | None


class DecreeAnswer(BaseModel):
    """The decree's number and dates."""

    number: str
    dated: date
    tmt: date


class OutcomeAnswer(BaseModel):
    """What the outside body answered; a reason when it was not MS."""

    outcome: str
    number: str
    dated: date
    reason_code: str


class CaseAnswer(BaseModel):
    """Everything about one case. `version` is what `If-Match` wants, and what `ETag` says."""

    proposal_id: str
    version: int
    state: str
    state_text: str
    matter: Matter
    proposer: str
    round: int
    waiting: WaitingAnswer | None
    correction: ExplanationAnswer | None
    refusal: ExplanationAnswer | None
    route: list[StepAnswer]
    assessment: AssessmentAnswer
    overrides: list[OverrideAnswer]
    documents: list[DocumentAnswer]
    decisions: list[DecisionAnswer]
    outcome: OutcomeAnswer | None
    decree: DecreeAnswer | None
    desks: dict[str, DeskAnswer]
    names: dict[str, str]
    changed_at: datetime

    @classmethod
    def of(cls, dossier: Dossier, language: Language) -> CaseAnswer:
        """The case in the reader's language."""
        state, case = dossier.state, dossier.state.case
        explanation = _explanation(dossier.explanation, language)
        return cls(
            proposal_id=case.id,
            version=case.version,
            state=state.name,
            state_text=said(STATES, state.name, language),
            matter=case.matter,
            proposer=case.proposer,
            round=case.round,
            waiting=_waiting(state, language),
            correction=explanation if isinstance(state, Returned) else None,
            refusal=explanation if isinstance(state, Rejected) else None,
            route=_steps(state, dossier.route, language),
            assessment=_assessment(case, language),
            overrides=[OverrideAnswer.model_validate(asdict(entry)) for entry in case.overrides],
            documents=_documents(dossier, language),
            decisions=[_decision(entry) for entry in case.signed],
            outcome=_copied(OutcomeAnswer, case.outcome),
            decree=_copied(DecreeAnswer, case.decree),
            desks=desk_answers(dossier.desks, dossier.names, language),
            names=dict(dossier.names),
            changed_at=dossier.changed_at,
        )


def desk_answers(desks: Mapping[str, Sitting], names: Mapping[str, str], language: Language) -> dict[str, DeskAnswer]:
    """Desks by code, with titles in the reader's language."""
    return {
        code: DeskAnswer(
            title=desk_title(code, desk.unit_name, names.get(code.removeprefix("person/"), ""), language),
            people=list(desk.people),
        )
        for code, desk in desks.items()
    }


def _waiting(state: Open | Ended, language: Language) -> WaitingAnswer | None:
    if not isinstance(state, Underway):
        return None
    step = state.step
    return WaitingAnswer(
        step=step.code,
        title=getattr(state.case.step(step.code).title, language),
        kind=step.kind,
        round=step.round,
        desks=step.waiting,
        acting_for={desk: acted_for for desk, acted_for in step.may_act.items() if desk != acted_for},
        opened_at=step.opened_at,
        due_at=step.due_at,
        escalated=bool(step.substitutes),
        stalled=step.stalled or step.refused > 0,
        stall=step.stall,
    )


def _explanation(found: Explanation | None, language: Language) -> ExplanationAnswer | None:
    if found is None:
        return None
    return ExplanationAnswer(
        step=found.step,
        at=found.at,
        reason_code=found.reason_code,
        reason=ReasonAnswer.of(found.reason, language) if found.reason else None,
        objection=_objection(found, language),
    )


def _objection(found: Explanation, language: Language) -> ObjectionAnswer | None:
    objection, until = found.objection, found.objection_until
    if objection is None or until is None:
        return None
    return ObjectionAnswer(
        until=until,
        text=getattr(objection.told(until), language),
        regulation=objection.legal_basis.regulation,
        article=objection.legal_basis.article,
    )


def _steps(state: Open | Ended, route: Route | None, language: Language) -> list[StepAnswer]:
    steps = route.steps if route else []
    here = state.step.code if isinstance(state, Underway) else None
    codes = [step.code for step in steps]
    reached = codes.index(here) if here in codes else _reached(state, codes)
    return [_step(step, _progress(index, reached, here), language) for index, step in enumerate(steps)]


def _reached(state: Open | Ended, codes: list[str]) -> int:
    """How many steps are behind a case that waits at none."""
    if isinstance(state, Draft | Returned):
        return 0
    if isinstance(state, Closed):
        return len(codes)
    decided = [codes.index(entry.step) for entry in state.case.signed if entry.step in codes]
    return max(decided, default=0)


def _progress(index: int, reached: int, here: str | None) -> Progress:
    if index < reached:
        return "done"
    return "waiting" if here and index == reached else "ahead"


def _step(step: Step, progress: Progress, language: Language) -> StepAnswer:
    return StepAnswer(
        code=step.code,
        title=getattr(step.title, language),
        kind=step.kind,
        progress=progress,
        regulation=step.legal_basis.regulation,
        article=step.legal_basis.article,
    )


def _assessment(case: Case, language: Language) -> AssessmentAnswer:
    found = case.assessment
    return AssessmentAnswer(
        target_tmt=found.target_tmt,
        rulebook_version=found.rulebook_version,
        earliest_tmt=found.earliest_tmt,
        findings=[FindingAnswer.of(finding, language) for finding in found.findings],
    )


def _documents(dossier: Dossier, language: Language) -> list[DocumentAnswer]:
    rules = dossier.route.documents_for(dossier.state.case.matter.to_grade) if dossier.route else []
    rules = [*rules, *([OVERRIDE] if OVERRIDE.code in dossier.documents else [])]
    answers = []
    for rule in rules:
        file = dossier.documents.get(rule.code)
        answers.append(
            DocumentAnswer(
                code=rule.code,
                title=getattr(rule.title, language),
                required=rule.required,
                attached=file is not None,
                sha256=file.sha256 if file else None,
                size=file.size if file else None,
                media_type=file.media_type if file else None,
                attached_at=dossier.attached_at.get(rule.code),
            )
        )
    return answers


def _decision(entry: Signed) -> DecisionAnswer:
    return DecisionAnswer(
        step=entry.step, round=entry.round, verb=entry.verb, desk=entry.desk, actor=entry.actor, at=entry.at
    )


A = TypeVar("A", bound=BaseModel)


def _copied(kind: type[A], event: BaseModel | None) -> A | None:
    """The fields that an answer shows of an event; what people wrote stays in the timeline."""
    return kind.model_validate(event.model_dump(include=set(kind.model_fields))) if event else None
