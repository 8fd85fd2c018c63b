"""The relay: every poke arrives, and every open case has a workflow that knows of it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from workflows.census import CaseKey, Census, Look, Standing
from workflows.desk import Poking

log = structlog.get_logger()

BATCH = 500
IN_FLIGHT = 32
MASS = 300.0
"""Pokes a second when many cases are poked at once, so that an engine that just came back is not knocked over."""
POLL = 0.3
RECONCILE = 60.0
"""Seconds between two reconciliations; a poke lost for good costs a case no more than this."""
PATIENCE = 60.0
"""Seconds in which at least one more case must have come right after a rebuild."""
LOOK = 1.0


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


class Starting(Poking, Protocol):
    """How a workflow is woken, or started anew."""

    async def restart(self, proposal_id: str, matter: str) -> None:
        """End the run there is, and start the case anew."""


@dataclass(frozen=True)
class Cases:
    """Questions to the case index, and to the engine about its workflows."""

    open_cases: Callable[[], Awaitable[list[Standing]]]
    overdue_cases: Callable[[], Awaitable[list[CaseKey]]]
    running: Callable[[], Awaitable[list[Standing]]]
    look: Callable[[str], Awaitable[Look]]


@dataclass(frozen=True)
class Relay:
    """Delivers pokes at least once, and repairs what any crash left behind."""

    outbox: Waiting
    poker: Starting
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
        _raise(await _bounded(self._deliver_one(stream, *version) for stream, version in newest.items()))
        return len(newest)

    async def census(self) -> Census:
        """Where the cases stand, and what their workflows show."""
        return Census.of(await self.cases.open_cases(), await self.cases.running())

    async def reconcile(self) -> int:
        """Poke cases without a workflow, and workflows that rest though the ledger moved; the answer is how many."""
        census = await self.census()
        late = set(await self.cases.overdue_cases()) - set(census.wrong)
        _raise(await _bounded([*self._repairs(census), *(self._wake(*case) for case in late)], MASS))
        if census.wrong or late:
            found = {"missing": census.missing, "behind": census.behind, "extra": census.extra, "late": late}
            log.info("reconciled", **{name: len(cases) for name, cases in found.items()})
        return len(census.wrong) + len(late)

    async def rebuild(self) -> int:
        """Start every open case anew, and end what is left over; the answer is how many.

        It is the way back after the engine lost everything or was put back, and costs nothing but time: runs hold no
        fact. They are not poked, since workers may remember more of them than the engine does.
        """
        census = await self.census()
        cases = {case.key for case in (*census.ledger.values(), *census.extra)}
        faults = await _bounded([self.poker.restart(*case) for case in sorted(cases)], MASS)
        if faults:
            log.warning("not every case was started", failed=len(faults), error=type(faults[0]).__name__)
        return len(cases)

    async def settled(self, patience: float = PATIENCE) -> Census:
        """The last census: when all workflows show what the ledger says, or no more came right within the patience.

        What is wrong is repaired when a look found no more right than the one before: a busy engine is left to work.
        """
        loop = asyncio.get_running_loop()
        least, give_up = math.inf, loop.time() + patience
        while left := len((census := await self.census()).wrong):
            if left < least:
                least, give_up = left, loop.time() + patience
            elif loop.time() < give_up:
                await _bounded(self._repairs(census), MASS)
            else:
                break
            await asyncio.sleep(LOOK)
        return census

    def _repairs(self, census: Census) -> list[Awaitable[None]]:
        return [self._repair(case, census.ledger.get(case[0])) for case in census.wrong]

    async def _repair(self, case: CaseKey, said: Standing | None) -> None:
        """Start the case anew, unless its workflow is at work, or right by now."""
        look = await self.cases.look(case[0])
        right = (look.shown and look.shown.line) == (said and said.line)
        if look.stuck or not (look.at_work or right):
            await self.poker.restart(*case)

    async def _wake(self, proposal_id: str, matter: str) -> None:
        """Poke, unless the workflow is at work: pokes each minute would only fill its history."""
        look = await self.cases.look(proposal_id)
        if look.stuck:
            await self.poker.restart(proposal_id, matter)
        elif not look.at_work:
            await self.poker.poke(proposal_id, matter)

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


async def _bounded(calls: Iterable[Awaitable[None]], rate: float = math.inf) -> list[BaseException]:
    """Await all, a few at a time and at most `rate` a second; the answer is their faults."""
    gate, clock = asyncio.Semaphore(IN_FLIGHT), asyncio.get_running_loop().time
    begun = clock()

    async def one(turn: int, call: Awaitable[None]) -> None:
        async with gate:
            await asyncio.sleep(begun + turn / rate - clock())
            await call

    answers = await asyncio.gather(*(one(turn, call) for turn, call in enumerate(calls)), return_exceptions=True)
    return [answer for answer in answers if isinstance(answer, BaseException)]


def _raise(faults: list[BaseException]) -> None:
    """The first fault, after the others are done."""
    if faults:
        raise faults[0]
