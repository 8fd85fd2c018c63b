"""The relay: every poke arrives, and every open case has a workflow that knows of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from workflows.desk import Poking
from workflows.options import workflow_id

log = structlog.get_logger()

BATCH = 500
IN_FLIGHT = 32
POLL = 0.3
RECONCILE = 60.0
"""Seconds between two reconciliations; a poke lost for good costs a case no more than this."""

CaseKey = tuple[str, str, int]


class Message(Protocol):
    """A waiting poke."""

    @property
    def stream_id(self) -> str:
        """`proposal/{id}`."""

    @property
    def body(self) -> dict[str, Any]:
        """Version and matter."""


class Waiting(Protocol):
    """The outbox."""

    async def waiting(self, kind: str, limit: int) -> Iterable[Message]:
        """Rows whose time has come."""

    async def poked(self, stream_id: str, version: int) -> None:
        """Mark pokes of the stream up to the version as delivered."""


@dataclass(frozen=True)
class Cases:
    """Questions to the case index, and to the engine's list of running workflows."""

    open_cases: Callable[[], Awaitable[list[CaseKey]]]
    overdue_cases: Callable[[], Awaitable[list[CaseKey]]]
    running: Callable[[], Awaitable[set[str]]]


@dataclass(frozen=True)
class Relay:
    """Delivers pokes at least once, and repairs what any crash left behind."""

    outbox: Waiting
    poker: Poking
    cases: Cases

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; a fault of database or engine is logged and tried again."""
        await asyncio.gather(self._loop(self.deliver, POLL, stop), self._loop(self.reconcile, RECONCILE, stop))

    async def deliver(self) -> int:
        """Poke each waiting case once, with its newest version; the answer is how many."""
        newest: dict[str, tuple[int, str]] = {}
        for message in await self.outbox.waiting("poke", BATCH):
            version = (int(message.body["version"]), str(message.body["matter"]))
            newest[message.stream_id] = max(newest.get(message.stream_id, (0, "")), version)
        await _bounded(self._deliver_one(stream, *version) for stream, version in newest.items())
        return len(newest)

    async def reconcile(self) -> int:
        """Poke open cases without a running workflow, and those with an instant past; the answer is how many."""
        running = await self.cases.running()
        missing = [case for case in await self.cases.open_cases() if workflow_id(case[0]) not in running]
        late = await self.cases.overdue_cases()
        await _bounded(self.poker.poke(proposal_id, matter, 0) for proposal_id, matter, _ in {*missing, *late})
        if missing or late:
            log.info("reconciled", missing=len(missing), late=len(late))
        return len({*missing, *late})

    async def rebuild(self) -> int:
        """Poke every open case: the way back after the engine lost everything; the answer is how many."""
        cases = await self.cases.open_cases()
        await _bounded(self.poker.poke(proposal_id, matter, 0) for proposal_id, matter, _ in cases)
        return len(cases)

    async def _deliver_one(self, stream_id: str, version: int, matter: str) -> None:
        await self.poker.poke(stream_id.removeprefix("proposal/"), matter, version)
        await self.outbox.poked(stream_id, version)

    async def _loop(self, work: Callable[[], Awaitable[int]], pause: float, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the relay outlives every fault of its neighbours
                log.warning("relay", work=work.__name__, error=type(error).__name__, reason=str(error)[:200])
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                continue


async def _bounded(calls: Iterable[Awaitable[None]]) -> None:
    """Await all, a few at a time; the first fault is raised after the others are done."""
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(call: Awaitable[None]) -> None:
        async with gate:
            await call

    faults = await asyncio.gather(*(one(call) for call in calls), return_exceptions=True)
    for fault in faults:
        if isinstance(fault, BaseException):
            raise fault
