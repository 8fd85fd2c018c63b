"""The day of the office on the real engine: it tells once, sends what is owed, and ends; a schedule starts it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import ActivityEnvironment, TimeSkipper, TimeSkippingConfig

from activities.periods import PeriodActivities
from domain.promotion.announcements import Summary, Turn
from tests.support.engine import payloads, until
from tests.support.scripted_office import FIRST, ScriptedOffice, eligible
from tests.support.workflow_fakes import PERSONAL, Channel
from workflows.options import period_id
from workflows.period import PAGE, PeriodWorkflow
from workflows.schedules import ensure_period_schedule
from workflows.worker import CACHED, worker

NUMBERS = itertools.count(1)
MINUTE = timedelta(minutes=1)

evicted_too = pytest.mark.parametrize("cached", [CACHED, 0], ids=["cached", "replayed"])


@dataclass(frozen=True)
class Day:
    """A worker's queue, and the power to start a day and let its time pass."""

    client: Client
    task_queue: str
    office: ScriptedOffice
    channel: Channel

    async def begin(self) -> WorkflowHandle[Any, None]:
        """A run, as the schedule starts it."""
        run_id = f"{period_id(self.task_queue)}-{next(NUMBERS)}"
        return await self.client.start_workflow(PeriodWorkflow.run, id=run_id, task_queue=self.task_queue)

    async def skip(self, handle: WorkflowHandle[Any, None], duration: timedelta) -> None:
        """Let the run's time pass."""
        skipper = TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False))
        await skipper.fast_forward(handle, duration)


@pytest.fixture
async def day(client: Client, cached: int) -> AsyncIterator[Day]:
    """An office with three eligible people at three desks, and a worker of its own."""
    found = Day(client, f"period-{next(NUMBERS)}", ScriptedOffice(people=eligible(3)), Channel())
    async with worker(client, found.office.parts(found.channel, found.task_queue), "test", cached=cached):
        yield found


@evicted_too
async def test_a_day_tells_each_desk_once_and_ends(day: Day) -> None:
    """What is due is announced; each notice goes out and is marked."""
    await (await day.begin()).result()

    assert day.office.made == {FIRST.id: [Summary(desk=f"unit/{n}", eligible=1, unproposed=1) for n in range(3)]}
    assert sorted(day.channel.arrived) == ["period/unit/0", "period/unit/1", "period/unit/2"]
    assert day.office.owed == {}


async def test_the_next_day_tells_nothing_again_until_another_turn_is_due(day: Day) -> None:
    """Nobody goes through the agency for nothing, and no letter is doubled."""
    for _ in range(3):
        await (await day.begin()).result()
    assert (day.office.passes, len(day.channel.arrived), day.channel.repeated) == (1, 3, [])

    day.office.announcement = FIRST.model_copy(update={"turn": Turn.LAST})
    await (await day.begin()).result()
    assert (day.office.passes, list(day.office.made)) == (2, [FIRST.id, day.office.announcement.id])


@evicted_too
async def test_an_answer_that_was_lost_is_asked_for_again_and_owes_nothing_twice(day: Day) -> None:
    """The receipt of the first attempt stands."""
    day.office.lost_answers = 1
    handle = await day.begin()
    await until(lambda: day.office.passes == 1)
    await day.skip(handle, MINUTE)
    await handle.result()

    assert (day.office.passes, len(day.office.made)) == (2, 1)
    assert (len(day.channel.arrived), day.channel.repeated) == (3, [])


@evicted_too
async def test_what_the_channel_could_not_take_is_put_off_and_the_day_ends(day: Day) -> None:
    """Given up after ten minutes; another day sends it, and tells nothing anew."""
    day.channel.away = True
    handle = await day.begin()
    await until(lambda: day.channel.tries >= 3)
    await day.skip(handle, 11 * MINUTE)
    await handle.result()
    assert (sorted(day.office.deferred), day.channel.arrived) == ([1, 2, 3], [])

    day.channel.away = False
    day.office.deferred.clear()
    await (await day.begin()).result()
    assert (len(day.channel.arrived), day.office.passes, day.office.owed) == (3, 1, {})


async def test_a_large_agency_is_told_in_several_runs(day: Day) -> None:
    """Histories stay short: each run sends a page, and the last one ends."""
    day.office.people = eligible(2 * PAGE + 1)
    handle = await day.begin()
    await handle.result()
    runs = [found async for found in day.client.list_workflows(f"WorkflowId = '{handle.id}'")]

    assert (len(day.channel.arrived), day.channel.repeated) == (2 * PAGE + 1, [])
    assert {found.status for found in runs} <= {
        WorkflowExecutionStatus.COMPLETED,
        WorkflowExecutionStatus.CONTINUED_AS_NEW,
    }
    assert (await handle.describe()).run_id != handle.first_execution_run_id


async def test_the_engine_keeps_no_name_and_no_number_of_a_person(day: Day) -> None:
    """Numbers of notices, agency and dates; what went out is not kept."""
    handle = await day.begin()
    await handle.result()
    kept = payloads(await handle.fetch_history())

    assert FIRST.agency in kept
    assert [word for word in PERSONAL if word in kept] == []


async def test_a_pass_tells_how_far_it_is() -> None:
    """The engine misses a worker that died in it; nobody is counted twice."""
    office, heard = ScriptedOffice(people=eligible(2)), []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: heard.append(details)
    told = await environment.run(PeriodActivities(office).announce, FIRST)

    assert (told, heard) == (2, [(1,), (2,)])


# The schedule.


async def test_a_schedule_is_made_once_for_each_installation_and_starts_the_day(day: Day) -> None:
    """However many workers start; it never runs two days side by side."""
    for _ in range(2):
        await ensure_period_schedule(day.client, day.task_queue, 7)
    schedule = day.client.get_schedule_handle(period_id(day.task_queue))
    try:
        found = (await schedule.describe()).schedule
        await schedule.trigger()
        await until(lambda: len(day.channel.arrived) == 3)
    finally:
        await schedule.delete()

    assert found.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert day.office.made.keys() == {FIRST.id}


@pytest.mark.parametrize(("utc_offset", "hour"), [(7, 0), (8, 23), (9, 22)])
async def test_the_day_begins_at_seven_of_the_offices_clock(client: Client, utc_offset: int, hour: int) -> None:
    """In each of Indonesia's three zones."""
    queue = f"zone-{utc_offset}"
    await ensure_period_schedule(client, queue, utc_offset)
    schedule = client.get_schedule_handle(period_id(queue))
    try:
        coming = (await schedule.describe()).info.next_action_times
    finally:
        await schedule.delete()

    assert {(instant.hour, instant.minute) for instant in coming} == {(hour, 0)}
    assert all((instant + timedelta(hours=utc_offset)).hour == 7 for instant in coming)
