from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from activities.proposals import ProposalActivities
from domain.errors import HistoryUnreadable
from tests.replay.variants import LoadsTwice
from tests.support.engine import Case, until
from tests.support.relay_fakes import FakeOutbox, index, standing
from tests.support.workflow_fakes import Channel, ScriptedLedger, brief, due, scripted_parts
from workflows.census import Look, Standing, look
from workflows.options import SEARCH_ATTRIBUTES
from workflows.poke import Poker
from workflows.relay import Relay
from workflows.worker import CaseIndex, ensure_search_attributes, worker

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


async def test_another_worker_goes_on_where_one_stopped_and_nothing_is_doubled(
    client: Client, ledger: ScriptedLedger, channel: Channel, cached: int
) -> None:
    """The deadline passes while nobody works; the next worker replays, finds it due, and records it once."""
    case = Case(client, "two-workers", "KP-TWO-WORKERS", ledger)
    parts = scripted_parts(ledger, channel, case.task_queue)
    now = datetime.now(UTC)
    plan = [due("remind", now + DAY, 1), due("escalate", now + 2 * DAY), due("mark-stalled", now + 3 * DAY)]
    ledger.told = brief("decision", *plan)
    async with worker(client, parts, "one", cached=cached):
        await case.poke_and_rest(1)
        await case.skip(DAY + SECOND)
    assert ledger.kinds == ["remind"]
    passing = asyncio.create_task(case.skip(DAY))
    await asyncio.sleep(0.5)
    assert ledger.kinds == ["remind"]
    async with worker(client, parts, "two", cached=cached):
        await passing
        await until(lambda: ledger.kinds == ["remind", "escalate"])
        ledger.lost_answers = 1
        await case.skip(DAY)
    assert (ledger.kinds, len(ledger.asked)) == (["remind", "escalate", "mark-stalled"], 4)
    await case.handle.terminate()


async def test_a_terminated_workflow_is_rebuilt_with_the_same_next_step_and_instants(
    case: Case, ledger: ScriptedLedger
) -> None:
    """Everything it knew is in the ledger."""
    now = datetime.now(UTC)
    ledger.told = brief(
        "decision", due("remind", now + 3 * DAY, 1), due("escalate", now + 7 * DAY), due_at=now + 7 * DAY
    )
    await case.poke_and_rest(1)
    await case.skip(4 * DAY)
    before = await case.run_id(), await case.alarm(), await case.details()
    await case.handle.terminate()
    poker = Poker(case.client, case.task_queue)
    assert await Relay(FakeOutbox(), poker, index([standing(case.proposal_id)])).rebuild() == 1
    await case.rest()
    after = await case.run_id(), await case.alarm(), await case.details()
    assert before[0] != after[0]
    assert abs(before[1] - after[1]) < SECOND
    assert before[2] == after[2]
    assert ledger.kinds == ["remind"]


async def test_the_reconciler_starts_what_an_operator_terminated(case: Case, ledger: ScriptedLedger) -> None:
    """The engine's own list says who runs; it lags a little, so it is asked until it has caught up."""
    await case.poke_and_rest(1)
    asked = CaseIndex(case.client, scripted_parts(ledger, Channel(), case.task_queue)).running
    await seen(asked, case.proposal_id, running=True)
    await case.handle.terminate()
    await seen(asked, case.proposal_id, running=False)
    cases = index([standing(case.proposal_id)])
    relay = Relay(FakeOutbox(), Poker(case.client, case.task_queue), cases)
    assert await relay.reconcile() == 1
    await case.rest()
    assert ledger.loads == 2


async def test_a_worker_too_old_for_an_event_leaves_the_case_to_a_newer_one(case: Case, ledger: ScriptedLedger) -> None:
    """The run does not end: the engine asks again, and whoever can read the event goes on."""
    ledger.load_refusals += 2 * [HistoryUnreadable(event_type="proposal.step-approved", schema_version=9)]
    await case.poke_and_rest(1)
    assert (ledger.loads, await case.count("ACTIVITY_TASK_FAILED")) == (3, 0)
    assert await case.status() == WorkflowExecutionStatus.RUNNING


async def test_a_look_tells_whether_the_workflow_is_at_work_and_what_it_shows(
    case: Case, ledger: ScriptedLedger
) -> None:
    """Nothing before it runs, nothing but its number before it has read, and nothing after its end."""
    assert await look(case.client, case.proposal_id) == Look(None)
    ledger.loading.hold()
    await case.poke(1)
    await until(lambda: ledger.loads == 1)
    assert await look(case.client, case.proposal_id) == Look(Standing(case.proposal_id, "", "", ""), at_work=True)
    ledger.loading.let_go()
    await case.rest()
    shown = Standing(case.proposal_id, "promotion", "VERIF", "SEKSI-A1")
    assert await look(case.client, case.proposal_id) == Look(shown)
    await case.handle.terminate()
    assert await look(case.client, case.proposal_id) == Look(None)


@pytest.mark.slow
async def test_a_workflow_that_is_stuck_is_started_anew_by_the_reconciler(
    client: Client, ledger: ScriptedLedger, channel: Channel, cached: int
) -> None:
    """Its history does not fit the code of today; that costs nothing, because the run holds no fact."""
    case = Case(client, "another-code", "KP-ANOTHER-CODE", ledger)
    parts = scripted_parts(ledger, channel, case.task_queue)
    loading = ProposalActivities(parts.ledger, parts.briefs).load_brief
    async with Worker(client, task_queue=case.task_queue, workflows=[LoadsTwice], activities=[loading], build_id="odd"):
        await case.poke_and_rest(1)
    shown = Standing(case.proposal_id, "promotion", "VERIF", "SEKSI-A1")
    cases = replace(index([standing(case.proposal_id)], running=[shown]), look=CaseIndex(client, parts).look)
    async with worker(client, parts, "test", cached=cached):
        await case.poke()
        while await look(client, case.proposal_id) != Look(shown, stuck=True):
            await asyncio.sleep(0.2)
        assert await case.count("WORKFLOW_TASK_FAILED") == 1
        await Relay(FakeOutbox(), Poker(client, case.task_queue), cases).reconcile()
        await case.rest()
        assert (await case.status(), await case.count("WORKFLOW_TASK_FAILED")) == (WorkflowExecutionStatus.RUNNING, 0)
    await case.handle.terminate()


async def test_search_attributes_are_registered_once_and_asked_for_ever_again(client: Client) -> None:
    """Every worker asks when it starts; that they are there already is no error."""
    await ensure_search_attributes(client)
    await ensure_search_attributes(client)
    query = " AND ".join(f"{key.name} IS NULL" for key in SEARCH_ATTRIBUTES)
    assert [found async for found in client.list_workflows(f"{query} AND WorkflowId = 'nobody'")] == []


async def seen(asked, proposal_id: str, *, running: bool) -> None:
    """Wait for the engine's list."""
    async with asyncio.timeout(20):
        while (proposal_id in [found.proposal_id for found in await asked()]) is not running:
            await asyncio.sleep(0.05)
