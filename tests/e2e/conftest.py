"""A worker and a relay at work on the test's own ledger, and the power to let months pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client

from activities.settings import Settings
from activities.wiring import Backbone
from deploy.clock import TimeMachine
from tests.support.story import Office
from workflows.worker import relay, worker


@pytest.fixture
async def time(client: Client, parts: Backbone, settings: Settings) -> AsyncIterator[TimeMachine]:
    """Time moves only when the test says so."""
    assert settings.owner_database_url is not None
    owner = create_async_engine(settings.owner_database_url.get_secret_value())
    stop = asyncio.Event()
    async with worker(client, parts, "test"):
        relaying = asyncio.create_task(relay(client, parts).run(stop))
        yield TimeMachine(owner, client)
        stop.set()
        await relaying
    await owner.dispose()


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """Everybody of the invented office has settled in."""
    found = Office(parts)
    await found.settle_in()
    return found
