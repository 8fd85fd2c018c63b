"""An office on a real ledger, with names in its vault, and the questions that the doors ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from activities.readmodels.visibility import Viewer
from activities.settings import Settings
from activities.wiring import Backbone
from tests.support.named import Seeing, give_names
from tests.support.story import Office

Passing = Callable[[str], Awaitable[None]]


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """Everybody has settled in; two people have names."""
    found = Office(parts)
    await found.settle_in()
    await give_names(parts)
    return found


@pytest.fixture
def reads(parts: Backbone, office: Office) -> Reads:
    """The read side of the office's ledger."""
    return Reads(parts.reads, parts.keys, Context(parts.rulebook, parts.calendar))


@pytest.fixture
def as_(reads: Reads) -> Seeing:
    """Somebody of the office, with today's desks."""

    async def viewer(ref: str) -> Viewer:
        found = await reads.viewer(ref)
        assert found is not None
        return found

    return viewer


@pytest.fixture
async def passing(settings: Settings) -> AsyncIterator[Passing]:
    """Let the ledger's time pass."""
    assert settings.owner_database_url is not None
    owner = create_async_engine(settings.owner_database_url.get_secret_value())

    async def let(duration: str) -> None:
        async with owner.begin() as connection:
            await connection.execute(text(f"UPDATE ledger_clock SET ahead = ahead + interval '{duration}'"))

    yield let
    await owner.dispose()
