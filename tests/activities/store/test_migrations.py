"""The schema: made by the migrations, described by the tables, and never taken back."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Index, Integer, Table, text

from activities.readmodels import PROJECTIONS
from activities.store.migrate import config, migrate
from activities.store.schema import REVISION, behind
from activities.store.tables import metadata
from tests.support.shelves import PostgresShelf, settle_in


def drift(connection: Connection) -> list[Any]:
    """How the tables of the code differ from the database's, as far as Alembic sees."""
    options = {"include_schemas": True, "compare_type": True, "include_name": _ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    return kind != "schema" or name in (None, "vault")


async def test_the_tables_of_the_code_are_those_of_the_database(real: PostgresShelf) -> None:
    """Columns, types, keys and indexes."""
    assert {projection.table.name for projection in PROJECTIONS} <= set(metadata.tables)
    async with real.owner.connect() as connection:
        # Alembic keeps its own table, which is none of ours.
        found = await connection.run_sync(drift)
    assert [change for change in found if "alembic_version" not in repr(change)] == []


async def test_a_difference_would_be_found(real: PostgresShelf) -> None:
    """The check above sees a column and an index that only the database has."""
    async with real.owner.connect() as connection:
        await connection.execute(text("ALTER TABLE cases ADD COLUMN planted integer"))
        await connection.execute(text("CREATE INDEX planted_idx ON cases (planted)"))
        found = {change[0] for change in await connection.run_sync(drift) if isinstance(change, tuple)}
        await connection.rollback()

    assert found >= {"remove_column", "remove_index"}


async def test_the_code_names_the_one_newest_revision(real: PostgresShelf) -> None:
    """A start asks for this name without loading Alembic."""
    async with real.owner.connect() as connection:
        heads = await connection.run_sync(lambda sync: ScriptDirectory.from_config(config(sync)).get_heads())
    assert heads == [REVISION]


async def test_the_code_is_made_for_the_newest_revision(real: PostgresShelf) -> None:
    """`schema.REVISION` is raised together with the migrations."""
    async with real.owner.connect() as connection:
        head = await connection.run_sync(lambda sync: ScriptDirectory.from_config(config(sync)).get_current_head())

    assert head == REVISION


async def test_a_migrated_database_is_not_behind(real: PostgresShelf) -> None:
    """The application may ask, with the rights it has."""
    async with real.parts.store.engine.connect() as connection:
        assert not await behind(connection)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '0000'",
        "UPDATE alembic_version SET version_num = '9999'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
    ],
    ids=["older", "newer", "empty", "none"],
)
async def test_another_revision_is_not_ours(real: PostgresShelf, change: str) -> None:
    """Older, newer or none at all."""
    async with real.owner.connect() as connection:
        await connection.execute(text(change))
        assert await behind(connection)
        await connection.rollback()


async def test_migrating_again_changes_nothing(real: PostgresShelf) -> None:
    """Every start may do it."""
    await settle_in(real)
    before = await real.positions()
    async with real.owner.connect() as connection:
        await migrate(connection)

    assert await real.positions() == before
    assert before


async def test_there_is_no_way_back(real: PostgresShelf) -> None:
    """A tool that would drop the ledger refuses."""
    async with real.owner.connect() as connection:
        with pytest.raises(RuntimeError, match="no way back"):
            await connection.run_sync(lambda sync: command.downgrade(config(sync), "base"))


async def test_a_table_that_no_migration_makes_would_be_found(real: PostgresShelf) -> None:
    """The other direction: the code knows a table that the database does not have."""
    planted = Table("planted", metadata, Column("id", Integer, primary_key=True), Index("planted_idx", "id"))
    try:
        async with real.owner.connect() as connection:
            found = {change[0] for change in await connection.run_sync(drift)}
    finally:
        metadata.remove(planted)

    assert "add_table" in found
