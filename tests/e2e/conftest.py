"""A worker and a relay at work on the test's own ledger, and the power to let months pass."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from tests.support.journeys import at_work
from tests.support.story import Office


@pytest.fixture
async def time(client: Client, parts: Backbone, cached: int) -> AsyncIterator[TimeMachine]:
    """Time moves only when the test says so."""
    async with at_work(client, parts, cached) as machine:
        yield machine


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """Everybody of the invented office has settled in."""
    found = Office(parts)
    await found.settle_in()
    return found
