"""What nobody sees: the log read anew, the engine's share of the work, and the memory it takes."""

from __future__ import annotations

import asyncio
import cProfile
import io
import pstats
import statistics
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psutil
import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.readmodels import PROJECTIONS
from activities.readmodels.rebuild import rebuild
from activities.readmodels.verify import verify
from activities.wiring import backbone
from deploy.bench.casting import mixed
from deploy.bench.doors import WARM, Decisions, waiting
from deploy.bench.floors import read_log
from deploy.bench.measure import Findings, rest, say
from deploy.bench.office import FIRST_STEP, SAMPLES, Sample
from deploy.bench.stand import WORKER, Stand, Workshop
from domain.proposal.commands import ApproveStep
from workflows.relay import Relay
from workflows.worker import ensure_search_attributes, relay

LEAST_SPARE, SPARE_SHARE = 20, 10
"""Cases with no deadline near, to decide while the others' is: a tenth of those, and some more."""
BREATH = 0.2
"""Seconds between two decisions while the engine works: one busy approver."""
IDLE_DECISIONS, CLIENTS = 100, 4
MARGIN, PACE = timedelta(seconds=5), timedelta(milliseconds=60)
"""How far ahead the deadline lies: a little, and for each case until it is cast and its workflow waits."""
DRAIN_PATIENCE = timedelta(minutes=30)
LEFT = "SELECT count(*) FROM cases WHERE open AND next_at = %s"


class NotWhole(Exception):
    """The seeded ledger is not whole, or not everything that was due was done: the figures mean nothing."""


@dataclass(frozen=True)
class Log:
    """Making the read models anew and verifying, beside reading the same events and doing nothing."""

    stand: Stand

    async def round(self, found: Findings) -> None:
        """One round."""
        read = await read_log(self.stand.owner_url)
        for name, work in (("rebuild", _rebuild), ("verify", _verify)):
            engine = create_async_engine(self.stand.sqlalchemy_url)
            async with engine.connect() as connection:
                begun = time.perf_counter()
                events = await work(connection)
                await connection.commit()
                found.figure(f"{name}_over_select", events / (time.perf_counter() - begun) / read)
            await engine.dispose()


async def _rebuild(connection: AsyncConnection) -> int:
    await rebuild(connection, PROJECTIONS)
    return int(await connection.scalar(text("SELECT size FROM log_head")) or 0)


async def _verify(connection: AsyncConnection) -> int:
    checked = await verify(connection, PROJECTIONS)
    if checked.problems:
        raise NotWhole(*checked.problems[:5])
    return checked.events


@dataclass(frozen=True)
class Crowd:
    """Few, then many open cases whose workflows wait, in the same processes; then a deadline of all of them at once."""

    shop: Workshop
    stand: Stand
    relay: Relay
    found: Findings

    async def measure(self, few: int, many: int) -> None:
        """Everything, once: it takes minutes."""
        await self._poke()
        memory = await self._memory(few // 10)
        due_at = datetime.now(UTC).replace(microsecond=0) + MARGIN + many * PACE
        await self._grow(many, due_at)
        self.found.figure("workflow_starts_per_s", await self._poke())
        self.found.figure("memory_growth", await self._memory(few // 10) / memory)
        await self._drain(many, due_at)
        await rest()
        self.found.figure("pokes_per_s", await self._poke())

    async def _poke(self) -> float:
        """Poke every open case; how many a second."""
        begun = time.perf_counter()
        count = await self.relay.rebuild()
        seconds = time.perf_counter() - begun
        say(f"{count:,} cases poked in {seconds:.1f} s")
        return count / seconds

    async def _memory(self, decisions: int) -> int:
        """Bytes that API and worker hold once every workflow waits and some cases were decided."""
        begun = time.perf_counter()
        census = await self.relay.settled()
        if census.differences:
            raise NotWhole(*census.differences[:5])
        say(f"every workflow waits, after {time.perf_counter() - begun:.1f} s more")
        await rest()
        await Decisions.on(self.stand, CLIENTS, decisions)
        return sum(psutil.Process(service.pid).memory_info().rss for service in self.stand.services)

    async def _grow(self, many: int, due_at: datetime) -> None:
        """As many cases whose reminder is due at the instant, and some that nobody waits for."""
        moulds = [mould for mould, sample in zip(self.shop.moulds, SAMPLES, strict=True) if sample == Sample(0)]
        orders = mixed(moulds, many + LEAST_SPARE + many // SPARE_SHARE, self.shop.offices)
        due = [replace(order, next_at=due_at) for order in orders[:many]]
        await self.shop.fill(self.stand, [*due, *orders[many:]])

    async def _drain(self, many: int, due_at: datetime) -> None:
        """Decide now and then, first while nothing is due, then until everything due at the instant is recorded."""
        begun = max(due_at, datetime.now(UTC))
        if begun > due_at:
            self.found.note(
                "the deadline came before every workflow waited for it: much was done before the clock began"
            )
        decisions, idle, busy = await Decisions.on(self.stand, 1, 0), list[float](), list[float]()
        enough = max(1, min(IDLE_DECISIONS, decisions.left // 2))
        say(f"the deadline of {many:,} cases comes in {(due_at - datetime.now(UTC)).total_seconds():.0f} s")
        while not idle or datetime.now(UTC) < due_at:
            idle += (await decisions.timed(1, 1)).seconds if len(idle) < enough else []
            await asyncio.sleep(BREATH)
        async with await psycopg.AsyncConnection.connect(self.stand.owner_url, autocommit=True) as connection:
            while await _left(connection, due_at):
                busy += (await decisions.timed(1, 1)).seconds if decisions.left else []
                await asyncio.sleep(BREATH)
        seconds = (datetime.now(UTC) - begun).total_seconds()
        say(f"everything due is recorded after {seconds:.1f} s")
        self.found.figure("deadline_drain_s", seconds)
        if busy:
            ratio = statistics.median(busy) / statistics.median(idle)
            self.found.figure("decision_p50_while_draining_over_idle", ratio)


async def crowd(shop: Workshop, few: int, many: int, found: Findings) -> None:
    """Memory, starts, pokes and deadlines, on an engine of their own."""
    async with shop.engine() as engine, shop.stand(few, engine.address) as stand:
        client = await Client.connect(engine.address, data_converter=pydantic_data_converter)
        await ensure_search_attributes(client)
        await stand.start(WORKER)
        async with backbone(stand.settings) as parts:
            await Crowd(shop, stand, relay(client, parts), found).measure(few, many)


async def _left(connection: psycopg.AsyncConnection[tuple[int]], due_at: datetime) -> bool:
    """Whether anything due at the instant is not recorded yet. Raises NotWhole when it takes too long."""
    if datetime.now(UTC) > due_at + DRAIN_PATIENCE:
        message = "deadlines are not done"
        raise NotWhole(message)
    row = await (await connection.execute(LEFT, [due_at])).fetchone()
    return row is not None and row[0] > 0


async def profiled(stand: Stand, count: int) -> str:
    """Where the time of as many decisions goes, in one process without HTTP: the functions with most time of their own.

    CPU time of this process only: what PostgreSQL takes is not in it. Compare shares, not seconds.
    """
    commands = [
        ApproveStep(
            command_id=f"profile-{case.proposal_id}",
            actor=case.actor,
            proposal_id=case.proposal_id,
            expected_version=case.version,
            step=FIRST_STEP,
            round=1,
            note="Berkas lengkap",
        )
        for case in await waiting(stand)
    ][: count + WARM]
    async with backbone(stand.settings) as parts:
        for command in commands[:WARM]:
            await parts.ledger.record(command)
        profile = cProfile.Profile(time.process_time)
        profile.enable()
        for command in commands[WARM:]:
            await parts.ledger.record(command)
        profile.disable()
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(25)
    return out.getvalue()
