"""What nobody may do to the log, whoever they are, and when the service refuses to run on a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from activities.settings import RefusedToStart
from activities.store.engine import unsafe
from activities.store.schema import REVISION
from activities.wiring import backbone
from tests.support.builders import NOW
from tests.support.shelves import PostgresShelf, settle_in

GRANTS = Path(__file__).parent / "golden" / "grants.txt"
GRANTED = """
SELECT grantee || ': ' || table_schema || '.' || table_name || ': '
       || string_agg(privilege_type, ', ' ORDER BY privilege_type)
FROM (
    SELECT grantee, table_schema, table_name, privilege_type FROM information_schema.role_table_grants
    UNION
    SELECT grantee, table_schema, table_name || '.' || column_name, privilege_type
    FROM information_schema.column_privileges c
    WHERE NOT EXISTS (SELECT FROM information_schema.role_table_grants t
        WHERE (t.grantee, t.table_schema, t.table_name, t.privilege_type)
            = (c.grantee, c.table_schema, c.table_name, c.privilege_type))
) granted
WHERE table_schema IN ('public', 'vault') AND grantee <> 'postgres'
GROUP BY grantee, table_schema, table_name ORDER BY 1
"""
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


# Append-only.


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


async def test_every_role_has_exactly_the_expected_rights(real: PostgresShelf) -> None:
    """As committed; a new table or right is added to `golden/grants.txt` on purpose."""
    rows = await real.ask(GRANTED)

    assert GRANTS.read_text().splitlines() == [row[0] for row in rows]


# Refusing to run.


async def causes(connection: AsyncConnection, *, clock_may_move: bool = True) -> list[str]:
    """Why the database must not be used."""
    found = await unsafe(connection, clock_may_move=clock_may_move)
    assert all(cure for _, cure in found)
    return [cause for cause, _ in found]


async def test_a_database_as_we_made_it_is_used(real: PostgresShelf) -> None:
    """Nothing is found."""
    async with real.parts.store.engine.connect() as connection:
        assert await causes(connection) == []


@pytest.mark.parametrize("value", ["off", "local"])
async def test_a_commit_that_may_be_forgotten_is_refused(real: PostgresShelf, value: str) -> None:
    """Asked on the connection itself: a session may differ from its server."""
    assert real.parts.settings.database_url is not None
    url = real.parts.settings.database_url.get_secret_value()
    engine = create_async_engine(url, connect_args={"options": f"-c synchronous_commit={value}"})
    async with engine.connect() as connection:
        assert await causes(connection) == [f"synchronous_commit is {value}"]
    await engine.dispose()


async def test_a_moved_clock_is_refused_where_it_must_not_move(real: PostgresShelf) -> None:
    """Months that only the demo lives through would bring decrees into effect."""
    await real.set_clock(NOW)
    async with real.parts.store.engine.connect() as connection:
        assert await causes(connection, clock_may_move=False) == ["the ledger's clock is moved"]
        assert await causes(connection, clock_may_move=True) == []


async def test_a_superuser_is_refused(real: PostgresShelf) -> None:
    """Nothing would hold such a role back."""
    async with undone(real) as connection:
        assert "the application's role is a superuser" in await causes(connection)


@pytest.mark.parametrize(
    ("grant", "cause"),
    [
        ("UPDATE ON events", "events grants UPDATE"),
        ("UPDATE (entry) ON events", "events grants UPDATE"),
        ("DELETE, TRUNCATE ON command_receipts", "command_receipts grants DELETE, TRUNCATE"),
    ],
)
async def test_a_right_too_many_is_refused(real: PostgresShelf, grant: str, cause: str) -> None:
    """Also one on a single column."""
    async with undone(real) as connection:
        await connection.execute(text(f"GRANT {grant} TO jenjang_app"))
        await connection.execute(text("SET LOCAL ROLE jenjang_app"))
        assert await causes(connection) == [cause]


@each_table
@pytest.mark.parametrize("change", ["DISABLE TRIGGER append_only", "ENABLE TRIGGER append_only"])
async def test_a_trigger_that_sleeps_is_refused(real: PostgresShelf, table: str, change: str) -> None:
    """Switched off, or on in the ordinary way, which `replica` mode skips."""
    async with undone(real) as connection:
        await connection.execute(text(f"ALTER TABLE {table} {change}"))
        await connection.execute(text("SET LOCAL ROLE jenjang_app"))
        assert await causes(connection) == [f"trigger on {table} is off"]


async def test_the_service_does_not_start_on_a_moved_clock(real: PostgresShelf) -> None:
    """The refusal names cause and cure."""
    await real.set_clock(NOW)
    strict = real.parts.settings.model_copy(update={"allow_clock_offset": False})
    with pytest.raises(RefusedToStart, match="the ledger's clock is moved: UPDATE ledger_clock"):
        async with backbone(strict):
            pytest.fail("it started")


async def test_the_service_does_not_start_on_another_schema(real: PostgresShelf) -> None:
    """Older or newer: it says what to run."""
    engine = create_async_engine(real.owner.url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
        with pytest.raises(RefusedToStart, match="jenjang migrate"):
            async with backbone(real.parts.settings):
                pytest.fail("it started")
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": REVISION})
        await engine.dispose()
