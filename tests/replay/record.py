"""Records what the replay tests replay: `python -m tests.replay.record`, before a release and after an incident.

Each milestone is the history of a workflow at rest on the real ledger. A change of a workflow must still replay the
committed ones; record anew only when a change that breaks them is wanted, and say so in the changelog.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.wiring import Backbone
from domain.promotion.eligibility import next_tmt
from domain.proposal import commands as c
from tests.support.engine import at_rest, until
from tests.support.hopefuls import hopefuls
from tests.support.journeys import Reachable, a_stranger_takes_a_post, at_work, decreed, decreed_swap
from tests.support.people import CHIEF, HEAD, OTHER_HEAD, PYB, STAFF
from tests.support.story import Office
from tests.support.workflow_fakes import Channel
from workflows.options import period_id, workflow_id
from workflows.period import PeriodWorkflow
from workflows.worker import worker

HISTORIES = Path(__file__).parent / "histories"
MILESTONES = (
    "promotion-waiting",
    "promotion-stalled",
    "promotion-returned",
    "promotion-rejected",
    "promotion-decreed",
    "promotion-in-effect",
    "promotion-closed",
    "promotion-notice-deferred",
    "rotation-closed",
    "rotation-effect-refused",
    "period-announced",
)
NOT_READ = {
    "header",
    "identity",
    "meteringMetadata",
    "priority",
    "requestId",
    "stackTrace",
    "taskId",
    "workerDeploymentName",
    "workerVersion",
}
PROCESS = re.compile(r"\b\d+@[\w.-]+")
"""A process and its machine, as in the name of a sticky queue."""
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REASON = {"reason_code": "incomplete", "note": "lengkapi dahulu"}
FIRST_STEP = {"step": "PENGANTAR_OPD", "round": 1}

Keep = Callable[[str, Office], Awaitable[None]]


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """Everybody of the invented office has settled in."""
    found = Office(parts)
    await found.settle_in()
    return found


@pytest.fixture
def keep(client: Client) -> Keep:
    """Writes the history of the office's case under the milestone's name."""

    async def write(milestone: str, office: Office) -> None:
        await store(milestone, client.get_workflow_handle(workflow_id(office.proposal_id)))

    return write


async def store(milestone: str, handle: WorkflowHandle[Any, Any]) -> None:
    """Write the history of a workflow at rest under the milestone's name."""
    assert milestone in MILESTONES
    await at_rest(handle)
    history = (await handle.fetch_history()).to_json_dict()
    lines = ",\n".join(json.dumps(essential(event), separators=(",", ":")) for event in history["events"])
    (HISTORIES / f"{milestone}.json").write_text(f'{{"events":[\n{lines}\n]}}\n')


def essential(node: Any, key: str = "") -> Any:
    """The event without what tells of the machine, and without what no replay reads."""
    match node:
        case dict():
            return {name: essential(value, name) for name, value in node.items() if name not in NOT_READ}
        case list():
            return [essential(value) for value in node]
        case str() if key != "data":
            return PROCESS.sub("worker", node)
    return node


async def record_silence_and_a_return(office: Office, client: Client, keep: Keep) -> None:
    """Nobody answers for weeks; at last the superior sends it back."""
    async with at_work(client, office.parts) as time:
        await office.submitted()
        await time.settle()
        await keep("promotion-waiting", office)
        await time.advance(21 * DAY)
        await keep("promotion-stalled", office)
        await office.record(c.ReturnProposal(**FIRST_STEP, **REASON, **office.by(PYB)))
        await time.settle()
        await keep("promotion-returned", office)


async def record_a_rejection(office: Office, client: Client, keep: Keep) -> None:
    """The head of office says no; everybody is told and the workflow ends."""
    async with at_work(client, office.parts) as time:
        await office.submitted()
        await time.settle()
        await office.record(c.RejectProposal(**FIRST_STEP, **REASON, **office.by(CHIEF)))
        await client.get_workflow_handle(workflow_id(office.proposal_id)).result()
        await keep("promotion-rejected", office)


async def record_the_whole_way(office: Office, client: Client, keep: Keep) -> None:
    """From the decree over the TMT to the acknowledgement."""
    async with at_work(client, office.parts) as time:
        brief = await decreed(office)
        await time.settle()
        await keep("promotion-decreed", office)
        assert brief.due_at is not None
        await time.advance_to(brief.due_at + MINUTE)
        await keep("promotion-in-effect", office)
        await office.record(c.Acknowledge(**office.by(STAFF)))
        await client.get_workflow_handle(workflow_id(office.proposal_id)).result()
        await keep("promotion-closed", office)


async def record_a_swap(office: Office, client: Client, keep: Keep) -> None:
    """Both officials change posts and say so."""
    async with at_work(client, office.parts) as time:
        tmt = await decreed_swap(office)
        await time.advance_to(office.parts.calendar.instant(tmt) + MINUTE)
        for official in (HEAD, OTHER_HEAD):
            await office.record(c.Acknowledge(**office.by(official)))
        await client.get_workflow_handle(workflow_id(office.proposal_id)).result()
        await keep("rotation-closed", office)


async def record_a_refused_effect(office: Office, client: Client, keep: Keep) -> None:
    """A stranger holds one of the posts: refused on the TMT, and again the day after."""
    async with at_work(client, office.parts) as time:
        tmt = await decreed_swap(office)
        await a_stranger_takes_a_post(office, tmt)
        await time.advance_to(office.parts.calendar.instant(tmt) + DAY + MINUTE)
        await keep("rotation-effect-refused", office)


async def record_a_deferred_notice(office: Office, client: Client, keep: Keep) -> None:
    """The channel is away for ten minutes; what it could not take is deferred and arrives later."""
    channel = Channel(away=True)
    async with at_work(client, Reachable.by(channel, office.parts)) as time:
        await office.submitted()
        await until(lambda: channel.tries > 0)
        await time._set(await time.now() + 11 * MINUTE)
        await time._align(office.proposal_id)
        assert channel.arrived == []
        channel.away = False
        await time.advance(10 * MINUTE)
        assert len(channel.arrived) == 1
        await keep("promotion-notice-deferred", office)


async def record_an_announcement(parts: Backbone, client: Client) -> None:
    """The day on which supervisors are told of a TMT; each desk gets its letter and the run ends."""
    office = Office(parts)
    await office.settle_in(hopefuls(next_tmt(await office.today(), parts.rulebook)))
    async with worker(client, parts, "record"):
        queue = parts.settings.temporal_task_queue
        handle = await client.start_workflow(PeriodWorkflow.run, id=period_id(queue), task_queue=queue)
        await handle.result()
        await store("period-announced", handle)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-o", "python_functions=record_*"]))
