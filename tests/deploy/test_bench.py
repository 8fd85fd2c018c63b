"""The benchmark on a very small office: every figure comes out, and its mass-produced ledger is a true one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import Verification, verify
from deploy.bench.__main__ import Plan, measure
from deploy.bench.stand import Stand, Workshop, workshop

FIGURES = {
    "decision_p50_over_floor",
    "decision_rate_over_floor",
    "decision_p99_over_p50",
    "status_read_over_bare",
    "inbox_p95_growth",
    "stalled_p95_growth",
    "decision_p95_growth",
    "rebuild_over_select",
    "verify_over_select",
    "memory_growth",
    "workflow_starts_per_s",
    "pokes_per_s",
    "deadline_drain_s",
}
OFFICES = 3
# Sizes that are alike share a stand, which saves the start of two more APIs.
TINY = Plan(
    cases=300, few=300, open=10, open_few=22, offices=OFFICES, rounds=1, alone=10, crowd=20, clients=4, lists=10
)


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[Workshop]:
    """A server with the office."""
    async with workshop(OFFICES) as made:
        yield made


async def test_cast_cases_are_a_true_ledger(shop: Workshop) -> None:
    """Verify finds them whole; and finds the one whose read model was touched."""
    stand = await shop.filled(60)

    whole = await checked(stand)
    async with await psycopg.AsyncConnection.connect(stand.owner_url) as connection:
        await connection.execute(
            "UPDATE cases SET version = 0 WHERE proposal_id = (SELECT max(proposal_id) FROM cases)"
        )
    touched = await checked(stand)

    assert whole.problems == []
    assert whole.streams > 2 * stand.cases
    assert len(touched.problems) == 1


async def checked(stand: Stand) -> Verification:
    """What `jenjang verify` finds."""
    engine = create_async_engine(stand.sqlalchemy_url)
    async with engine.connect() as connection:
        found = await verify(connection, PROJECTIONS)
    await engine.dispose()
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_figure_comes_out(shop: Workshop) -> None:
    """One tiny round of everything, without an error."""
    found = await measure(shop, TINY)

    assert found.figures.keys() >= FIGURES
    assert all(value > 0 for values in found.figures.values() for value in values)
