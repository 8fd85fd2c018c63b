"""Lists of cases: what waits at my desks, what concerns me, what stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends

from activities.readmodels.reads import Row
from activities.readmodels.visibility import Viewer
from api.answers.lists import CaseRow, InboxRow, Page, named
from api.deps import CurrentActor, Holding, LanguageDep, ServicesDep
from api.routes.paging import PageAsked
from api.routes.writing import PREFIX
from api.strict_json import StrictRoute
from api.words import Language
from domain.vocabulary import Role

router = APIRouter(prefix=PREFIX, tags=["lists"], route_class=StrictRoute)
Overseer = Annotated[Viewer, Depends(Holding(Role.ADMINISTRATOR, Role.AUDITOR))]


@router.get("/inbox")
async def inbox(services: ServicesDep, actor: CurrentActor, language: LanguageDep, page: PageAsked) -> Page[InboxRow]:
    """What waits at the caller's desks, least time left first."""
    found = await services.reads.inbox(actor, page.instant_and_id(), page.limit)
    rows = [InboxRow.of(waiting, case, language) for waiting, case in found]
    last = (found[-1][0]["due_at"].isoformat(), rows[-1].case.proposal_id) if found else ()
    names = await services.reads.names(named(row.case for row in rows))
    return Page(items=rows, next=page.next(len(rows), last), names=names)


@router.get("/proposals", tags=["proposals"])
async def list_mine(
    services: ServicesDep, actor: CurrentActor, language: LanguageDep, page: PageAsked
) -> Page[CaseRow]:
    """Cases that the caller proposed or is the subject of, newest first."""
    rows = _rows(await services.reads.involving(actor, page.id(), page.limit), language)
    last = (rows[-1].proposal_id,) if rows else ()
    return Page(items=rows, next=page.next(len(rows), last), names=await services.reads.names(named(rows)))


@router.get("/stalled")
async def list_stalled(services: ServicesDep, actor: Overseer, language: LanguageDep, page: PageAsked) -> Page[CaseRow]:
    """Cases of the agency that stand still, longest first; for administrators and auditors."""
    found = await services.reads.stalled(actor, page.instant_and_id(), page.limit)
    rows = _rows(found, language)
    last = (found[-1]["opened_at"].isoformat(), rows[-1].proposal_id) if found else ()
    return Page(items=rows, next=page.next(len(rows), last), names=await services.reads.names(named(rows)))


def _rows(found: Sequence[Row], language: Language) -> list[CaseRow]:
    return [CaseRow.of(row, language) for row in found]
