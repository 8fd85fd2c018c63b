"""The hot statements, run on the driver itself: SQLAlchemy's share of their time would be larger than PostgreSQL's.

Connections, transactions, tables and everything else stay SQLAlchemy's. Measured by `make bench`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection


async def fetch(connection: AsyncConnection, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The statement's rows, inside the connection's transaction; raises what SQLAlchemy would raise."""
    cursor = await _run(connection, statement, values)
    return await cursor.fetchall()


async def execute(connection: AsyncConnection, statement: str, values: Mapping[str, Any]) -> int:
    """Run a statement that answers nothing; how many rows it touched. Raises what SQLAlchemy would raise."""
    return (await _run(connection, statement, values)).rowcount


async def ledger_now(connection: AsyncConnection) -> datetime:
    """The ledger's time: the database's clock, which demos and tests may have moved ahead."""
    [row] = await fetch(connection, "SELECT ledger_now() AS at", {})
    at: datetime = row.at
    return at


@asynccontextmanager
async def pipelined(connection: AsyncConnection) -> AsyncIterator[None]:
    """Send the statements inside without waiting for each other's answers; raises what SQLAlchemy would raise."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        async with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


async def _run(connection: AsyncConnection, statement: str, values: Mapping[str, Any]) -> psycopg.AsyncCursor[Any]:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    cursor: psycopg.AsyncCursor[Any] = driver.cursor(binary=True, row_factory=namedtuple_row)
    try:
        return await cursor.execute(statement, values)
    except psycopg.Error as error:
        # No values: they may hold a NIP.
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error
