"""Composition roots of the worker and of the relay."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.notices import NoticeActivities
from activities.periods import PeriodActivities
from activities.proposals import ProposalActivities
from activities.readmodels import cases
from activities.refusals import Refusals
from activities.wiring import Backbone
from workflows.census import CaseKey, Look, Standing, look, running
from workflows.options import DUE_AT, SEARCH_ATTRIBUTES
from workflows.period import PeriodWorkflow
from workflows.poke import Poker
from workflows.proposal import ProposalWorkflow
from workflows.relay import Cases, Relay
from workflows.rotation import RotationWorkflow
from workflows.schedules import ensure_period_schedule

WORKFLOWS = [ProposalWorkflow, RotationWorkflow, PeriodWorkflow]
CACHED = 200
"""Workflows kept in memory. Source: `make bench`; with 1,000 memory grew by half from 100 to 2,000 open cases."""
GRACE = timedelta(seconds=10)


async def connect(*, lazy: bool = False) -> Client:
    """The engine named by the environment or `temporal.toml`; one client a process."""
    config = ClientConfig.load_client_connect_config()
    return await Client.connect(**config, data_converter=pydantic_data_converter, lazy=lazy)


async def ensure_search_attributes(client: Client) -> None:
    """Register what cases are listed by; that they exist already is no error."""
    keyword, instant = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
    for key in SEARCH_ATTRIBUTES:
        kind = instant if key == DUE_AT else keyword
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes={key.name: kind})
            )
        except RPCError as error:
            if error.status != RPCStatusCode.ALREADY_EXISTS:
                raise


async def ensure_schedules(client: Client, parts: Backbone) -> None:
    """See that what runs by the calendar does; that it does already is no error."""
    await ensure_period_schedule(client, parts.settings.temporal_task_queue, parts.settings.utc_offset_hours)


def worker(client: Client, parts: Backbone, build_id: str, *, cached: int = CACHED) -> Worker:
    """The worker: few tasks at once, so that a mass wake-up never trips the deadlock detector.

    `cached` is how many workflows stay in memory; one that was evicted is replayed when it wakes.
    """
    proposals = ProposalActivities(parts.ledger, parts.briefs)
    notices = NoticeActivities(parts.mailroom, parts.notifier)
    periods = PeriodActivities(parts.period_office)
    return Worker(
        client,
        task_queue=parts.settings.temporal_task_queue,
        workflows=WORKFLOWS,
        activities=[
            proposals.load_brief,
            proposals.record,
            notices.send_notice,
            notices.mark_sent,
            notices.defer_notice,
            periods.due_announcement,
            periods.announce,
            periods.waiting_announcements,
        ],
        interceptors=[Refusals()],
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion("jenjang", build_id), use_worker_versioning=False
        ),
        max_concurrent_workflow_tasks=20,
        max_concurrent_activities=8,
        max_cached_workflows=cached,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(1, 20, 4),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(1, 20, 4),
        graceful_shutdown_timeout=GRACE,
    )


@dataclass(frozen=True)
class CaseIndex:
    """The case index and the engine's own list, asked for the relay."""

    client: Client
    parts: Backbone

    async def open_cases(self) -> list[Standing]:
        """Every case that must have a workflow."""
        async with self.parts.reads.connect() as connection:
            return [Standing(**row) for row in await cases.awaited(connection)]

    async def overdue_cases(self) -> list[CaseKey]:
        """Every case whose workflow must look again."""
        async with self.parts.reads.connect() as connection:
            return await cases.overdue(connection)

    async def running(self) -> list[Standing]:
        """What each workflow of this installation shows."""
        # An engine that was emptied knows no schedule and no attribute, and its workflows wait for these.
        await ensure_search_attributes(self.client)
        await ensure_schedules(self.client, self.parts)
        return await running(self.client, self.parts.settings.temporal_task_queue)

    async def look(self, proposal_id: str) -> Look:
        """The case's workflow, as it is now."""
        return await look(self.client, proposal_id)


def relay(client: Client, parts: Backbone) -> Relay:
    """The relay of this database and engine."""
    index = CaseIndex(client, parts)
    poker = Poker(client, parts.settings.temporal_task_queue)
    return Relay(parts.outbox, poker, Cases(index.open_cases, index.overdue_cases, index.running, index.look))


async def run_worker(parts: Backbone, build_id: str) -> None:
    """Work until SIGTERM or Ctrl-C, then let what is under way finish."""
    client = await connect()
    await ensure_search_attributes(client)
    await ensure_schedules(client, parts)
    async with worker(client, parts, build_id):
        await stopped().wait()


async def run_relay(parts: Backbone) -> None:
    """Relay until SIGTERM or Ctrl-C."""
    client = await connect(lazy=True)
    await relay(client, parts).run(stopped())


def stopped() -> asyncio.Event:
    """Set when the process is asked to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
