"""A worker of its own for every test, on the real engine; ledger, mailroom and channel are written by the test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from tests.support.engine import Case
from tests.support.workflow_fakes import Channel, ScriptedLedger, brief, scripted_parts
from workflows.worker import worker

NUMBERS = itertools.count(1)


@pytest.fixture
def ledger() -> ScriptedLedger:
    """A case that waits for a decision, and nothing is due."""
    return ScriptedLedger(brief())


@pytest.fixture
def channel() -> Channel:
    """Notices arrive."""
    return Channel()


@pytest.fixture
async def case(client: Client, ledger: ScriptedLedger, channel: Channel, cached: int) -> AsyncIterator[Case]:
    """A case that nobody has poked yet, and a worker that waits for it."""
    number = next(NUMBERS)
    found = Case(client, f"case-{number}", f"KP-T-{number}", ledger)
    async with worker(client, scripted_parts(ledger, channel, found.task_queue), "test", cached=cached):
        yield found
    if not await ended(found):
        await found.handle.terminate()


async def ended(case: Case) -> bool:
    """Whether there is nothing to clean up."""
    try:
        return (await case.handle.describe()).close_time is not None
    except RPCError:
        return True
