from __future__ import annotations

import socket
import time

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.local.ports import LOOPBACK
from tests.support.engine import Case
from tests.support.workflow_fakes import CLOSED, ScriptedLedger
from workflows.poke import PATIENCE, Poker


@pytest.mark.parametrize(("matter", "workflow"), [("promotion", "ProposalWorkflow"), ("rotation", "RotationWorkflow")])
async def test_the_matter_chooses_the_story(case: Case, matter: str, workflow: str) -> None:
    """One readable id for either; the kind of workflow says which procedure it is."""
    await Poker(case.client, case.task_queue).poke(case.proposal_id, matter, 1)
    await case.rest()
    found = await case.handle.describe()
    assert (found.id, found.workflow_type) == (f"proposal/{case.proposal_id}", workflow)


async def test_a_second_poke_reaches_the_same_run(case: Case) -> None:
    """It is a signal to the one that waits already."""
    await case.poke_and_rest(1)
    first = await case.run_id()
    await case.poke_and_rest(2)
    assert await case.run_id() == first
    assert await case.count("WORKFLOW_EXECUTION_SIGNALED") == 2


async def test_a_poke_after_the_end_starts_a_new_run(case: Case, ledger: ScriptedLedger) -> None:
    """A case that the ledger opened again wakes as any other."""
    told, ledger.told = ledger.told, CLOSED
    await case.poke(3)
    await case.handle.result()
    ledger.told = told
    await case.poke_and_rest(4)
    assert await case.status() == WorkflowExecutionStatus.RUNNING


async def test_a_restart_ends_the_run_there_is_and_starts_the_case_anew(case: Case, ledger: ScriptedLedger) -> None:
    """The new one has read the ledger; there is one at any time."""
    await case.poke_and_rest(1)
    first = case.client.get_workflow_handle(case.handle.id, run_id=await case.run_id())
    await Poker(case.client, case.task_queue).restart(case.proposal_id, "promotion")
    await case.rest()
    assert (await first.describe()).status == WorkflowExecutionStatus.TERMINATED
    assert (await case.status(), ledger.loads) == (WorkflowExecutionStatus.RUNNING, 2)


async def test_a_restart_starts_what_never_ran(case: Case) -> None:
    """As a poke would."""
    await Poker(case.client, case.task_queue).restart(case.proposal_id, "promotion")
    await case.rest()
    assert await case.status() == WorkflowExecutionStatus.RUNNING


async def test_a_poke_carries_the_version_and_nothing_else(case: Case) -> None:
    """The engine's tables hold a reference and a number."""
    await case.poke_and_rest(6)
    [started, signaled, *_] = await case.events()
    [reference] = started.workflow_execution_started_event_attributes.input.payloads
    [version] = signaled.workflow_execution_signaled_event_attributes.input.payloads
    fields = f'{{"proposal_id":"{case.proposal_id}","seen_version":0,"max_history":0}}'
    assert (reference.data.decode(), version.data.decode()) == (fields, "6")


async def test_an_engine_that_hangs_is_given_up() -> None:
    """It takes the call and never answers; the relay tries again, nobody waits for long."""
    with socket.create_server((LOOPBACK, 0)) as silent:
        address = f"{LOOPBACK}:{silent.getsockname()[1]}"
        client = await Client.connect(address, data_converter=pydantic_data_converter, lazy=True)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await Poker(client, "nobody", patience=0.2).poke("KP-1", "promotion", 1)
    assert time.monotonic() - began < PATIENCE
