"""Who is eligible: one person, asked before anything is written; everybody in reach of a promotion; their drafts."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from activities.readmodels.upcoming import FIRST, Placed
from api.answers.eligibility import DraftAnswer, DraftsAnswer, EligibilityAnswer, UpcomingAnswer, shown
from api.answers.receipts import ReceiptAnswer
from api.deps import CommandId, CurrentActor, LanguageDep, ServicesDep, VisibleSubject
from api.problems.telling import Reader, told
from api.routes.bodies import CLOSED, SUBJECT, Day, Kind
from api.routes.paging import PageAsked
from api.routes.writing import PREFIX
from api.strict_json import StrictRoute
from domain.errors import DomainError
from domain.proposal.commands import CreateDraft, PromotionAsked
from domain.vocabulary import SubjectRef

router = APIRouter(prefix=PREFIX, tags=["eligibility"], route_class=StrictRoute)
MAX_DRAFTS = 50
"""Drafts of one request. Source: design decision."""
ADVANCE: dict[str, Any] = {"subject": SUBJECT, "kind": "REG"}
Tmt = Annotated[Day | None, Query(description="The TMT; that whose window contains today if left out")]


class Advance(BaseModel):
    """Somebody to be proposed, and for which kind of promotion, as the list suggested it."""

    model_config = CLOSED
    subject: SubjectRef
    kind: Kind = "REG"


class DraftsBody(BaseModel):
    """Whom to begin a draft for, each under a command id made of the request's own and the person's reference."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tmt": "2026-06-01", "people": [ADVANCE]}]}
    )
    tmt: Day
    people: list[Advance] = Field(min_length=1, max_length=MAX_DRAFTS)


@router.get("/eligibility")
async def show_eligibility(
    services: ServicesDep,
    actor: CurrentActor,
    file: VisibleSubject,
    language: LanguageDep,
    kind: Annotated[Kind | None, Query(description="As the person's career suggests it if left out")] = None,
    tmt: Tmt = None,
) -> EligibilityAnswer:
    """Whether a person meets the law for a promotion, requirement by requirement, and why. Writes nothing."""
    found = await services.reads.eligibility(file.ref, kind, tmt, actor.today)
    return EligibilityAnswer.of(file.ref, found, language)


@router.get("/upcoming")
async def list_upcoming(
    services: ServicesDep, actor: CurrentActor, language: LanguageDep, page: PageAsked, tmt: Tmt = None
) -> UpcomingAnswer:
    """Who becomes eligible for a TMT, who nearly, and whose data is incomplete.

    Personnel officers look at the whole agency, heads at the people of their units.
    """
    place = page.pair()
    found = await services.reads.upcoming(actor, tmt, Placed(*place) if place else FIRST, page.limit)
    names = await services.reads.names(shown(found.people))
    bookmark = page.next(found.looked_at, found.last, tmt=found.tmt.isoformat())
    return UpcomingAnswer.of(found, bookmark, names, language)


@router.post("/upcoming/drafts")
async def draft_upcoming(
    services: ServicesDep,
    actor: CurrentActor,
    command_id: CommandId,
    language: LanguageDep,
    body: DraftsBody,
    response: Response,
) -> DraftsAnswer:
    """Begin a pre-filled draft for each person, in the caller's name; a repeat repeats each person's answer."""
    reader = Reader(language, services.calendar.utc_offset)
    answers, repeated = [], True
    for person in body.people:
        command = CreateDraft(
            command_id=sha256(f"{command_id} {person.subject}".encode()).hexdigest(),
            actor=actor.ref,
            agency=actor.agency,
            asked=PromotionAsked(kind=person.kind, subject=person.subject, target_tmt=body.tmt),
        )
        try:
            receipt = await services.desk.record(command)
        except DomainError as refusal:
            answers.append(DraftAnswer(subject=person.subject, problem=told(refusal, reader)))
        else:
            answers.append(DraftAnswer(subject=person.subject, receipt=ReceiptAnswer.of(receipt)))
            repeated = repeated and receipt.repeated
    if repeated and any(answer.receipt for answer in answers):
        response.headers["Idempotency-Replayed"] = "true"
    return DraftsAnswer(drafts=answers)
