"""What the engine starts by the calendar. Schedules die with the engine: whoever starts a worker makes them anew."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

from workflows.options import period_id
from workflows.period import PeriodWorkflow

HOUR = 7
"""Of the office's clock, before the day's work. Source: design decision."""
CATCH_UP = timedelta(days=1)
"""An engine that was away at that hour makes up for it when it is back, within a day."""


async def ensure_period_schedule(client: Client, task_queue: str, utc_offset_hours: int) -> None:
    """See that the period's workflow runs each day; that its schedule exists already is no error.

    Indonesia's clocks never change, so an hour of UTC is the same hour of the office all year.
    """
    every_day = ScheduleCalendarSpec(hour=[ScheduleRange((HOUR - utc_offset_hours) % 24)])
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(PeriodWorkflow.run, id=period_id(task_queue), task_queue=task_queue),
        spec=ScheduleSpec(calendars=[every_day]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    try:
        await client.create_schedule(period_id(task_queue), schedule)
    except ScheduleAlreadyRunningError:
        return
