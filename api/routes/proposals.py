"""Proposals: begin and change a draft; read a case, what can be done with it, and what has happened to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from api.answers.cases import CaseAnswer, ReasonAnswer
from api.answers.lists import CaseRow, EventRow, Page, named
from api.answers.receipts import ReceiptAnswer
from api.deps import CommandId, CurrentActor, LanguageDep, ServicesDep, VisibleCase
from api.problems.telling import Reader, told
from api.routes.bodies import ProposalBody
from api.routes.paging import PageAsked
from api.routes.writing import PREFIX, CaseWriting, record
from api.strict_json import StrictRoute
from domain.proposal import commands as c
from domain.proposal.actions import Action

router = APIRouter(prefix=f"{PREFIX}/proposals", tags=["proposals"], route_class=StrictRoute)
ADDRESSES = {
    "change-draft": ("PUT", ""),
    "attach-document": ("PUT", "/documents/{document}"),
    "override-requirement": ("POST", "/override"),
    "submit": ("POST", "/submission"),
    "approve-step": ("POST", "/approval"),
    "return-proposal": ("POST", "/return"),
    "reject-proposal": ("POST", "/rejection"),
    "record-outcome": ("POST", "/outcome"),
    "issue-decree": ("POST", "/decree"),
    "acknowledge": ("POST", "/acknowledgement"),
    "withdraw": ("POST", "/withdrawal"),
}
"""Where each verb is done, below the case's address."""


class ActionAnswer(BaseModel):
    """One verb: where it is done, at which step, and whether it would be accepted; `reason` is the refusal if not."""

    action: str
    method: str
    href: str
    step: str
    round: int
    allowed: bool
    reason: dict[str, Any] | None = None


class ActionsAnswer(BaseModel):
    """What the caller may do with this version of the case, and why not the rest."""

    proposal_id: str
    version: int
    actions: list[ActionAnswer]


@router.post("", status_code=201)
async def create(
    services: ServicesDep, actor: CurrentActor, command_id: CommandId, body: ProposalBody, response: Response
) -> ReceiptAnswer:
    """Begin a proposal for a subordinate; ranks, posts and units come from the register."""
    command = c.CreateDraft(
        command_id=command_id, actor=actor.ref, agency=actor.agency, asked=body.wanted, reason=body.reason
    )
    answer = await record(services.desk, command, response)
    response.headers["Location"] = f"{PREFIX}/proposals/{answer.proposal_id}"
    return answer


@router.put("/{proposal_id}")
async def change(writing: CaseWriting, body: ProposalBody) -> ReceiptAnswer:
    """Word a draft, or a returned proposal, anew."""
    return await writing.record(c.ChangeDraft(**writing.shared, asked=body.wanted, reason=body.reason))


@router.get("/{proposal_id}", response_model=CaseAnswer)
async def show(
    services: ServicesDep,
    case: VisibleCase,
    language: LanguageDep,
    response: Response,
    if_none_match: Annotated[str, Header(examples=['"7"'])] = "",
) -> CaseAnswer | Response:
    """The case: state, what it waits for, its route, assessment, documents and decisions."""
    if f'"{case.row["version"]}"' in (shown.strip() for shown in if_none_match.split(",")):
        return Response(status_code=304, headers=_validators(case.row["version"]))
    answer = CaseAnswer.of(await services.reads.dossier(case.proposal_id, case.who), language)
    response.headers.update(_validators(answer.version))
    return answer


@router.get("/{proposal_id}/status")
async def show_status(case: VisibleCase, language: LanguageDep, response: Response) -> CaseRow:
    """Where the case stands, in one row: for whoever asks often."""
    response.headers.update(_validators(case.row["version"]))
    return CaseRow.of(case.row, language)


@router.get("/{proposal_id}/actions")
async def list_actions(
    services: ServicesDep, case: VisibleCase, language: LanguageDep, response: Response
) -> ActionsAnswer:
    """What the caller may do now, or why not: the same answer that the call itself would give."""
    seen, found = await services.reads.actions(case.proposal_id, case.who)
    deciders = {entry.actor for entry in seen.signed}
    reader = Reader(language, services.calendar.utc_offset, await services.reads.names(deciders))
    response.headers.update(_validators(seen.version))
    actions = [_action(action, seen.id, reader) for action in found]
    return ActionsAnswer(proposal_id=seen.id, version=seen.version, actions=actions)


@router.get("/{proposal_id}/reasons")
async def list_reasons(services: ServicesDep, case: VisibleCase, language: LanguageDep) -> list[ReasonAnswer]:
    """The reasons for which the case can be returned or refused: what to write as `reason_code`."""
    reference = services.rules.rulebook.reference
    reasons = reference.reasons_for(case.row["matter"], case.row["kind"], None, case.who.today)
    return [ReasonAnswer.of(reason, language) for reason in reasons]


@router.get("/{proposal_id}/timeline")
async def show_timeline(
    services: ServicesDep, case: VisibleCase, language: LanguageDep, page: PageAsked
) -> Page[EventRow]:
    """What has happened, oldest first."""
    entries = await services.reads.timeline(case.proposal_id, int(page.id() or 0), page.limit)
    rows = [EventRow.of(entry, case.sight, language) for entry in entries]
    last = (str(rows[-1].version),) if rows else ()
    return Page(items=rows, next=page.next(len(rows), last), names=await services.reads.names(named(rows)))


def _validators(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"', "Vary": "Accept-Language"}


def _action(action: Action, proposal_id: str, reader: Reader) -> ActionAnswer:
    method, below = ADDRESSES[action.verb]
    return ActionAnswer(
        action=action.verb,
        method=method,
        href=f"{PREFIX}/proposals/{proposal_id}{below}",
        step=action.step,
        round=action.round,
        allowed=action.allowed,
        reason=told(action.refusal, reader) if action.refusal else None,
    )
