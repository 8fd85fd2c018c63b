"""The long-lived parts of the stack: each starts, serves, may end and be started again, and stops."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deploy.local.folder import DataFolder
from deploy.local.process import Program, Running, StartFailed, spawn

# -P: a folder named `api` where the user happens to stand must not be taken for ours.
JENJANG = (sys.executable, "-P", "-m", "api.cli")


class Service(ABC):
    """One program that is kept running. It may be driven from several event loops, one after the other."""

    name: str
    grace: ClassVar[float] = 10.0
    running: Running | None = None

    @abstractmethod
    async def start(self) -> None:
        """Start, or start again after an end, and return when it serves. Raises StartFailed."""

    @property
    def pid(self) -> int:
        """Process id; raises ProcessLookupError when it was never started."""
        if self.running is None:
            raise ProcessLookupError(self.name)
        return self.running.pid

    @property
    def has_ended(self) -> bool:
        """Whether it was started and does not run any more."""
        return self.running is not None and self.running.code is not None

    async def ended(self) -> int:
        """Wait until it ends by itself; the exit code, negative for a signal."""
        return 0 if self.running is None else await self.running.ended()

    async def stop(self) -> None:
        """End it gracefully, after the grace (seconds) by force; return when it is gone."""
        if self.running is not None:
            await self.running.stop(self.grace)

    def kill(self) -> None:
        """End it without any courtesy."""
        if self.running is not None:
            self.running.kill()


@dataclass(frozen=True)
class Child:
    """One process: `once` runs to its end before the next starts, `serves` answers GET /livez."""

    name: str
    command: tuple[str, ...]
    once: bool = False
    serves: bool = False


DEFAULT_CHILDREN = (
    Child("migrate", (*JENJANG, "migrate"), once=True),
    Child("worker", (*JENJANG, "worker")),
    Child("relay", (*JENJANG, "relay")),
    Child("api", (*JENJANG, "api"), serves=True),
)


class ChildService(Service):
    """A child with the environment that tells it where everything is."""

    def __init__(self, child: Child, folder: DataFolder, environment: Mapping[str, str]) -> None:
        self.name = child.name
        self.child = child
        self._folder = folder
        self._program = Program(child.name, child.command, environment)

    async def start(self) -> None:
        """Start it; whether it serves already is asked elsewhere."""
        self.running = await spawn(self._program, self._folder)

    async def finish(self) -> None:
        """Start it and wait for its end. Raises StartFailed when it did not go well."""
        await self.start()
        if await self.ended() != 0:
            raise self.failure()

    def failure(self) -> StartFailed:
        """Why it ended, as far as its log says."""
        return StartFailed(self.name, self._folder.log(self.name))
