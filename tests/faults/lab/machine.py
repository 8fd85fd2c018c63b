"""The whole service as real processes of our own on servers of our own: what the lab does harm to."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
from pydantic import SecretStr
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from activities.settings import Settings
from deploy.local.folder import DataFolder
from deploy.local.postgres import APP_ROLE, DATABASE, EmbeddedPostgres
from deploy.local.services import JENJANG, Child, ChildService
from deploy.local.temporal import DevServer
from tests.faults.lab.mailbox import Mailbox, mailbox
from tests.faults.lab.office import AGENCY
from tests.faults.lab.processes import PAUSE, Processes
from tests.faults.lab.proxy import SOCKET, Proxy, proxy

PATIENCE = 90.0
"""Seconds in which a machine of this size is well again, on two slow cores."""
SENDER = "jenjang@kantor.test"


class Unwell(Exception):
    """Something of the machine does not serve."""


@dataclass(kw_only=True)
class Machine(Processes):
    """`settings` and `owner_url` lead straight to PostgreSQL, while the processes go through the proxy."""

    settings: Settings
    postgres: EmbeddedPostgres
    temporal: DevServer
    mailbox: Mailbox
    database: Path
    """What PostgreSQL keeps is below `postgres` in it, what it says below `log`."""
    proxy: Proxy | None = None
    clients: list[Client] = field(default_factory=list)

    @property
    def owner_url(self) -> str:
        """The database, as its owner."""
        return self.postgres.owner_url

    async def client(self) -> Client:
        """A client of the engine; it finds its way back whenever the engine was away."""
        if not self.clients:
            self.clients.append(await Client.connect(self.temporal.address, data_converter=pydantic_data_converter))
        return self.clients[0]

    @property
    def crashes(self) -> Path:
        """Where armed crash points are."""
        return self.folder.root / "crash"

    def armed(self, crash_point: str) -> Path:
        """Arm a crash point of a planted source; the file that is returned is gone once it fired."""
        armed = self.crashes / crash_point
        armed.touch()
        return armed

    def command(self, *words: str) -> ChildService:
        """One of the operators' commands, straight at the servers; not started yet."""
        direct = {"JENJANG_DATABASE_URL": self.postgres.app_url, "JENJANG_OWNER_DATABASE_URL": self.owner_url}
        child = Child(words[0], (*JENJANG, *words), once=True)
        return ChildService(child, self.folder, self.environment | direct)

    async def healthy(self, patience: float = PATIENCE) -> None:
        """Wait until every process runs and serves. Raises Unwell, which says what does not."""
        give_up = asyncio.get_running_loop().time() + patience
        while unwell := await self.unwell():
            if asyncio.get_running_loop().time() > give_up:
                message = f"{', '.join(unwell)}: see {self.folder.root / 'log'}"
                raise Unwell(message)
            await asyncio.sleep(PAUSE)

    async def unwell(self) -> list[str]:
        """Whatever does not run, or does not serve."""
        async with httpx2.AsyncClient(timeout=2.0) as http:
            deaf = [api for api in self.apis if not await _ready(http, api)]
        return [*self.ended, *deaf, *await self._idle_workers()]

    async def _idle_workers(self) -> list[str]:
        """Workers that do not ask the engine for work."""
        client = await self.client()
        question = DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=self.settings.temporal_task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            answer = await client.workflow_service.describe_task_queue(question)
        except RPCError:
            return ["temporal"]
        asking = {poller.identity.partition("@")[0] for poller in answer.pollers}
        return [name for name in self.named("worker") if str(self.services[name].pid) not in asking]


@asynccontextmanager
async def machine(  # noqa: PLR0913 - what a machine is made of
    folder: Path,
    *,
    source: Path | None = None,
    apis: int = 2,
    workers: int = 2,
    relays: int = 2,
    through_proxy: bool = True,
    database_folder: Path | None = None,
    prepare: Callable[[Machine], Awaitable[None]] | None = None,
) -> AsyncIterator[Machine]:
    """The machine, healthy, on a migrated database; everything that it started is gone afterwards.

    `source` is where the processes' code is (see `planted`); PostgreSQL keeps its data in
    `<database_folder>/postgres`. `prepare` is awaited when the database is migrated and nobody uses it yet.
    Raises StartFailed, Unwell.
    """
    async with AsyncExitStack() as stack:
        data = DataFolder(folder.absolute()).make()
        database = (database_folder or folder).absolute()
        postgres, temporal = EmbeddedPostgres(DataFolder(database)), DevServer(data, skips_time=True)
        for server in (postgres, temporal):
            stack.push_async_callback(server.stop)
            await server.start()
        post = await stack.enter_async_context(mailbox())
        found = Machine(
            folder=data,
            settings=_settings(folder, postgres, post),
            services={"postgres": postgres, "temporal": temporal},
            postgres=postgres,
            temporal=temporal,
            mailbox=post,
            database=database,
        )
        if through_proxy:
            found.proxy = await stack.enter_async_context(proxy(socket_of(postgres)))
        found.environment = _environment(found, source)
        found.crashes.mkdir(exist_ok=True)
        await found.command("migrate").finish()
        if prepare is not None:
            await prepare(found)
        for kind, count in {"api": apis, "worker": workers, "relay": relays}.items():
            found.add(kind, count)
        await stack.enter_async_context(found.kept())
        await found.healthy()
        yield found


def socket_of(postgres: EmbeddedPostgres) -> Path:
    """Where the server listens."""
    return Path(parse_qs(urlsplit(postgres.app_url).query)["host"][0]) / SOCKET


def _settings(folder: Path, postgres: EmbeddedPostgres, post: Mailbox) -> Settings:
    token_key, vault_key = (SecretStr(base64.b64encode(secrets.token_bytes(32)).decode()) for _ in range(2))
    return Settings(
        mode="test",
        agency=AGENCY,
        database_url=SecretStr(postgres.app_url),
        owner_database_url=SecretStr(postgres.owner_url),
        data_dir=folder.absolute(),
        token_key=token_key,
        vault_key=vault_key,
        smtp_host=post.host,
        smtp_port=post.port,
        smtp_from=SENDER,
        allow_clock_offset=True,
    )


def _environment(found: Machine, source: Path | None) -> dict[str, str]:
    """The settings, the way to the servers, and where the code is."""
    variables = {f"JENJANG_{name.upper()}": _plain(value) for name, value in found.settings if value is not None}
    del variables["JENJANG_OWNER_DATABASE_URL"]
    variables |= {"TEMPORAL_ADDRESS": found.temporal.address, "LAB_CRASH_DIR": str(found.crashes)}
    if found.proxy is not None:
        through = quote(str(found.proxy.folder), safe="")
        variables["JENJANG_DATABASE_URL"] = f"postgresql+psycopg://{APP_ROLE}@/{DATABASE}?host={through}"
    if source is not None:
        variables["PYTHONPATH"] = str(source)
    if sys.dont_write_bytecode:
        # Else each of many starts compiles everything anew.
        compiled = os.environ.get("PYTHONPYCACHEPREFIX", str(found.folder.root / "compiled"))
        variables |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
    return variables


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


async def _ready(http: httpx2.AsyncClient, api: str) -> bool:
    """Whether it serves people, and reaches the engine."""
    try:
        answer = await http.get(f"{api}/readyz")
    except httpx2.HTTPError:
        return False
    return answer.is_success and bool(answer.json()["temporal"])
