"""When the service refuses to start on a database, one condition at a time; and that the named cure cures."""

from __future__ import annotations

import asyncio
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from structlog.testing import capture_logs

from activities.settings import RefusedToStart, Settings, refuse
from activities.store.codec import gaps
from activities.store.migrate import migrate
from activities.store.safety import assure, unreadable, unsafe
from activities.store.schema import described, expected
from activities.store.sealing import KeyRing
from activities.wiring import backbone, machine_time
from deploy.local.account import server_account
from deploy.local.folder import DataFolder
from deploy.local.postgres import EmbeddedPostgres
from tests.support.shelves import PostgresShelf

OLDER = "The schema 0000 is older than this code.\n  Run jenjang migrate."
NEWER = "The schema 9999 is newer than this code.\n  Install the newer version of Jenjang."
NO_SCHEMA = "The database holds no schema.\n  Run jenjang migrate."
SECOND = timedelta(seconds=1)


@pytest.fixture
def settings(shared: PostgresShelf) -> Settings:
    """Of a service that speaks English and shares the suite's database."""
    return shared.parts.settings.model_copy(update={"locale": "en"})


@pytest.fixture
async def owner(shared: PostgresShelf) -> AsyncIterator[AsyncConnection]:
    """The owner's connection; whatever a test does on it, the server's roles included, is taken back."""
    async with shared.owner.connect() as connection:
        await connection.execute(text("UPDATE ledger_clock SET ahead = '0'"))
        yield connection
        await connection.rollback()


async def run(connection: AsyncConnection, *statements: str) -> None:
    """What the owner does to the database."""
    for statement in statements:
        await connection.execute(text(statement))


async def reasons(connection: AsyncConnection, settings: Settings) -> list[str]:
    """Why the application, on this very connection, refuses to start; empty when it does not."""
    await run(connection, "SET LOCAL SESSION AUTHORIZATION jenjang_app")
    try:
        await assure(connection, settings, machine_time)
    except RefusedToStart as refusal:
        return refusal.reasons
    finally:
        await run(connection, "SET LOCAL SESSION AUTHORIZATION DEFAULT")
    return []


async def refused(settings: Settings, **how: object) -> list[str]:
    """Why the whole service refuses to start."""
    with pytest.raises(RefusedToStart) as refusal:
        async with backbone(settings, **how):  # type: ignore[arg-type] - a clock or nothing
            pytest.fail("it started")
    return refusal.value.reasons


def cure(reason: str) -> str:
    """The statement that a reason advises to run."""
    cause, _, cure = reason.partition("\n  ")
    if cure == "Run that statement as the schema's owner.":
        return cause.removeprefix("In the database is missing: ")
    return cure.removeprefix("As the schema's owner: ").replace("the schema's owner", "postgres")


# The healthy database.


async def test_it_starts_on_a_database_as_the_migrations_made_it(settings: Settings) -> None:
    """Nothing is found, and nothing is doubted."""
    with capture_logs() as logs:
        async with backbone(settings) as parts:
            assert parts.settings == settings
    assert logs == []


async def test_it_starts_in_production(owner: AsyncConnection, settings: Settings) -> None:
    """Where neither settings nor clock are a demo's."""
    strict = settings.model_copy(update={"mode": "production", "agency": "3301", "allow_clock_offset": False})
    assert await reasons(owner, strict) == []


async def test_a_start_asks_little(owner: AsyncConnection, settings: Settings) -> None:
    """A handful of statements, about the catalogue and about single rows: about 10 ms, however long the log is."""
    asked: list[str] = []
    listeners = owner.sync_connection, "before_cursor_execute", lambda *call: asked.append(call[2])
    event.listen(*listeners)
    assert await unsafe(owner, settings, machine_time) != []  # as the owner, and asked all the same
    event.remove(*listeners)
    assert len(asked) <= 5
    assert not any(" FROM events" in statement for statement in asked)


async def test_what_is_expected_is_what_the_migrations_make(owner: AsyncConnection) -> None:
    """After a new migration, `python -m deploy.expected_schema` renews the file."""
    assert [fact.line for fact in await described(owner)] == expected()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE notes_of_the_operator (id integer PRIMARY KEY, note text NOT NULL)",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor",
        "CREATE INDEX planted_idx ON events (recorded_at)",
    ],
)
async def test_what_harms_nobody_is_the_operators_business(
    owner: AsyncConnection, settings: Settings, change: str
) -> None:
    """A table beside ours, a reader, an index."""
    await run(owner, change)
    assert await reasons(owner, settings) == []


# Constraints, triggers, functions and rights that differ.


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE events DROP CONSTRAINT events_stream_version_key",
        "ALTER TABLE command_receipts DROP CONSTRAINT command_receipts_pkey",
        "ALTER TABLE decisions DROP CONSTRAINT decisions_pkey",
        "ALTER TABLE incumbencies DROP CONSTRAINT incumbencies_one_a_day",
        "ALTER TABLE events DROP CONSTRAINT events_entry_size, ADD CONSTRAINT events_entry_size CHECK (entry <> '')",
        "ALTER TABLE events ADD CONSTRAINT planted CHECK (stream_id <> 'proposal/KP-1')",
        "ALTER TABLE events ALTER actor_ref DROP NOT NULL",
        "CREATE UNIQUE INDEX planted ON events (agency, event_id)",
        "ALTER TABLE events DISABLE TRIGGER append_only",
        "ALTER TABLE events ENABLE TRIGGER append_only",
        "ALTER TABLE command_receipts ENABLE REPLICA TRIGGER append_only",
        "DROP TRIGGER append_only ON command_receipts",
        "CREATE TRIGGER planted BEFORE INSERT ON events EXECUTE FUNCTION refuse_change()",
        "CREATE RULE planted AS ON INSERT TO events DO INSTEAD NOTHING",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "ALTER TABLE events SET UNLOGGED",
        "ALTER TABLE events ENABLE ROW LEVEL SECURITY",
        "GRANT UPDATE ON events TO jenjang_app",
        "GRANT UPDATE (entry) ON events TO jenjang_app",
        "GRANT DELETE, TRUNCATE ON command_receipts TO jenjang_app",
        "GRANT INSERT ON events TO PUBLIC",
        "GRANT SELECT ON vault.subject_vault TO PUBLIC",
        "GRANT INSERT ON events TO pg_monitor",
        "GRANT SELECT ON vault.subject_keys TO jenjang_auditor",
        "GRANT SELECT ON events TO jenjang_app WITH GRANT OPTION",
        "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "REVOKE INSERT ON outbox FROM jenjang_app",
        "REVOKE SELECT ON alembic_version, ledger_clock FROM jenjang_app",
        "REVOKE USAGE ON SCHEMA vault FROM jenjang_app",
    ],
)
async def test_a_schema_that_differs_is_refused_and_the_named_cure_cures(
    owner: AsyncConnection, settings: Settings, change: str
) -> None:
    """Each reason names one statement; the service starts once the owner has run them."""
    await run(owner, change)
    found = await reasons(owner, settings)
    assert found
    await run(owner, *map(cure, found))
    assert await reasons(owner, settings) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "ALTER TABLE events DISABLE TRIGGER append_only",
            [
                "In the database is missing: ALTER TABLE public.events ENABLE ALWAYS TRIGGER append_only",
                "Run that statement as the schema's owner.",
            ],
        ),
        (
            "GRANT UPDATE (entry) ON events TO jenjang_app",
            [
                "In the database stands what should not: GRANT UPDATE (entry) ON public.events TO jenjang_app",
                "As the schema's owner: REVOKE UPDATE (entry) ON public.events FROM jenjang_app",
            ],
        ),
    ],
)
async def test_a_difference_is_told_once_and_exactly(
    owner: AsyncConnection, settings: Settings, change: str, told: list[str]
) -> None:
    """Cause and cure of what was changed, and no more."""
    await run(owner, change)
    assert await reasons(owner, settings) == ["\n  ".join(told)]


# The role.


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("ALTER ROLE jenjang_app SUPERUSER", "holds SUPERUSER: nothing would hold it back"),
        ("ALTER ROLE jenjang_app BYPASSRLS", "holds BYPASSRLS: nothing would hold it back"),
        ("ALTER ROLE jenjang_app CREATEROLE REPLICATION", "holds CREATEROLE, REPLICATION: nothing would hold it back"),
        ("GRANT pg_write_all_data TO jenjang_app WITH INHERIT FALSE", "may act as pg_write_all_data"),
        ("ALTER TABLE events OWNER TO jenjang_app", "owns table events"),
        ("ALTER FUNCTION refuse_change() OWNER TO jenjang_app", "owns function refuse_change()"),
    ],
)
async def test_a_role_that_could_change_the_log_is_refused_and_the_named_cure_cures(
    owner: AsyncConnection, settings: Settings, change: str, cause: str
) -> None:
    """Superuser, a power, another role that it may put on, a thing it owns."""
    await run(owner, change)
    found = await reasons(owner, settings)
    assert found[0].startswith(f"The role jenjang_app {cause}.\n")
    await run(owner, *map(cure, found))
    assert await reasons(owner, settings) == []


async def test_an_owner_of_the_database_is_refused(owner: AsyncConnection, settings: Settings) -> None:
    """The database's owner may act as the owner of its schema `public`, and drop what stands in it."""
    await run(owner, "ALTER DATABASE store_suite OWNER TO jenjang_app")

    found = await reasons(owner, settings)

    assert "The role jenjang_app may act as pg_database_owner.\n" in found[0]
    assert "The role jenjang_app owns database store_suite.\n" in found[1]


async def test_any_other_role_is_refused(shared: PostgresShelf, settings: Settings) -> None:
    """The rights of the schema's owner were never counted."""
    as_owner = settings.model_copy(update={"database_url": shared.parts.settings.owner_database_url})
    assert await refused(as_owner) == [
        "The service is connected as postgres, not as jenjang_app.\n  Set JENJANG_DATABASE_URL to the role jenjang_app."
    ]


# Durability.


@pytest.mark.parametrize("value", ["off", "local"])
async def test_a_commit_that_may_be_forgotten_is_refused(
    owner: AsyncConnection, settings: Settings, value: str
) -> None:
    """Asked on the connection itself: a session may differ from its server."""
    await run(owner, f"SET LOCAL synchronous_commit = {value}")

    [reason] = await reasons(owner, settings)

    assert reason.startswith(f"synchronous_commit = {value}: an acknowledged decision could be lost.\n  ALTER SYSTEM ")


@pytest.fixture(scope="module")
async def frail(servers: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A migrated server of its own, on a disk whose silent faults it would not notice."""
    server = EmbeddedPostgres(DataFolder(servers / "frail"))
    await server.start()
    engine = create_async_engine(server.owner_url)
    async with engine.connect() as connection:
        await migrate(connection)
    await engine.dispose()
    command = [Path(psutil.Process(server.pid).exe()).with_name("pg_checksums"), "--disable", "--no-sync"]
    await server.stop()
    account = server_account()
    user, group = (account.pw_uid, account.pw_gid) if account else (None, None)
    command += ["-D", servers / "frail" / "postgres" / "data"]
    subprocess.run(command, user=user, group=group, extra_groups=[], cwd="/", stdout=subprocess.DEVNULL, check=True)
    await server.start()
    yield server
    await server.stop()


async def switch(server: EmbeddedPostgres, statements: str, *, shows: tuple[str, str]) -> None:
    """Run statements as the owner, and wait until new connections find the setting so."""
    engine = create_async_engine(server.owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await run(connection, *statements.split("; "))
    async with asyncio.timeout(5):
        while True:
            async with engine.connect() as connection:
                if await connection.scalar(text(f"SHOW {shows[0]}")) == shows[1]:
                    return


@pytest.mark.xdist_group("frail")
@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
async def test_a_server_that_may_forget_is_refused(frail: EmbeddedPostgres, settings: Settings, name: str) -> None:
    """A power cut would take what was acknowledged, or tear it; the service starts once the cure was run."""
    on_it = settings.model_copy(update={"database_url": SecretStr(frail.app_url)})
    await switch(frail, f"ALTER SYSTEM SET {name} = off; SELECT pg_reload_conf()", shows=(name, "off"))

    [reason] = await refused(on_it)

    cause, _, cure = reason.partition("\n  ")
    assert cause == f"{name} = off: an acknowledged decision could be lost."
    await switch(frail, cure.rpartition("; ")[0], shows=(name, "on"))
    async with backbone(on_it) as parts:
        assert parts.settings == on_it


@pytest.mark.xdist_group("frail")
async def test_a_server_without_checksums_is_doubted_not_refused(frail: EmbeddedPostgres, settings: Settings) -> None:
    """The service starts and says so in its log; the server that we bring ourselves has them."""
    with capture_logs() as logs:
        async with backbone(settings.model_copy(update={"database_url": SecretStr(frail.app_url)})):
            [line] = logs
    assert (line["event"], line["log_level"]) == ("data-checksums-off", "warning")
    assert line["cure"] == "Stop PostgreSQL, run pg_checksums --enable, and start it again."


# Clocks.


@pytest.mark.parametrize("apart", [-3 * SECOND, 3 * SECOND])
async def test_a_clock_that_is_apart_is_refused(shared: PostgresShelf, settings: Settings, apart: timedelta) -> None:
    """Ahead or behind; a ledger's clock that may move, and did, has no part in it."""
    await shared.set_clock(datetime.fromisoformat("2031-01-01T00:00:00+00:00"))
    assert await refused(settings, clock=lambda: machine_time() + apart) == [
        "This machine's clock is 3 seconds off the database's.\n  Run NTP on both machines."
    ]


@pytest.mark.parametrize("apart", [-SECOND, SECOND])
async def test_a_clock_that_is_nearly_right_is_good_enough(settings: Settings, apart: timedelta) -> None:
    """Clocks that NTP keeps are never equal."""
    async with backbone(settings, clock=lambda: machine_time() + apart) as parts:
        assert parts.settings == settings


@pytest.mark.parametrize(
    "changes",
    [{"mode": "production", "agency": "3301", "allow_clock_offset": True}, {"allow_clock_offset": False}],
)
async def test_a_moved_clock_is_refused_where_it_must_not_move(
    owner: AsyncConnection, settings: Settings, changes: dict[str, object]
) -> None:
    """Months that only the demo lives through would bring decrees into effect."""
    await run(owner, "UPDATE ledger_clock SET ahead = '30 days'")

    [reason] = await reasons(owner, settings.model_copy(update=changes))

    assert reason.startswith("The ledger's clock is moved.\n  Use a database whose clock never was;")
    assert await reasons(owner, settings) == []


# Versions and keys.


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE alembic_version SET version_num = '0000'",
            "The schema 0000 is older than this code.\n  Run jenjang migrate.",
        ),
        (
            "UPDATE alembic_version SET version_num = '9999'",
            "The schema 9999 is newer than this code.\n  Install the newer version of Jenjang.",
        ),
        ("DELETE FROM alembic_version", "The database holds no schema.\n  Run jenjang migrate."),
        ("DROP TABLE alembic_version", "The database holds no schema.\n  Run jenjang migrate."),
    ],
    ids=["older", "newer", "empty", "none"],
)
async def test_another_schema_is_refused(owner: AsyncConnection, settings: Settings, change: str, told: str) -> None:
    """One reason, with what to run: differences in detail follow from it."""
    await run(owner, change, "ALTER TABLE events DROP CONSTRAINT events_entry_size")
    assert await reasons(owner, settings) == [told]


def test_events_that_nobody_can_read_are_refused() -> None:
    """A chain of upcasters with a gap; whole chains are not."""
    versions, upcasters = {"proposal.drafted": 3, "proposal.submitted": 2}, {("proposal.drafted", 2)}

    with pytest.raises(RefusedToStart) as refusal:
        refuse(unreadable(gaps(versions, upcasters)), "en")

    cure = "Install the version of Jenjang that wrote it, or a newer one."
    assert refusal.value.reasons == [
        f"No upcaster reads proposal.drafted v1.\n  {cure}",
        f"No upcaster reads proposal.submitted v1.\n  {cure}",
    ]
    assert unreadable(gaps()) == []


async def test_a_key_that_opens_nothing_here_is_refused(owner: AsyncConnection, settings: Settings) -> None:
    """Under another vault key nobody's name could be read, and new ones would be sealed apart."""
    wrapped = KeyRing(b"the key with which it all began.").fresh()
    await owner.execute(text("DELETE FROM vault.subject_keys"))
    await owner.execute(text("INSERT INTO vault.subject_keys VALUES ('someone', :key)"), {"key": wrapped})

    [reason] = await reasons(owner, settings)

    assert reason.startswith("JENJANG_VAULT_KEY is not the key that wrapped the personal data in this database.\n")
    former = SecretStr(b64encode(b"the key with which it all began.").decode())
    assert await reasons(owner, settings.model_copy(update={"vault_key": former})) == []
