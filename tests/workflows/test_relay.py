from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.support.engine import Case, until
from tests.support.relay_fakes import FakeOutbox, FakePoker, index
from tests.support.workflow_fakes import ScriptedLedger, brief, due
from workflows.poke import Poker
from workflows.relay import BATCH, IN_FLIGHT, Relay

ONE, TWO, SWAP = ("KP-1", "promotion", 3), ("KP-2", "promotion", 1), ("MT-1", "rotation", 8)


async def test_each_case_is_poked_once_with_its_newest_version() -> None:
    """Three waiting rows of one case are one poke."""
    outbox = FakeOutbox.of(("proposal/KP-1", 1), ("proposal/MT-1", 8), ("proposal/KP-1", 3), ("proposal/KP-1", 2))
    poker = FakePoker()
    assert await Relay(outbox, poker, index()).deliver() == 2
    assert (sorted(poker.poked), outbox.rows) == ([ONE, SWAP], [])


async def test_nothing_waiting_pokes_nobody() -> None:
    """The usual round."""
    poker = FakePoker()
    assert await Relay(FakeOutbox(), poker, index()).deliver() == 0
    assert poker.poked == []


async def test_a_poke_is_marked_only_after_its_answer() -> None:
    """A relay that dies in between leaves the row to the next."""
    outbox, poker = FakeOutbox.of(("proposal/KP-1", 3)), FakePoker()
    poker.gate.hold()
    delivering = asyncio.create_task(Relay(outbox, poker, index()).deliver())
    await until(lambda: poker.gate.waiting == 1)
    assert outbox.versions() == [("proposal/KP-1", 3)]
    poker.gate.let_go()
    await delivering
    assert outbox.rows == []


async def test_a_newer_version_that_came_meanwhile_stays_waiting() -> None:
    """Only what was poked is marked."""
    outbox, poker = FakeOutbox.of(("proposal/KP-1", 3)), FakePoker()
    poker.gate.hold()
    delivering = asyncio.create_task(Relay(outbox, poker, index()).deliver())
    await until(lambda: poker.gate.waiting == 1)
    outbox.rows.append(("proposal/KP-1", 4, "promotion"))
    poker.gate.let_go()
    await delivering
    assert outbox.versions() == [("proposal/KP-1", 4)]


async def test_one_poke_that_fails_holds_up_no_other() -> None:
    """The others arrive and are marked, then the fault is raised; its row stays."""
    outbox = FakeOutbox.of(("proposal/KP-1", 3), ("proposal/KP-2", 1), ("proposal/MT-1", 8))
    poker = FakePoker(broken_for=frozenset({"KP-1"}))
    poker.gate.hold()
    delivering = asyncio.create_task(Relay(outbox, poker, index()).deliver())
    await until(lambda: poker.gate.waiting == 2)
    assert not delivering.done()
    poker.gate.let_go()
    with pytest.raises(ConnectionError):
        await delivering
    assert (sorted(poker.poked), outbox.versions()) == ([TWO, SWAP], [("proposal/KP-1", 3)])


async def test_pokes_in_flight_are_bounded() -> None:
    """A thousand cases at once never become a thousand calls at once."""
    outbox = FakeOutbox.of(*((f"proposal/KP-{number}", 1) for number in range(4 * IN_FLIGHT)))
    poker = FakePoker()
    poker.gate.hold()
    delivering = asyncio.create_task(Relay(outbox, poker, index()).deliver())
    await until(lambda: poker.gate.waiting == IN_FLIGHT)
    poker.gate.let_go()
    await delivering
    assert (poker.gate.most, len(poker.poked), outbox.rows) == (IN_FLIGHT, 4 * IN_FLIGHT, [])


async def test_a_long_queue_is_taken_in_batches() -> None:
    """The rest waits for the next round."""
    outbox = FakeOutbox.of(*((f"proposal/KP-{number}", 1) for number in range(BATCH + 1)))
    relay = Relay(outbox, FakePoker(), index())
    assert [await relay.deliver(), await relay.deliver(), await relay.deliver()] == [BATCH, 1, 0]


async def test_the_reconciler_pokes_what_has_no_workflow_and_what_is_late_and_nothing_else() -> None:
    """Both at once is one poke, and all are told to look in any case."""
    both, missing, late, fine = [(f"KP-{n}", "promotion", n) for n in range(1, 5)]
    cases = index([both, missing, late, fine], overdue=[both, late], running=["KP-3", "KP-4", "KP-99"])
    poker = FakePoker()
    assert await Relay(FakeOutbox(), poker, cases).reconcile() == 3
    assert sorted(poker.poked) == [(f"KP-{n}", "promotion", 0) for n in (1, 2, 3)]


async def test_rebuilding_pokes_every_open_case() -> None:
    """Also those that seem to run: the engine's own list is not believed."""
    poker = FakePoker()
    assert await Relay(FakeOutbox(), poker, index([ONE, TWO, SWAP], running=["KP-1"])).rebuild() == 3
    assert sorted(poker.poked) == [("KP-1", "promotion", 0), ("KP-2", "promotion", 0), ("MT-1", "rotation", 0)]


@pytest.mark.parametrize("neighbour", ["poker", "outbox"])
async def test_the_relay_outlives_a_neighbour_that_is_away_and_delivers_afterwards(neighbour: str) -> None:
    """Rows wait in the database until somebody takes them."""
    outbox, poker, stop = FakeOutbox.of(("proposal/KP-1", 3)), FakePoker(), asyncio.Event()
    away = {"poker": poker, "outbox": outbox}[neighbour]
    away.broken = True
    running = asyncio.create_task(Relay(outbox, poker, index()).run(stop))
    await asyncio.sleep(0.7)
    assert (running.done(), poker.poked, outbox.versions()) == (False, [], [("proposal/KP-1", 3)])
    away.broken = False
    await until(lambda: outbox.rows == [])
    stop.set()
    await running
    assert poker.poked == [ONE]


async def test_a_stopped_relay_ends_at_once() -> None:
    """It does not sit out the minute until the next reconciliation."""
    stop = asyncio.Event()
    running = asyncio.create_task(Relay(FakeOutbox(), FakePoker(), index()).run(stop))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)
    assert running.done()


async def test_two_relays_on_one_outbox_do_no_harm() -> None:
    """A case is poked at most once by each, and every row is marked."""
    outbox = FakeOutbox.of(*((f"proposal/KP-{number}", 1) for number in range(50)))
    poker = FakePoker()
    await asyncio.gather(*(Relay(outbox, poker, index()).deliver() for _ in range(2)))
    times = Counter(proposal_id for proposal_id, _, _ in poker.poked)
    assert (len(times), max(times.values()) <= 2, outbox.rows) == (50, True, [])


async def test_two_relays_poking_one_workflow_cause_one_load(case: Case, ledger: ScriptedLedger) -> None:
    """On the real engine the second poke of a version is no news, and what is due is done once."""
    at = ledger.now()
    ledger.told = brief("decision", due("remind", at, 1), version=3)
    await case.poke_and_rest(3)
    assert ledger.kinds == ["remind"]
    loads, waiting = ledger.loads, (f"proposal/{case.proposal_id}", ledger.told.version)
    poker = Poker(case.client, case.task_queue)
    await asyncio.gather(*(Relay(FakeOutbox.of(waiting), poker, index()).deliver() for _ in range(2)))
    await case.rest()
    assert (ledger.loads, ledger.kinds) == (loads, ["remind"])
