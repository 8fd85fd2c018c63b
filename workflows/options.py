"""Names and options that every workflow shares."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from pydantic import BaseModel, ConfigDict
from temporalio.common import RetryPolicy, SearchAttributeKey

TASK_QUEUE = "jenjang"

MATTER = SearchAttributeKey.for_keyword("Matter")
STAGE = SearchAttributeKey.for_keyword("Stage")
UNIT = SearchAttributeKey.for_keyword("UnitCode")
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
SEARCH_ATTRIBUTES = (MATTER, STAGE, UNIT, DUE_AT)
"""What operators may list cases by; never a name or a NIP."""


class CaseRef(BaseModel):
    """All that a workflow is started with: which proposal, and the version it saw last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    proposal_id: str
    seen_version: int = 0
    max_history: int = 0
    """Continue as new at this many events; 0 leaves it to the server."""


class ActivityOptions(TypedDict, total=False):
    """Options of `execute_activity_method`."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


LEDGER = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(minutes=1)),
)
"""Retried for ever: a database outage ends by itself."""

OUTSIDE = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=30),
    schedule_to_close_timeout=timedelta(minutes=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5)),
)
"""Given up after ten minutes, so that an effect never hides a withdrawal for long; a worker that dies is noticed after
half a minute."""

SWEEP = ActivityOptions(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10)),
)
"""One pass over everybody in the register; a worker that died in it is missed within a minute."""


def workflow_id(proposal_id: str) -> str:
    """The id under which a proposal's workflow runs."""
    return f"proposal/{proposal_id}"


def period_id(task_queue: str) -> str:
    """The id of an installation's daily schedule, and of its runs up to the instant that the engine adds."""
    return f"period/{task_queue}"
