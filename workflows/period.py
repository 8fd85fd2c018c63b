"""The office's day: supervisors are told who becomes eligible for the next TMT, and again before its window closes."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.delivery import deliver
from workflows.options import LEDGER, SWEEP

with workflow.unsafe.imports_passed_through():
    from activities.periods import PeriodActivities

PAGE = 100
"""Notices sent side by side; what is more is sent by a run after this one."""


@workflow.defn
class PeriodWorkflow:
    """Runs each day and decides no fact: what is due the ledger's clock says, that it happens once a receipt says."""

    @workflow.run
    async def run(self) -> None:
        """Announce what is due, then send what is owed; what a channel could not take is sent on another day."""
        due = await workflow.execute_activity_method(PeriodActivities.due_announcement, **LEDGER)
        if due:
            await workflow.execute_activity_method(PeriodActivities.announce, due, **SWEEP)
        owed = await workflow.execute_activity_method(PeriodActivities.waiting_announcements, PAGE, **LEDGER)
        await asyncio.gather(*(deliver(notice_id) for notice_id in owed))
        if len(owed) == PAGE:
            workflow.continue_as_new()
