"""Real servers for the whole run, and a database of its own for every test that asks for one."""

from __future__ import annotations

import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.settings import Settings
from activities.store.migrate import migrate
from activities.wiring import Backbone, backbone
from deploy.local.folder import DataFolder
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.temporal import DevServer
from workflows.worker import CACHED, ensure_search_attributes

TEMPLATE = "jenjang"
NUMBERS = itertools.count(1)

# The same cases on every machine and in every run, however slow the machine is.
hypothesis.settings.register_profile("jenjang", deadline=None, derandomize=True)
hypothesis.settings.load_profile("jenjang")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much workers remember: `pytest --cached 0 tests/workflows tests/e2e` replays every history at every task."""
    told = "workflows that a test's worker keeps in memory; with 0 every task replays its history"
    parser.addoption("--cached", type=int, default=CACHED, help=told)


@pytest.fixture
def cached(request: pytest.FixtureRequest) -> int:
    """How many workflows a worker keeps in memory; with none, every task replays the whole history."""
    return int(request.config.getoption("--cached"))


@dataclass(frozen=True)
class Database:
    """One migrated database."""

    app_url: str
    owner_url: str


@pytest.fixture(scope="session")
def servers() -> Iterator[Path]:
    """A folder that outlives what pytest keeps of other runs: a database whose folder goes away goes with it."""
    with TemporaryDirectory(prefix="jenjang-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def postgres(servers: Path) -> AsyncIterator[EmbeddedPostgres]:
    """The embedded server, with a migrated template database."""
    server = EmbeddedPostgres(DataFolder(servers / "postgres"))
    await server.start()
    try:
        engine = create_async_engine(server.owner_url)
        async with engine.connect() as connection:
            await migrate(connection)
        await engine.dispose()
        yield server
    finally:
        await server.stop()


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A copy of the template, dropped after the test."""
    number = next(NUMBERS)
    name = f"test_{number}"
    engine = create_async_engine(postgres.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    found = Database(postgres.url("jenjang_app", name), postgres.url("postgres", name))
    await number_apart(found, number)
    yield found
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


async def number_apart(database: Database, number: int) -> None:
    """Let each test number its proposals in a range of its own: all tests share one engine."""
    engine = create_async_engine(database.owner_url)
    async with engine.begin() as connection:
        for series in ("KP", "MT"):
            await connection.execute(
                text("INSERT INTO proposal_numbers SELECT :series, y, :last FROM generate_series(2020, 2040) y"),
                {"series": series, "last": number * 1000},
            )
    await engine.dispose()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings of a test installation."""
    key = SecretStr(base64.b64encode(b"0123456789abcdefghijklmnopqrstuv").decode())
    return Settings(
        mode="test",
        database_url=SecretStr(database.app_url),
        owner_database_url=SecretStr(database.owner_url),
        data_dir=tmp_path,
        token_key=key,
        vault_key=key,
        allow_clock_offset=True,
        temporal_task_queue=f"test-{database.app_url.rpartition('/test_')[2].partition('?')[0]}",
    )


@pytest.fixture
async def parts(settings: Settings) -> AsyncIterator[Backbone]:
    """The ledger and its neighbours on a database of their own."""
    async with backbone(settings) as built:
        yield built


@pytest.fixture(scope="session")
async def temporal(servers: Path) -> AsyncIterator[DevServer]:
    """The real development server, whose workflows can skip time."""
    server = DevServer(DataFolder(servers / "temporal"), skips_time=True)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def client(temporal: DevServer) -> Client:
    """One client for the run."""
    connected = await Client.connect(temporal.address, data_converter=pydantic_data_converter)
    await ensure_search_attributes(connected)
    return connected
