from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from domain.errors import ProposalUnknown
from domain.proposal.brief import Owed
from tests.support.engine import Case, payloads, until
from tests.support.workflow_fakes import CLOSED, PERSONAL, Channel, ScriptedLedger, brief, due
from workflows.options import SEARCH_ATTRIBUTES, CaseRef, workflow_id
from workflows.proposal import ProposalWorkflow
from workflows.worker import CACHED

RUNNING, CANCELED = WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CANCELED
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PAST = datetime(2020, 1, 1, tzinfo=UTC)

evicted_too = pytest.mark.parametrize("cached", [CACHED, 0], ids=["cached", "replayed"])


@evicted_too
async def test_the_first_poke_starts_the_workflow_which_loads_once(case: Case, ledger: ScriptedLedger) -> None:
    """The poke is there before the first load, which answers it."""
    await case.poke_and_rest(1)
    assert (ledger.loads, await case.status()) == (1, RUNNING)


@evicted_too
@pytest.mark.parametrize("version", [2, 0])
async def test_a_poke_during_a_load_is_not_lost(case: Case, ledger: ScriptedLedger, version: int) -> None:
    """What the load under way does not know yet is loaded right after it."""
    ledger.loading.hold()
    await case.poke(1)
    await until(lambda: ledger.loads == 1)
    ledger.change(stage="APPROVAL")
    await case.poke(version)
    ledger.loading.let_go()
    await case.rest()
    assert ledger.loads == 2
    assert "APPROVAL" in await case.details()


async def test_a_version_seen_already_causes_no_load(case: Case, ledger: ScriptedLedger) -> None:
    """Doubled and late pokes are free."""
    await case.poke_and_rest(1)
    for _ in range(3):
        await case.poke_and_rest(1)
    assert ledger.loads == 1


async def test_version_zero_always_looks_again(case: Case, ledger: ScriptedLedger) -> None:
    """The reconciler does not know versions."""
    await case.poke_and_rest(1)
    await case.poke_and_rest(0)
    assert ledger.loads == 2


async def test_fifty_pokes_at_once_cause_few_loads(case: Case, ledger: ScriptedLedger) -> None:
    """News are a level, not a queue."""
    ledger.loading.hold()
    await case.poke(1)
    await until(lambda: ledger.loads == 1)
    for version in range(2, 52):
        await case.poke(version)
    ledger.change()
    ledger.loading.let_go()
    await case.rest()
    assert ledger.loads == 2


@evicted_too
async def test_a_late_poke_on_a_closed_case_ends_at_once(case: Case, ledger: ScriptedLedger) -> None:
    """It looks, sees that nothing is left, and is gone; so does the next."""
    ledger.told = CLOSED
    for loads in (1, 2):
        await case.poke(7)
        await case.handle.result()
        assert (ledger.loads, await case.count("ACTIVITY_TASK_SCHEDULED")) == (loads, 1)


@contextmanager
def listening() -> Iterator[list[str]]:
    """What the workflows' own logger says, whatever another test made of logging in this process."""
    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("temporalio.workflow")
    logger.addHandler(handler)
    logger.disabled = False
    logger.setLevel(logging.ERROR)
    logging.disable(logging.NOTSET)
    try:
        yield heard
    finally:
        logger.removeHandler(handler)


async def test_a_ledger_that_went_back_is_logged_and_believed(case: Case, ledger: ScriptedLedger) -> None:
    """After a restore the ledger is behind what the workflow saw; the ledger wins."""
    ledger.told = brief(version=5)
    await case.poke_and_rest(5)
    ledger.told = brief(version=3, stage="APPROVAL")
    with listening() as heard:
        await case.poke_and_rest(3)
        await until(lambda: any("the ledger went back from version 5 to 3" in said for said in heard), "the alarm")
    assert await case.details() == "APPROVAL: waits for decision at role/verifier, version 3"


async def test_a_case_that_the_ledger_does_not_know_fails_and_a_later_poke_finds_it(
    case: Case, ledger: ScriptedLedger
) -> None:
    """A ledger restored to before the case: the run says so; it is no reason never to look again."""
    ledger.load_refusals.append(ProposalUnknown(proposal_id="KP-1"))
    await case.poke(1)
    with pytest.raises(WorkflowFailureError) as failure:
        await case.handle.result()
    assert isinstance(failure.value.cause, ActivityError)
    assert isinstance(failure.value.cause.cause, ApplicationError)
    assert failure.value.cause.cause.type == "proposal-unknown"
    await case.poke_and_rest(1)
    assert await case.status() == RUNNING


async def test_a_database_that_is_away_is_waited_for(case: Case, ledger: ScriptedLedger) -> None:
    """Faults are tried again until they end; nothing is given up."""
    ledger.load_faults = 3
    await case.poke(1)
    await until(lambda: ledger.loads == 4)
    await case.rest()
    assert await case.status() == RUNNING


async def test_a_command_whose_answer_was_lost_is_recorded_once(case: Case, ledger: ScriptedLedger) -> None:
    """Delivery is at least once, the receipt makes it once."""
    ledger.told = brief("decision", due("remind", PAST, 1))
    ledger.lost_answers = 2
    await case.poke_and_rest(1)
    assert (len(ledger.asked), ledger.kinds) == (3, ["remind"])


async def test_a_long_history_continues_as_new_and_carries_the_version(case: Case, ledger: ScriptedLedger) -> None:
    """The new run knows what the old one saw: the version alone is no news to it."""
    await case.client.start_workflow(
        ProposalWorkflow.run,
        CaseRef(proposal_id=case.proposal_id, max_history=5),
        id=workflow_id(case.proposal_id),
        task_queue=case.task_queue,
    )
    await case.rest()
    first = await case.run_id()
    await case.poke(ledger.change(version=4))
    await until(lambda: ledger.loads == 2)
    await case.rest()
    assert await case.run_id() != first
    [start, *_] = await case.events()
    [given] = start.workflow_execution_started_event_attributes.input.payloads
    assert CaseRef.model_validate_json(given.data) == CaseRef(
        proposal_id=case.proposal_id, seen_version=1, max_history=5
    )


async def test_cancelling_ends_the_wait_and_the_next_poke_starts_it_again(case: Case, ledger: ScriptedLedger) -> None:
    """An operator's cancel is no legal act."""
    at = datetime.now(UTC) + DAY
    ledger.told = brief("decision", due("remind", at, 1))
    await case.poke_and_rest(1)
    await case.handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await case.handle.result()
    assert await case.status() == CANCELED
    await case.poke_and_rest(1)
    assert (ledger.loads, await case.status()) == (2, RUNNING)
    assert abs(await case.alarm() - at) < timedelta(seconds=1)


@pytest.mark.parametrize(("under_way", "asked"), [("load", 1), ("command", 2), ("delivery", 2)])
async def test_cancelling_while_something_is_under_way_is_not_swallowed(
    case: Case, ledger: ScriptedLedger, channel: Channel, under_way: str, asked: int
) -> None:
    """It is neither a refusal nor a failed delivery: the run ends and asks for nothing more."""
    owed = [Owed(notice_id=1, not_before=PAST)] if under_way == "delivery" else []
    ledger.told = brief("decision", due("remind", PAST, 1), owed=owed)
    held = {"load": ledger.loading, "command": ledger.recording, "delivery": channel.delivering}[under_way]
    held.hold()
    await case.poke(1)
    await until(lambda: held.waiting > 0)
    await case.handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await case.handle.result()
    held.let_go()
    assert (await case.status(), await case.count("ACTIVITY_TASK_SCHEDULED")) == (CANCELED, asked)


async def test_operators_see_stage_unit_and_due_time_written_only_when_they_change(
    case: Case, ledger: ScriptedLedger
) -> None:
    """Every write of search attributes is an event; a version alone is none."""
    at = datetime(2031, 5, 1, 9, tzinfo=UTC)
    ledger.told = brief(due_at=at)
    await case.poke_and_rest(1)
    await case.poke_and_rest(ledger.change())
    assert await case.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == 1
    assert await case.details() == "VERIF: waits for decision at role/verifier, due 2031-05-01 09:00Z, version 2"
    await case.poke_and_rest(ledger.change(stage="APPROVAL", due_at=None))
    assert await case.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == 2
    found = (await case.handle.describe()).typed_search_attributes
    assert [found.get(key) for key in SEARCH_ATTRIBUTES] == ["promotion", "APPROVAL", "SEKSI-A1", None]


async def test_no_name_number_or_address_reaches_the_engine(
    case: Case, ledger: ScriptedLedger, channel: Channel
) -> None:
    """Neither in payloads, nor in failures of a channel that quotes its letter."""
    channel.away = True
    ledger.told = brief("decision", owed=[Owed(notice_id=1, not_before=PAST)])
    await case.poke(1)
    await until(lambda: channel.tries == 1)
    await case.skip(11 * MINUTE)
    assert await case.count("ACTIVITY_TASK_FAILED") + await case.count("ACTIVITY_TASK_TIMED_OUT") > 0
    found = payloads(await case.handle.fetch_history())
    assert case.proposal_id in found
    assert [word for word in PERSONAL if word in found] == []
