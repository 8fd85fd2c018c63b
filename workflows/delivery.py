"""Delivering a notice: send it and mark it, or put it off when the channel stays away."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows.options import LEDGER, OUTSIDE

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities


async def deliver(notice_id: int) -> None:
    """Send the notice of the outbox; an activity persists or calls out, never both."""
    try:
        await workflow.execute_activity_method(NoticeActivities.send_notice, notice_id, **OUTSIDE)
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        await workflow.execute_activity_method(NoticeActivities.defer_notice, notice_id, **LEDGER)
    else:
        await workflow.execute_activity_method(NoticeActivities.mark_sent, notice_id, **LEDGER)
