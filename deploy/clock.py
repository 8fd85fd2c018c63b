"""Moves time in demos and tests: the ledger's clock and the workflows' clocks together, on the code of production."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.settings import Settings
from workflows.options import workflow_id
from workflows.worker import connect

MOMENT = timedelta(seconds=1)
PAUSE = 0.1
ALIGN_EVERY = 10
"""Pauses from one alignment to the next while waiting."""
PATIENCE = 60.0
"""Seconds in which a case must have done what was due."""


class Unsettled(Exception):
    """A case did not do what was due."""


@dataclass(frozen=True)
class TimeMachine:
    """Steps from one due instant to the next, so that each reminder is recorded in its own hour.

    The ledger's clock moves first: a workflow can be late, never early. `owner` is the schema owner's engine.
    `late` is by how much: a longer one makes fewer steps where many cases have instants close to each other.
    """

    owner: AsyncEngine
    client: Client
    late: timedelta = MOMENT

    async def now(self) -> datetime:
        """The ledger's time."""
        async with self.owner.connect() as connection:
            now: datetime | None = await connection.scalar(text("SELECT ledger_now()"))
        assert now is not None
        return now

    async def advance(self, duration: timedelta) -> None:
        """Let time pass."""
        await self.advance_to(await self.now() + duration)

    async def advance_to(self, target: datetime) -> None:
        """Let time pass until the instant, stopping wherever a case has something due. Raises Unsettled."""
        await self.settle()
        while (now := await self.now()) < target:
            following = await self._next_instant(now, target)
            stop = min(target, following + self.late) if following else target
            await self._set(stop)
            await self._rest()
        await self.settle()

    async def settle(self) -> None:
        """Bring every workflow to the ledger's time and wait until nothing is due or owed. Raises Unsettled."""
        await self._align(await self._open())
        await self._rest()

    async def _rest(self) -> None:
        """Wait until nothing is due or owed; only the workflows that are concerned follow the ledger's clock."""
        for turn in range(int(PATIENCE / PAUSE)):
            unfinished = await self._unfinished()
            if not unfinished:
                return
            # Whoever was aligned stays so: this is for those that started since, and asking is not free.
            if turn % ALIGN_EVERY == 0:
                await self._align(unfinished)
            await asyncio.sleep(PAUSE)
        raise Unsettled(await self._unfinished())

    async def _align(self, proposal_ids: list[str]) -> None:
        await asyncio.gather(*(self._align_one(proposal_id) for proposal_id in proposal_ids))

    async def _align_one(self, proposal_id: str) -> None:
        skipper = TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False))
        handle = self.client.get_workflow_handle(workflow_id(proposal_id))
        try:
            description = await handle.describe()
        except RPCError:
            # Its poke is still under way.
            return
        if description.status is WorkflowExecutionStatus.RUNNING:
            behind = await self.now() - await skipper.get_current_time(handle)
            if behind > MOMENT:
                await skipper.fast_forward(handle, behind)

    async def _set(self, instant: datetime) -> None:
        async with self.owner.begin() as connection:
            await connection.execute(
                text("UPDATE ledger_clock SET ahead = ahead + (:instant - ledger_now())"), {"instant": instant}
            )

    async def _next_instant(self, now: datetime, target: datetime) -> datetime | None:
        async with self.owner.connect() as connection:
            found: datetime | None = await connection.scalar(
                text("SELECT min(next_at) FROM cases WHERE open AND next_at > :now AND next_at <= :target"),
                {"now": now, "target": target},
            )
        return found

    async def _open(self) -> list[str]:
        async with self.owner.connect() as connection:
            return list(
                (await connection.execute(text("SELECT proposal_id FROM cases WHERE open ORDER BY 1"))).scalars()
            )

    async def _unfinished(self) -> list[str]:
        """Cases with an instant past, a poke under way, or a notice owed."""
        async with self.owner.connect() as connection:
            found = await connection.execute(
                text(
                    "SELECT proposal_id FROM cases WHERE open AND next_at <= ledger_now() UNION "
                    "SELECT substr(stream_id, 10) FROM outbox WHERE done_at IS NULL "
                    "AND stream_id LIKE 'proposal/%' AND (kind = 'poke' OR next_at <= ledger_now())"
                )
            )
            return list(found.scalars())


async def let_pass(settings: Settings, duration: timedelta) -> datetime:
    """Let time pass for a running stack; the answer is the ledger's time afterwards. Raises Unsettled."""
    owner_url = settings.owner_database_url or settings.database_url
    assert owner_url is not None
    owner = create_async_engine(owner_url.get_secret_value())
    try:
        machine = TimeMachine(owner, await connect())
        await machine.advance(duration)
        return await machine.now()
    finally:
        await owner.dispose()
