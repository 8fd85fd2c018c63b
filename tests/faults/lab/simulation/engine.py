"""Temporal's part, played in memory: one workflow a case, activities at least once, and an engine that forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.errors import DomainError
from tests.faults.lab.simulation.faults import Faults, Lost
from tests.faults.lab.simulation.twin import Call, GivenUp, Heard, Refused, Run, Twin, patience
from workflows.census import Look, Standing

Activity = Callable[[Any], Awaitable[Any]]


@dataclass
class Engine:
    """Runs workflows on its own clock, which may be `ahead` of the ledger's."""

    ledger_clock: Callable[[], datetime]
    activities: Mapping[str, Activity]
    twin: type[Twin]
    faults: Faults
    runs: dict[str, Run] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    since: tuple[Call, datetime] | None = None
    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        """The engine's time."""
        return self.ledger_clock() + self.ahead

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Signal with start."""
        await asyncio.sleep(0)
        run = self.runs.get(proposal_id)
        if run is None or run.ended:
            run = self.runs[proposal_id] = Run(self.twin, proposal_id, self.now)
        run.hear(Heard(self.now, poke=version))

    async def restart(self, proposal_id: str, matter: str) -> None:
        """Signal with start, after the end of the run there is."""
        self.lose(proposal_id)
        await self.poke(proposal_id, matter)

    async def running(self) -> list[Standing]:
        """What each running workflow shows."""

        async def read() -> list[Standing]:
            return [run.twin.shown for run in self.runs.values() if not run.ended]

        return await self.faults.through("running", read)

    async def look(self, proposal_id: str) -> Look:
        """The case's workflow, and whether it goes on without a poke."""

        async def read() -> Look:
            run = self.runs.get(proposal_id)
            if run is None or run.ended:
                return Look(None)
            return Look(run.twin.shown, at_work=isinstance(run.asking, Call) or run.twin.stale)

        return await self.faults.through("running", read)

    async def turn(self, proposal_id: str) -> bool:
        """Let the case's workflow do one thing; whether there was anything to do."""
        run = self.runs.get(proposal_id)
        if run is None or run.ended:
            return False
        if isinstance(run.asking, Call):
            await self._attempt(run, run.asking)
            return True
        return run.wake(self.now)

    def is_ahead(self, proposal_id: str) -> bool:
        """Whether the case's workflow still lives by a clock that was ahead."""
        run = self.runs.get(proposal_id)
        return run is not None and run.twin.now > self.ledger_clock()

    async def repeat(self, pick: int) -> None:
        """A worker that was taken for dead executes an old activity again; nobody waits for its answer."""
        if not self.calls:
            return
        call = self.calls[pick % len(self.calls)]
        try:
            await self.activities[call.activity](call.argument)
        except (Lost, DomainError):
            return

    def lose(self, proposal_id: str) -> None:
        """The workflow is gone."""
        self.runs.pop(proposal_id, None)

    def put_back(self, proposal_id: str, pick: int) -> None:
        """The engine's database is an older copy: the workflow knows only the first events of its history."""
        run = self.runs[proposal_id]
        self.runs[proposal_id] = run.again(pick % (len(run.heard) + 1))

    def evict(self, proposal_id: str) -> None:
        """The worker's memory is gone; a replay must come to the same question."""
        run = self.runs[proposal_id]
        again = run.again()
        assert again.asking == run.asking, f"replayed to {again.asking}, was at {run.asking}"
        self.runs[proposal_id] = again

    async def _attempt(self, run: Run, call: Call) -> None:
        if call not in self.calls:
            self.calls.append(call)
        if self.since is None or self.since[0] is not call:
            self.since = (call, self.now)
        began = self.since[1]
        try:
            answer = await self.faults.through("completion", lambda: self.activities[call.activity](call.argument))
            heard = Heard(self.now, answer=answer)
        except DomainError as refusal:
            heard = Heard(self.now, failure=Refused(refusal.code))
        except Lost:
            limit = patience(call)
            if limit is None or self.now - began < limit:
                return
            heard = Heard(self.now, failure=GivenUp())
        # Meanwhile the engine may have lost the workflow, and the answer with it.
        if run.asking is call and run in self.runs.values():
            run.hear(heard)
