"""The floor of a reading over HTTP: FastAPI and SQLAlchemy Core, one row by its key, nobody asks who is asking.

`python -m deploy.bench.bare URL PORT` serves it in a process of its own, like the API.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels.cases import cases
from deploy.local.ports import LOOPBACK


def app(url: str) -> FastAPI:
    """The app on a database."""
    bare = FastAPI()
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", pool_size=8, max_overflow=8)

    @bare.get("/livez")
    async def live() -> None:
        """It answers."""

    @bare.get("/cases/{proposal_id}")
    async def show(proposal_id: str) -> dict[str, Any]:
        """The row."""
        async with engine.connect() as connection:
            found = await connection.execute(select(cases).where(cases.c.proposal_id == proposal_id))
            return dict(found.mappings().one())

    return bare


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[1]), host=LOOPBACK, port=int(sys.argv[2]), access_log=False, log_level="warning")
