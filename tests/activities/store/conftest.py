"""The same questions for every event store: the fake in memory and PostgreSQL."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.settings import Settings
from activities.wiring import backbone
from deploy.local.postgres import EmbeddedPostgres
from tests.support.fakes import SECRET
from tests.support.shelves import FakeShelf, PostgresShelf, Shelf, settle_in
from tests.support.story import Office

# The owner may do what the application never can: begin a test with an empty ledger.
EMPTIED = """
ALTER TABLE events DISABLE TRIGGER append_only;
ALTER TABLE command_receipts DISABLE TRIGGER append_only;
DO $$
DECLARE filled regclass;
BEGIN
    FOR filled IN SELECT c.oid FROM pg_class c WHERE relkind = 'r'
        AND relnamespace IN ('public'::regnamespace, 'vault'::regnamespace)
        AND relname NOT IN ('alembic_version', 'log_head', 'ledger_clock', 'projection_checkpoints')
    LOOP
        EXECUTE format('DELETE FROM %s', filled);
    END LOOP;
END $$;
UPDATE log_head SET size = 0;
ALTER TABLE events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE command_receipts ENABLE ALWAYS TRIGGER append_only;
"""


@pytest.fixture(scope="session")
async def shared(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresShelf]:
    """One database for the whole suite: making and dropping one takes longer than most tests here."""
    admin = create_async_engine(postgres.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text("CREATE DATABASE store_suite TEMPLATE jenjang"))
    await admin.dispose()
    key = SecretStr(base64.b64encode(SECRET).decode())
    settings = Settings(
        mode="test",
        database_url=SecretStr(postgres.url("jenjang_app", "store_suite")),
        owner_database_url=SecretStr(postgres.url("postgres", "store_suite")),
        data_dir=tmp_path_factory.mktemp("store"),
        token_key=key,
        vault_key=key,
        allow_clock_offset=True,
    )
    owner = create_async_engine(postgres.url("postgres", "store_suite"))
    async with backbone(settings) as parts:
        yield PostgresShelf(parts, owner)
    await owner.dispose()


@pytest.fixture
async def real(shared: PostgresShelf) -> PostgresShelf:
    """PostgreSQL, with an empty ledger."""
    async with shared.owner.begin() as connection:
        await connection.execute(text(EMPTIED))
    return shared


@pytest.fixture(params=["fake", "postgres"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each store in turn."""
    return FakeShelf() if request.param == "fake" else request.getfixturevalue("real")


@pytest.fixture
async def office(shelf: Shelf) -> Office:
    """The invented office on each store in turn."""
    return await settle_in(shelf)
