"""Which schema this code is made for; asked at every start, without loading what migrates."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

REVISION = "0001"
"""The newest revision in `migrations/versions`."""


async def behind(connection: AsyncConnection) -> bool:
    """Whether the database is at another revision than this code, older or newer."""
    if not await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
        return True
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found != REVISION
