from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from tests.support.engine import Case
from tests.support.relay_fakes import FakeOutbox, index
from tests.support.workflow_fakes import Channel, ScriptedLedger, brief, due, scripted_parts
from workflows.options import SEARCH_ATTRIBUTES
from workflows.poke import Poker
from workflows.relay import Relay
from workflows.worker import CaseIndex, ensure_search_attributes, worker

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


async def test_another_worker_goes_on_where_one_stopped_and_nothing_is_doubled(
    client: Client, ledger: ScriptedLedger, channel: Channel
) -> None:
    """The deadline passes while nobody works; the next worker replays, finds it due, and records it once."""
    case = Case(client, "two-workers", "KP-TWO-WORKERS", ledger)
    parts = scripted_parts(ledger, channel, case.task_queue)
    now = datetime.now(UTC)
    plan = [due("remind", now + DAY, 1), due("escalate", now + 2 * DAY), due("mark-stalled", now + 3 * DAY)]
    ledger.told = brief("decision", *plan)
    async with worker(client, parts, "one"):
        await case.poke_and_rest(1)
        await case.skip(DAY + SECOND)
    assert ledger.kinds == ["remind"]
    passing = asyncio.create_task(case.skip(DAY))
    await asyncio.sleep(0.5)
    assert ledger.kinds == ["remind"]
    async with worker(client, parts, "two"):
        await passing
        assert ledger.kinds == ["remind", "escalate"]
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
    assert await Relay(FakeOutbox(), poker, index([(case.proposal_id, "promotion", 2)])).rebuild() == 1
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
    await seen(asked, case.handle.id, running=True)
    await case.handle.terminate()
    await seen(asked, case.handle.id, running=False)
    cases = index([(case.proposal_id, "promotion", 1)])
    relay = Relay(FakeOutbox(), Poker(case.client, case.task_queue), cases)
    assert await relay.reconcile() == 1
    await case.rest()
    assert ledger.loads == 2


async def test_search_attributes_are_registered_once_and_asked_for_ever_again(client: Client) -> None:
    """Every worker asks when it starts; that they are there already is no error."""
    await ensure_search_attributes(client)
    await ensure_search_attributes(client)
    query = " AND ".join(f"{key.name} IS NULL" for key in SEARCH_ATTRIBUTES)
    assert [found async for found in client.list_workflows(f"{query} AND WorkflowId = 'nobody'")] == []


async def seen(asked, workflow_id: str, *, running: bool) -> None:
    """Wait for the engine's list."""
    async with asyncio.timeout(20):
        while (workflow_id in await asked()) is not running:
            await asyncio.sleep(0.05)
