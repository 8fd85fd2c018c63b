"""A stand: one database of open cases, and the processes of the service on it, started as `jenjang up` starts them."""

from __future__ import annotations

import base64
import itertools
import secrets
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from activities.settings import KEY_BYTES, Settings, key_bytes
from activities.store.migrate import migrate
from activities.wiring import backbone
from deploy.bench.casting import Mould, Order, cast, mixed, mould
from deploy.bench.measure import say
from deploy.bench.office import AGENCY, Office
from deploy.local.folder import DataFolder
from deploy.local.ports import LOOPBACK, answers_ok, any_port, listens
from deploy.local.postgres import APP_ROLE, DATABASE, OWNER, EmbeddedPostgres
from deploy.local.process import until
from deploy.local.services import JENJANG, Child, ChildService
from deploy.local.temporal import DevServer

API, WORKER = Child("api", (*JENJANG, "api"), serves=True), Child("worker", (*JENJANG, "worker"))
BARE = (sys.executable, "-P", "-m", "deploy.bench.bare")
CONNECTIONS = {"max_connections": "300"}
"""Several stands share one server; each process brings its own pools."""
PATIENCE = 60.0
TOKEN_LIFE = 12 * 3600


def plain(url: str) -> str:
    """The URL as drivers know it, without SQLAlchemy's choice of one."""
    return url.replace("+psycopg", "", 1)


@dataclass
class Stand:
    """A database of open cases, and what serves it."""

    cases: int
    settings: Settings
    folder: DataFolder
    engine: str
    services: list[ChildService] = field(default_factory=list)

    @property
    def owner_url(self) -> str:
        """The database, as its owner."""
        return plain(self.sqlalchemy_url)

    @property
    def sqlalchemy_url(self) -> str:
        """The same, for SQLAlchemy."""
        assert self.settings.owner_database_url is not None
        return self.settings.owner_database_url.get_secret_value()

    @property
    def size(self) -> str:
        """How many cases are open."""
        return f"{self.cases:,} open"

    @property
    def port(self) -> int:
        """Where the API listens."""
        return self.settings.api_port

    async def start(self, child: Child, *words: str, port: int | None = None) -> ChildService:
        """Start a process of the stand; it serves when this returns, if a port is named. Raises StartFailed."""
        child = Child(child.name, (*child.command, *words))
        service = ChildService(child, self.folder, self._environment())
        self.services.append(service)
        await service.start()

        async def serves() -> bool:
            return port is None or (listens(service.pid, port) and await answers_ok(LOOPBACK, port, "/livez"))

        if service.running is None or not await until(serves, service.running, PATIENCE):
            raise service.failure()
        return service

    async def bare(self) -> int:
        """Start the bare reading of this database; the port it listens on."""
        port = any_port()
        assert self.settings.database_url is not None
        await self.start(Child("bare", BARE), self.settings.database_url.get_secret_value(), str(port), port=port)
        return port

    async def stop(self) -> None:
        """Stop the processes, the last one first."""
        for service in reversed(self.services):
            await service.stop()

    def bearer(self, subject: str) -> dict[str, str]:
        """The header by which a person is known: a token as the agency's own sign-in would sign it."""
        claims = {"iss": "jenjang", "aud": "jenjang-api", "sub": subject, "agency": AGENCY, "jti": secrets.token_hex()}
        lasting = {"iat": int(time.time()), "exp": int(time.time()) + TOKEN_LIFE}
        key = OctKey.import_key(key_bytes(self.settings.token_key))
        return {"Authorization": f"Bearer {jwt.encode({'alg': 'HS256', 'typ': 'at+jwt'}, {**claims, **lasting}, key)}"}

    def _environment(self) -> dict[str, str]:
        values = {name: getattr(self.settings, name) for name in self.settings.model_fields_set}
        shown = {name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in values.items()}
        return {f"JENJANG_{name.upper()}": value for name, value in shown.items()} | {"TEMPORAL_ADDRESS": self.engine}


class Workshop:
    """A PostgreSQL server, and on it an office whose copies, filled with cases, become stands."""

    def __init__(self, root: Path, postgres: EmbeddedPostgres, offices: int) -> None:
        self.root = root
        self.offices = offices
        self.moulds: list[Mould] = []
        self._postgres = postgres
        self._numbers = itertools.count(1)
        self._key = SecretStr(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())

    async def settle(self) -> None:
        """Make the office, and moulds of its cases."""
        engine = create_async_engine(self._postgres.owner_url)
        async with engine.connect() as connection:
            await migrate(connection)
        await engine.dispose()
        owner_url = plain(self._postgres.owner_url)
        async with backbone(self._settings("office", DATABASE)) as parts:
            submitted = await Office(parts, owner_url, self.offices).open()
        async with await psycopg.AsyncConnection.connect(owner_url) as connection:
            self.moulds = [await mould(connection, case) for case in submitted]

    async def database(self, name: str, template: str = "template1") -> str:
        """Make a database; its owner's URL."""
        server = plain(self._postgres.url(OWNER, "postgres"))
        async with await psycopg.AsyncConnection.connect(server, autocommit=True) as connection:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return plain(self._postgres.url(OWNER, name))

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[DevServer]:
        """An empty Temporal of its own."""
        server = DevServer(DataFolder(self.root / f"engine-{next(self._numbers)}"))
        try:
            await server.start()
            yield server
        finally:
            await server.stop()

    @asynccontextmanager
    async def stand(self, cases: int, engine: str) -> AsyncIterator[Stand]:
        """A stand with as many open cases, its API serving, poking the engine at that address."""
        stand = await self.filled(cases, engine)
        try:
            await stand.start(API, port=stand.port)
            yield stand
        finally:
            await stand.stop()

    async def filled(self, cases: int, engine: str = "") -> Stand:
        """A stand that nothing serves."""
        name = f"stand_{next(self._numbers)}"
        await self.database(name, DATABASE)
        stand = Stand(cases, self._settings(name, name), DataFolder(self.root / name).make(), engine)
        begun = time.perf_counter()
        await self.fill(stand, mixed(self.moulds, cases - len(self.moulds), self.offices))
        say(f"{cases:,} open cases in {time.perf_counter() - begun:.1f} s")
        return stand

    async def fill(self, stand: Stand, orders: Sequence[Order]) -> None:
        """Cast more cases into a stand, in numbers that no other case has."""
        first = next(self._numbers) * 1_000_000
        await cast(stand.owner_url, orders, first)

    def _settings(self, name: str, database: str) -> Settings:
        return Settings(
            mode="test",
            agency=AGENCY,
            database_url=SecretStr(self._postgres.url(APP_ROLE, database)),
            owner_database_url=SecretStr(self._postgres.url(OWNER, database)),
            token_key=self._key,
            vault_key=self._key,
            allow_clock_offset=True,
            api_port=any_port(),
            data_dir=self.root / name,
            documents_dir=self.root / name / "documents",
            temporal_task_queue=name,
        )


@asynccontextmanager
async def workshop(offices: int) -> AsyncIterator[Workshop]:
    """A workshop in a folder of its own, gone afterwards with all that it made."""
    async with AsyncExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory(prefix="jenjang-bench-", ignore_cleanup_errors=True)))
        postgres = EmbeddedPostgres(DataFolder(root / "postgres"), CONNECTIONS)
        stack.push_async_callback(postgres.stop)
        await postgres.start()
        made = Workshop(root, postgres, offices)
        await made.settle()
        say(f"an office of {offices} desks, with {len(made.moulds)} cases to copy")
        yield made
