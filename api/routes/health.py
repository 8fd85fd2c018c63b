"""Whether the process is alive, and whether it is ready to serve."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.deps import ServicesDep, public
from api.strict_json import StrictRoute

router = APIRouter(tags=["health"], dependencies=[Depends(public)], route_class=StrictRoute)


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Ready(BaseModel):
    """`ready` needs the database at the schema of this code; Temporal is shown, decisions go on without it.

    `rulebook` is the version that decides; faults are those of the rule files, for which the last good ones stay.
    """

    ready: bool
    database: bool
    migrations: bool
    temporal: bool
    rulebook: str
    rulebook_faults: int


@router.get("/livez")
async def live() -> Alive:
    """Whether the process answers."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def ready(services: ServicesDep, response: Response) -> Ready:
    """Whether people can be served."""
    try:
        database, migrations = True, await services.reads.at_head()
    except (SQLAlchemyError, OSError):
        database, migrations = False, False
    if not migrations:
        response.status_code = 503
    return Ready(
        ready=migrations,
        database=database,
        migrations=migrations,
        temporal=await services.engine_answers(),
        rulebook=services.rules.rulebook.version,
        rulebook_faults=len(services.rules.problems),
    )
