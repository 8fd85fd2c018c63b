"""A positive control: one protection less, the harm that reveals it, and the promise that must then be broken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from textwrap import dedent, indent

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.clock import TimeMachine, Unsettled
from tests.faults.lab.driver import Crowd
from tests.faults.lab.faults import FAULTS
from tests.faults.lab.machine import Machine
from tests.faults.lab.planted import Edit

HARM = 5.0
"""Seconds that a lasting fault lasts."""
DELIVERING, LOOK = 30.0, 0.5
"""Seconds in which pokes and notices must have gone out, retries included."""
SETTLING = 60.0
"""Seconds in which the cases must have done what was due."""


@dataclass(frozen=True)
class Scene:
    """A machine from a planted source, its crowd, and the power to let time pass."""

    machine: Machine
    crowd: Crowd
    owner: AsyncEngine
    cases: int

    async def work(self, *faults: str) -> None:
        """The crowd works while the faults strike; then they are over."""
        over = asyncio.Event()
        striking = [asyncio.create_task(self._strike(fault, over)) for fault in faults]
        await self.crowd.work(self.cases)
        over.set()
        await asyncio.gather(*striking)
        await self.rest()

    async def rest(self) -> None:
        """Everything serves, and what is owed is delivered, if it ever is."""
        await self.machine.healthy()
        with suppress(TimeoutError):
            async with asyncio.timeout(DELIVERING):
                while await self._owes():
                    await asyncio.sleep(LOOK)

    async def _strike(self, fault: str, over: asyncio.Event) -> None:
        """Again and again until it has struck."""
        await asyncio.sleep(HARM / 10)
        while not await FAULTS[fault].inject(self.machine, Random(fault), HARM):
            if over.is_set():
                return

    async def _owes(self) -> bool:
        async with self.owner.connect() as connection:
            return bool(await connection.scalar(text("SELECT EXISTS (SELECT FROM outbox WHERE done_at IS NULL)")))

    async def let_pass(self, duration: timedelta) -> None:
        """Let time pass, at rest if the service comes to rest, and else all the same."""
        time = TimeMachine(self.owner, await self.machine.client())
        target = await time.now() + duration
        with suppress(TimeoutError, Unsettled):
            async with asyncio.timeout(SETTLING):
                await time.advance_to(target)
        async with self.owner.begin() as connection:
            await connection.execute(
                text("UPDATE ledger_clock SET ahead = greatest(ahead, ahead + (:target - ledger_now()))"),
                {"target": target},
            )

    async def cases_of(self, condition: str) -> list[str]:
        """Numbers of the cases in the index that meet a condition."""
        async with self.owner.connect() as connection:
            query = f"SELECT proposal_id FROM cases WHERE {condition} ORDER BY 1"
            return list((await connection.execute(text(query))).scalars())


Reveal = Callable[[Scene], Awaitable[None]]


def _nothing() -> str | None:
    return None


@dataclass(frozen=True)
class Control:
    """`without` says what is missing, and which second guard had to go with it.

    `database` is run by the owner before anybody works. Each of the `expected` promises must turn out broken.
    """

    name: str
    without: str
    expected: Mapping[str, str]
    reveal: Reveal
    edits: Sequence[Edit] = ()
    database: Sequence[str] = ()
    repeats: bool = True
    needs: Callable[[], str | None] = _nothing
    """Why this machine cannot do the harm."""
    patience: float = 45.0
    """Seconds until the crowd gives up a command; a service that is broken on purpose may never answer."""


@cache
def under(*faults: str) -> Reveal:
    """The crowd works under these faults."""

    async def reveal(scene: Scene) -> None:
        await scene.work(*faults)

    return reveal


def code(depth: int, text: str) -> str:
    """Lines of code as they stand that deep in a file."""
    return indent(dedent(text).strip("\n") + "\n", " " * depth)


def breaks(**promises: str) -> Mapping[str, str]:
    """These promises, each with words that tell how: red for another reason is not red."""
    return promises
