"""What nobody may do to the log, whoever they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.shelves import PostgresShelf, settle_in

LOG = ("events", "command_receipts")
FORBIDDEN = ("UPDATE {} SET command_id = 'forged'", "DELETE FROM {}", "TRUNCATE {}")
each_table = pytest.mark.parametrize("table", LOG)
each_verb = pytest.mark.parametrize("statement", FORBIDDEN, ids=lambda statement: statement.split()[0].lower())


@asynccontextmanager
async def undone(shelf: PostgresShelf) -> AsyncIterator[AsyncConnection]:
    """The owner's connection; whatever is done on it is taken back."""
    async with shelf.owner.connect() as connection:
        yield connection
        await connection.rollback()


@each_table
@each_verb
async def test_the_application_can_only_append(real: PostgresShelf, table: str, statement: str) -> None:
    """Its role lacks the right."""
    async with real.parts.store.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text(statement.format(table)))


@each_table
@each_verb
@pytest.mark.parametrize("mode", ["origin", "replica"])
async def test_the_owner_too_can_only_append(real: PostgresShelf, table: str, statement: str, mode: str) -> None:
    """A trigger stands in the way, also in the mode in which ordinary triggers sleep."""
    await settle_in(real)
    async with undone(real) as connection:
        await connection.execute(text(f"SET LOCAL session_replication_role = {mode}"))
        with pytest.raises(DBAPIError, match="is append-only"):
            await connection.execute(text(statement.format(table)))


@each_table
async def test_it_is_the_trigger_that_stops_the_owner(real: PostgresShelf, table: str) -> None:
    """The positive control: without it the deletion goes through."""
    await settle_in(real)
    async with undone(real) as connection:
        await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        await connection.execute(text(f"DELETE FROM {table}"))
        assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
