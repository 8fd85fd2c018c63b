"""One machine with its crowd and its books: faults strike, everything heals, time passes, and all must hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic

import httpx2
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy.clock import TimeMachine, Unsettled
from tests.faults.lab import invariants
from tests.faults.lab.book import Answer, Book
from tests.faults.lab.driver import Crowd
from tests.faults.lab.judging.evidence import Finding
from tests.faults.lab.machine import Machine, Unwell, machine
from tests.faults.lab.office import OfficeOfTheLab, settle
from tests.faults.lab.planted import CRASH_POINTS, planted
from tests.faults.lab.report import Count, Outcome
from tests.faults.lab.schedule import Round, Strike

WAVE, PAUSE = 3, 1.0
"""Proposals in each wave after the first, until the round has healed, and seconds between waves."""
HARM = 30.0
"""Seconds that a lasting fault lasts."""
QUIET = 5.0
STRETCH = 9
"""Days that must pass for a fault that strikes meanwhile."""
RECOVERY_PATIENCE = 90.0
LATE = timedelta(minutes=5)
"""How late the clock's acts may be when time passes; a third of what the invariants allow."""
TURNS = 4
"""How often a case may fail to come to rest within the clock's own patience."""
LOOK = 0.05


class WatchedBook(Book):
    """Knows when something was acknowledged last, on the machine's steady clock."""

    acknowledged_at = 0.0

    def answered(self, command_id: str, answer: Answer) -> None:
        """Write it down first."""
        super().answered(command_id, answer)
        if answer.outcome == "acknowledged":
            self.acknowledged_at = monotonic()


@dataclass
class Trial:
    """One machine, its crowd and its books.

    `cases` is how many proposals a round begins with, `harm` how long a lasting fault lasts, in seconds.
    """

    machine: Machine
    office: OfficeOfTheLab
    book: WatchedBook
    crowd: Crowd
    owner: AsyncEngine
    cases: int = 20
    harm: float = HARM
    known: set[Finding] = field(default_factory=set)

    async def round(self, plan: Round, days: int = 0) -> Outcome:
        """The crowd works while the faults strike; then everything heals, so many days pass, and all must hold."""
        begun, entries, ends = monotonic(), len(self.book.entries()), self.machine.ends
        self.crowd.random = Random(plan.seed)
        now = [strike for strike in plan.strikes if not strike.fault.as_time_passes]
        later = [strike for strike in plan.strikes if strike.fault.as_time_passes]
        strikes, recovery, found = await self._struck_at_work(now, plan.seed)
        found += await self._settled(0)
        struck, strays = await asyncio.gather(
            self._strike_all(later, plan.seed), self._settled(max(days, STRETCH if later else 0))
        )
        found += [*strays, *await self.findings()]
        return Outcome(
            number=plan.number,
            seed=plan.seed,
            strikes=strikes | struck,
            count=Count.of(self.book.entries()[entries:]),
            recovery=recovery,
            seconds=monotonic() - begun,
            ends=self.machine.ends - ends,
            findings=self._new(found),
        )

    async def _struck_at_work(
        self, strikes: Sequence[Strike], seed: str
    ) -> tuple[dict[str, int], float | None, list[Finding]]:
        """The faults strike while the crowd works, until somebody is served again."""
        over = asyncio.Event()
        working = asyncio.create_task(self._work(over))
        struck: dict[str, int] = {}
        try:
            struck = await self._strike_all(strikes, seed)
            await asyncio.sleep(0 if strikes else QUIET)
            return struck, await self._recovery(), []
        except TimeoutError:
            return struck, None, [Finding("recovery", "nobody was served again")]
        finally:
            over.set()
            await working

    async def finish(self, number: int) -> Outcome:
        """Without faults everybody ends what was begun; then nothing may be open or owed."""
        begun, entries = monotonic(), len(self.book.entries())
        found: list[Finding] = []

        async def let_pass(duration: timedelta) -> None:
            found.extend(await self._settled(duration.days))

        await self.crowd.finish(let_pass)
        found += await self._settled(1)
        found += await self.findings(finished=True)
        verify = self.machine.command("verify")
        await verify.start()
        if await verify.ended() != 0:
            found.append(Finding("I6", f"`verify` disagrees: {verify.failure().last_lines}"))
        count = Count.of(self.book.entries()[entries:])
        return Outcome(number, "end", {}, count, seconds=monotonic() - begun, findings=self._new(found))

    async def findings(self, *, finished: bool = False) -> list[Finding]:
        """Every promise that is broken now."""
        return await invariants.findings(
            self.machine.owner_url,
            self.book.entries(),
            letters=self.machine.mailbox.deliveries,
            reached=self.office.reached,
            client=await self.machine.client(),
            finished=finished,
        )

    async def _work(self, over: asyncio.Event) -> None:
        """A crowd at first, then wave after wave, so that somebody is there when the service comes back."""
        await self.crowd.work(self.cases)
        while not over.is_set():
            await self.crowd.work(WAVE)
            await asyncio.sleep(PAUSE)

    async def _strike_all(self, strikes: Sequence[Strike], seed: str) -> dict[str, int]:
        """How often each struck; if one cannot be done, the others heal."""

        async def one(strike: Strike) -> int:
            await asyncio.sleep(strike.after)
            return await strike.fault.inject(self.machine, Random(f"{seed}/{strike.fault.name}"), self.harm)

        async with asyncio.TaskGroup() as group:
            struck = {strike.fault.name: group.create_task(one(strike)) for strike in strikes}
        return {name: task.result() for name, task in struck.items()}

    async def _recovery(self) -> float:
        """Seconds until every API is ready and somebody's command was acknowledged again. Raises TimeoutError."""
        healed = monotonic()
        async with asyncio.timeout(RECOVERY_PATIENCE), httpx2.AsyncClient(timeout=2.0) as http:
            for api in self.machine.apis:
                while not await _is_ready(http, api):
                    await asyncio.sleep(LOOK)
            ready = monotonic()
            while self.book.acknowledged_at < healed:
                await asyncio.sleep(LOOK)
        return max(ready, self.book.acknowledged_at) - healed

    async def _settled(self, days: int) -> list[Finding]:
        """Once all is well and every open case has its workflow, time passes; the answer is what does not settle."""
        client = await self.machine.client()
        time = TimeMachine(self.owner, client, LATE)
        try:
            await self.machine.healthy()
            strays = await invariants.engine(self.machine.owner_url, client)
            await self._at_rest(time)
            await time.advance(timedelta(days=days))
        except Unwell as fault:
            return [Finding("recovery", str(fault))]
        except Unsettled as fault:
            return [Finding("settling", f"does not come to rest: {fault}")]
        return strays

    async def _at_rest(self, time: TimeMachine) -> None:
        """Wait longer than for the clock alone: a letter whose sender died is sent again after its two minutes."""
        for _ in range(TURNS - 1):
            with suppress(Unsettled):
                return await time.settle()
        return await time.settle()

    def _new(self, found: list[Finding]) -> list[Finding]:
        """Those that were not told before: each belongs to the round that broke it."""
        new = [finding for finding in dict.fromkeys(found) if finding not in self.known]
        self.known.update(new)
        return new


async def _is_ready(http: httpx2.AsyncClient, api: str) -> bool:
    try:
        return (await http.get(f"{api}/readyz")).is_success
    except httpx2.HTTPError:
        return False


@asynccontextmanager
async def trial(
    folder: Path, *, staff: int, seed: int, source: Path | None = None, database_folder: Path | None = None
) -> AsyncIterator[Trial]:
    """A machine with its office settled and its crowd at the doors; `source` is the planted one unless it is given."""
    async with AsyncExitStack() as stack:
        code = source or planted(folder / "source", list(CRASH_POINTS.values()))
        running = await stack.enter_async_context(
            machine(folder / "machine", source=code, database_folder=database_folder)
        )
        office = await settle(running.settings, staff)
        book = stack.enter_context(WatchedBook(folder / "book.jsonl"))
        crowd = await stack.enter_async_context(Crowd(running.apis, office, book, Random(seed)))
        owner = create_async_engine(running.owner_url, pool_pre_ping=True)
        stack.push_async_callback(owner.dispose)
        yield Trial(running, office, book, crowd, owner)
