"""The office's day on real PostgreSQL and Temporal: from the schedule to the supervisors' letters, once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from temporalio.client import Client

from activities.wiring import Backbone
from domain.promotion.eligibility import next_tmt
from tests.support.engine import until
from tests.support.hopefuls import hopefuls
from tests.support.journeys import Reachable
from tests.support.story import Office
from tests.support.workflow_fakes import Channel
from workflows.options import period_id
from workflows.worker import ensure_schedules, worker


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """The invented office with its hopeful staff."""
    found = Office(parts)
    await found.settle_in(hopefuls(next_tmt(await found.today(), parts.rulebook)))
    return found


async def owed(parts: Backbone) -> list[tuple[str, bool]]:
    """Every notice of an announcement: to which desk, and whether it is done."""
    async with parts.reads.connect() as connection:
        rows = await connection.execute(
            text("SELECT dest, done_at IS NOT NULL FROM outbox WHERE kind = 'announcement' ORDER BY dest")
        )
        return [(row[0], row[1]) for row in rows]


async def test_the_schedule_tells_each_supervisor_once_and_no_day_after_tells_again(
    client: Client, office: Office, cached: int
) -> None:
    """Whoever has somebody in reach is told, at the desk that leads them; a second day finds nothing to do."""
    channel = Channel()
    parts = Reachable.by(channel, office.parts)
    await ensure_schedules(client, parts)
    schedule = client.get_schedule_handle(period_id(parts.settings.temporal_task_queue))
    async with worker(client, parts, "test", cached=cached):
        await schedule.trigger()
        await until(lambda: bool(channel.arrived))
        due = await parts.period_office.due()
        await day_is_over(client, parts)
        first = list(channel.arrived)
        await schedule.trigger()
        await day_is_over(client, parts, days=2)
    await schedule.delete()

    assert due is None
    assert ("unit/SEKSI-A1", True) in await owed(parts)
    assert all(done for _, done in await owed(parts))
    assert (channel.arrived, channel.repeated) == (first, [])
    assert len(first) == len(await owed(parts))


async def day_is_over(client: Client, parts: Backbone, days: int = 1) -> None:
    """Wait until so many runs of the schedule have ended; the engine's list lags a little."""
    query = f"TaskQueue = '{parts.settings.temporal_task_queue}' AND ExecutionStatus = 'Completed'"
    async with asyncio.timeout(30):
        while len([run async for run in client.list_workflows(query)]) < days:
            await asyncio.sleep(0.1)
