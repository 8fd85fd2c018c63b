"""Verification names what somebody with all rights changed behind the ledger's back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify
from activities.settings import Settings
from activities.wiring import Backbone
from tests.support.story import Office

Tamper = Callable[[str], Awaitable[list[str]]]
AS_SUPERUSER = "ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE command_receipts DISABLE TRIGGER ALL"


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The schema's owner, who can switch triggers off."""
    assert settings.owner_database_url is not None
    engine = create_async_engine(settings.owner_database_url.get_secret_value())
    yield engine
    await engine.dispose()


@pytest.fixture
async def tampered(parts: Backbone, owner: AsyncEngine) -> Tamper:
    """Run a statement with all rights on a ledger with one submitted proposal; the answer is what is found."""
    office = Office(parts)
    await office.settle_in()
    await office.submitted()

    async def tamper(statement: str) -> list[str]:
        async with owner.begin() as connection:
            for part in (*AS_SUPERUSER.split(";"), *filter(None, statement.split(";"))):
                await connection.execute(text(part))
        async with owner.connect() as connection:
            return (await verify(connection, PROJECTIONS)).problems

    return tamper


async def test_an_untouched_ledger_is_whole(tampered: Tamper) -> None:
    """Switching the triggers off alone changes nothing that is recorded."""
    assert await tampered("") == []


FORGED = "convert_to(replace(convert_from(entry, 'UTF8'), 'REG', 'JFX'), 'UTF8')"
LAST = "(SELECT max(position) FROM events)"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"UPDATE events SET entry = {FORGED} WHERE type = 'proposal.drafted'", "the entry does not have its hash"),
        ("DELETE FROM events WHERE type = 'proposal.document-attached' AND version = 2", "is missing before"),
        (f"DELETE FROM events WHERE position = {LAST}", "the counter says"),
        (f"DELETE FROM events WHERE position = {LAST}; UPDATE log_head SET size = size - 1", "its head is not"),
        ("UPDATE events SET actor_ref = 'someone-else' WHERE type = 'proposal.submitted'", "column actor_ref"),
        ("DELETE FROM command_receipts WHERE stream_id LIKE 'proposal/%'", "receipt and events do not match"),
        ("UPDATE cases SET state = 'closed', open = false", "read model cases"),
        ("DELETE FROM inbox", "read model inbox"),
        ("UPDATE ranks_held SET grade = 'IV/e'", "read model ranks_held"),
        ("DELETE FROM units WHERE unit = 'SEKSI-A1'", "read model units"),
    ],
)
async def test_a_change_behind_the_ledgers_back_is_named(tampered: Tamper, statement: str, found: str) -> None:
    """Each kind of change leaves its own trace."""
    assert any(found in problem for problem in await tampered(statement))
