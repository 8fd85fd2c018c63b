"""Temporal's database is deleted, or put back to an older copy, while decisions go on: the ledger heals the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from activities.wiring import Backbone
from tests.faults.lab.engine_rebuild import rebuild_engine
from tests.support.caseload import Caseload
from tests.support.own_engine import OwnEngine
from workflows.census import state_hash
from workflows.relay import Starting
from workflows.worker import relay, worker

pytestmark = pytest.mark.slow
CASES = 30
FEW = 5


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[OwnEngine]:
    """An engine that is this test's to destroy."""
    found = OwnEngine(tmp_path / "engine")
    await found.start()
    yield found
    await found.server.stop()


@dataclass(frozen=True)
class Forgetful:
    """A poker that never reaches one case, and does not say so."""

    poker: Starting
    forgotten: str

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Poke everybody else."""
        if proposal_id != self.forgotten:
            await self.poker.poke(proposal_id, matter, version)

    async def restart(self, proposal_id: str, matter: str) -> None:
        """Likewise."""
        if proposal_id != self.forgotten:
            await self.poker.restart(proposal_id, matter)


async def test_an_engine_that_lost_everything_is_rebuilt_by_one_command(parts: Backbone, engine: OwnEngine) -> None:
    """Cases at every stage, a third of them decided meanwhile: the command waits until all is as it should be."""
    caseload = await Caseload.opened(parts, CASES)
    relaying = relay(engine.client, parts)
    async with worker(engine.client, parts, "test"):
        before = await caseload.settled(relaying)
        assert (before.differences, len(before.engine)) == ([], CASES)
        await engine.lose()
        await caseload.decide()
        await engine.server.start()
        code, said = await rebuild_engine(parts.settings, engine.server.address)
        after = await caseload.settled(relaying)
    assert (code, said.splitlines()[-1]) == (0, "equal"), said
    assert f"{CASES} open cases: {CASES} started, 0 already running" in said
    control = await caseload.state_hash()
    assert [state_hash(found.values()) for found in (after.ledger, after.engine)] == [control, control]
    assert control != state_hash(before.engine.values())


async def test_a_rebuild_that_leaves_a_case_out_is_found_unequal_and_names_it(
    parts: Backbone, engine: OwnEngine
) -> None:
    """The control: the comparison is of every case, not of their number."""
    caseload = await Caseload.opened(parts, FEW)
    whole, forgotten = relay(engine.client, parts), caseload.cases[2].proposal_id
    forgetful = replace(whole, poker=Forgetful(whole.poker, forgotten))
    async with worker(engine.client, parts, "test"):
        assert await forgetful.rebuild() == FEW
        census = await forgetful.settled(patience=3)
        assert census.differences == [f"{forgotten}: no workflow runs"]
        assert state_hash(census.ledger.values()) != state_hash(census.engine.values())
        assert (await caseload.settled(whole)).differences == []


async def test_without_a_worker_the_command_names_the_cases_and_fails(parts: Backbone, engine: OwnEngine) -> None:
    """A workflow that runs but has read nothing yet does not count."""
    caseload = await Caseload.opened(parts, FEW)
    code, said = await rebuild_engine(parts.settings, engine.server.address, "--patience", "0.5")
    assert code == 1
    assert all(f"{case.proposal_id}||||" in said for case in caseload.cases)
    assert said.splitlines()[-1] == "different"


@pytest.mark.parametrize("way", ["reconcile", "rebuild"])
async def test_an_engine_put_back_to_an_older_copy_comes_right(parts: Backbone, engine: OwnEngine, way: str) -> None:
    """Old workflows wait for what is long decided, one runs for a case that is closed, and a new case has none."""
    caseload = await Caseload.opened(parts, FEW)
    relaying = relay(engine.client, parts)
    async with worker(engine.client, parts, "test"):
        await caseload.settled(relaying)
        await engine.copy()
        await caseload.decide()
        await caseload.add(1)
        await caseload.settled(relaying)
        await engine.put_back()
        closed, _, _, moved, _, new = caseload.cases
        census = await relaying.census()
        assert [case.proposal_id for case in census.missing] == [new.proposal_id]
        assert [case.proposal_id for case in census.behind] == [moved.proposal_id]
        assert [case.proposal_id for case in census.extra] == [closed.proposal_id]
        await (relaying.reconcile() if way == "reconcile" else relaying.rebuild())
        after = await relaying.settled()
    assert (after.differences, state_hash(after.engine.values())) == ([], await caseload.state_hash())
