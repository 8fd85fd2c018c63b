"""Processes that are started again whenever they end, and what can be done to them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from deploy.local.folder import DataFolder
from deploy.local.ports import LOOPBACK, any_port
from deploy.local.process import StartFailed
from deploy.local.services import JENJANG, Child, ChildService, Service

PAUSE = 0.2
"""Seconds between an end and the next start, as a supervisor would leave."""
LOOK = 0.05


@dataclass
class Processes:
    """`services` are `postgres` and `temporal`, then `api-1`, `worker-1`, `relay-1` and so on.

    `environment` is what each of the latter is told; `apis` are the addresses of the APIs, which stay the same.
    """

    folder: DataFolder
    services: dict[str, Service]
    environment: dict[str, str] = field(default_factory=dict)
    apis: list[str] = field(default_factory=list)
    ends: int = 0
    """How many processes have ended so far."""
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> None:
        """So many processes of a kind, not started yet; an API gets an address of its own."""
        for number in range(1, count + 1):
            if kind == "api":
                self.apis.append(f"http://{LOOPBACK}:{any_port()}")
            self.services[f"{kind}-{number}"] = self._child(f"{kind}-{number}")

    def named(self, kind: str) -> list[str]:
        """The names of a kind of process."""
        return [name for name in self.services if name.partition("-")[0] == kind]

    @property
    def ended(self) -> list[str]:
        """Whoever does not run now."""
        return [name for name, service in self.services.items() if service.running is None or service.has_ended]

    @asynccontextmanager
    async def down(self, name: str) -> AsyncIterator[None]:
        """Kill the process and keep it down for the block; afterwards it is started again."""
        async with self._locks[name]:
            self.services[name].kill()
            await self.services[name].ended()
            yield

    async def kill(self, name: str) -> None:
        """Kill the process; it is started again."""
        async with self.down(name):
            return

    async def up(self, name: str) -> None:
        """Wait until the process runs again, and a server serves."""
        while self._locks[name].locked() or name in self.ended:
            await asyncio.sleep(LOOK)

    @asynccontextmanager
    async def paused(self, name: str) -> AsyncIterator[None]:
        """Stop the process in the middle of whatever it does; it goes on afterwards as if nothing had happened."""
        running = self.services[name].running
        assert running is not None
        # Our child: until we have waited for its end, nobody else can have its number.
        if running.code is None:
            os.kill(running.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            if running.code is None:
                os.kill(running.pid, signal.SIGCONT)

    @asynccontextmanager
    async def told(self, name: str, more: Mapping[str, str]) -> AsyncIterator[None]:
        """For the block the process runs with more in its environment."""
        usual = self.services[name]
        async with self.down(name):
            self.services[name] = self._child(name, more)
        try:
            yield
        finally:
            async with self.down(name):
                self.services[name] = usual

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Start what does not run yet, and keep everything running; in the end only the two servers are left."""
        self._locks = {name: asyncio.Lock() for name in self.services}
        for name in self.ended:
            await self.services[name].start()
        keepers = [asyncio.create_task(self._keep(name)) for name in self.services]
        try:
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            for name in ("api", "worker", "relay"):
                await self._end(name)

    async def _keep(self, name: str) -> None:
        while True:
            await self.services[name].ended()
            self.ends += 1
            async with self._locks[name]:
                await asyncio.sleep(PAUSE)
                with suppress(StartFailed):
                    await self.services[name].start()

    async def _end(self, kind: str) -> None:
        for name in self.named(kind):
            self.services[name].kill()
            await self.services[name].ended()

    def _child(self, name: str, more: Mapping[str, str] | None = None) -> ChildService:
        kind, _, number = name.partition("-")
        environment = {**self.environment, **(more or {})}
        if kind == "api":
            environment["JENJANG_API_PORT"] = self.apis[int(number) - 1].rpartition(":")[2]
        return ChildService(Child(name, (*JENJANG, kind)), self.folder, environment)
