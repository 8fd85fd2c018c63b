"""Brings a database to the schema of this code: one at a time, and only forward."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

ONE_AT_A_TIME = 7_310_251_204
"""Key of the advisory lock that two migrating processes share."""


def config(connection: Connection) -> Config:
    """Alembic's configuration for a connection."""
    found = Config()
    found.set_main_option("script_location", str(files("activities.store") / "migrations"))
    found.attributes["connection"] = connection
    return found


async def migrate(connection: AsyncConnection) -> None:
    """Upgrade to the newest revision as the schema's owner, waiting for whoever is at it already."""
    await connection.execute(text("SET lock_timeout = '30s'"))
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))
    await connection.commit()
