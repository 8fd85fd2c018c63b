"""A case's workflow on the real engine: poke it, let its time pass, and read what it did from its history."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowHistory
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from workflows.options import workflow_id
from workflows.poke import Poker

PATIENCE = 30.0
PAUSE = 0.01


async def until(true: Callable[[], bool], what: str = "what was waited for") -> None:
    """Wait for something to become true in this process."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(PAUSE)
    assert true(), what


class Clock(Protocol):
    """The ledger's clock, which moves before the workflow's: a workflow can be late, never early."""

    ahead: timedelta


@dataclass(frozen=True)
class Case:
    """One case on a task queue."""

    client: Client
    task_queue: str
    proposal_id: str
    clock: Clock
    matter: str = "promotion"

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The newest run."""
        return self.client.get_workflow_handle(workflow_id(self.proposal_id))

    async def poke(self, version: int = 0) -> None:
        """As desk and relay do it."""
        await Poker(self.client, self.task_queue).poke(self.proposal_id, self.matter, version)

    async def rest(self) -> None:
        """Wait until every poke sent before is digested."""
        await at_rest(self.handle)

    async def poke_and_rest(self, version: int = 0) -> None:
        """Poke, and let the workflow digest it."""
        await self.poke(version)
        await self.rest()

    async def run_id(self) -> str:
        """The newest run."""
        return (await self.handle.describe()).run_id

    async def status(self) -> WorkflowExecutionStatus | None:
        """How the newest run stands."""
        return (await self.handle.describe()).status

    async def now(self) -> datetime:
        """The workflow's own time."""
        return await self._skipper.get_current_time(self.handle)

    async def skip(self, duration: timedelta) -> None:
        """Let time pass and let the workflow do what is due."""
        self.clock.ahead += duration
        await self._skipper.fast_forward(self.handle, duration)
        await self.rest()

    async def skip_to(self, instant: datetime) -> None:
        """Let the workflow's time pass until the instant."""
        await self.skip(instant - await self.now())

    async def details(self) -> str:
        """What operators read in the Web UI."""
        found = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return found.current_details

    async def events(self) -> list[HistoryEvent]:
        """The history of the newest run."""
        return list((await self.handle.fetch_history()).events)

    async def count(self, kind: str) -> int:
        """How many events of a kind the newest run has, such as `TIMER_STARTED`."""
        wanted = EventType.Value(f"EVENT_TYPE_{kind}")
        return sum(event.event_type == wanted for event in await self.events())

    async def asked(self, activity: str) -> list[datetime]:
        """When, by the workflow's time, it asked for the activity."""
        return [
            instant(event)
            for event in await self.events()
            if event.activity_task_scheduled_event_attributes.activity_type.name == activity
        ]

    async def alarm(self) -> datetime:
        """The instant on which its newest timer rings."""
        timers = [event for event in await self.events() if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED]
        duration = timers[-1].timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        return instant(timers[-1]) + duration

    @property
    def _skipper(self) -> TimeSkipper:
        return TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False))


async def at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait until no task and no activity of the workflow is under way."""
    async with asyncio.timeout(PATIENCE):
        while await _busy(handle):
            await asyncio.sleep(PAUSE)


async def _busy(handle: WorkflowHandle[Any, Any]) -> bool:
    found = (await handle.describe()).raw_description
    return bool(found.pending_activities) or found.HasField("pending_workflow_task")


def instant(event: HistoryEvent) -> datetime:
    """When the event happened."""
    return event.event_time.ToDatetime(tzinfo=UTC)


def payloads(history: WorkflowHistory) -> str:
    """Everything the engine keeps of a history, in clear text."""
    return "\n".join(_clear(history.to_json_dict()))


def _clear(node: Any, key: str = "") -> Iterator[str]:
    match node:
        case dict():
            for name, value in node.items():
                yield from _clear(value, name)
        case list():
            for value in node:
                yield from _clear(value, key)
        case str():
            yield base64.b64decode(node).decode(errors="replace") if key == "data" else node
        case _:
            yield str(node)
