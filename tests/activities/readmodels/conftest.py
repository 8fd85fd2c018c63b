"""An office on a real ledger, with names in its vault, and the questions that the doors ask of it."""

from __future__ import annotations

import pytest

from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from activities.readmodels.visibility import Viewer
from activities.wiring import Backbone
from tests.support.named import Seeing, give_names
from tests.support.story import Office


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
