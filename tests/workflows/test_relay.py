from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.support.engine import Case, until
from tests.support.relay_fakes import FakeOutbox, FakePoker, index, standing
from tests.support.workflow_fakes import ScriptedLedger, brief, due
from workflows.poke import Poker
from workflows.relay import BATCH, IN_FLIGHT, MASS, Relay

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


async def test_the_reconciler_starts_what_has_no_workflow_and_pokes_what_is_late_and_nothing_else() -> None:
    """Who is both is started."""
    both, missing, late, fine = [standing(f"KP-{n}") for n in range(1, 5)]
    cases = index([both, missing, late, fine], overdue=[both.key, late.key], running=[late, fine])
    poker = FakePoker()
    assert await Relay(FakeOutbox(), poker, cases).reconcile() == 3
    assert (sorted(poker.restarted), poker.poked) == ([both.key, missing.key], [(*late.key, 0)])


async def test_the_reconciler_starts_anew_what_shows_another_stage_and_what_runs_for_a_closed_case() -> None:
    """So an engine that was put back to an older copy of itself comes right within a minute."""
    moved, fine = standing("KP-1", stage="APPROVAL"), standing("KP-2")
    cases = index([moved, fine], running=[standing("KP-1"), fine, standing("MT-3")])
    poker = FakePoker()
    assert await Relay(FakeOutbox(), poker, cases).reconcile() == 2
    assert (sorted(poker.restarted), poker.poked) == ([("KP-1", "promotion"), ("MT-3", "rotation")], [])


async def test_a_workflow_that_is_at_work_is_left_alone() -> None:
    """It reads the ledger by itself when it is done; a poke each minute would only fill its history."""
    moved, late = standing("KP-1", stage="APPROVAL"), standing("KP-2")
    cases = index([moved, late], overdue=[late.key], running=[standing("KP-1"), late], at_work=["KP-1", "KP-2"])
    poker = FakePoker()
    await Relay(FakeOutbox(), poker, cases).reconcile()
    assert (poker.restarted, poker.poked) == ([], [])


async def test_a_workflow_that_is_stuck_is_started_anew_whatever_it_shows() -> None:
    """No poke would reach it."""
    moved, late = standing("KP-1", stage="APPROVAL"), standing("KP-2")
    cases = index([moved, late], overdue=[late.key], running=[standing("KP-1"), late], stuck=["KP-1", "KP-2"])
    poker = FakePoker()
    await Relay(FakeOutbox(), poker, cases).reconcile()
    assert (sorted(poker.restarted), poker.poked) == ([moved.key, late.key], [])


async def test_what_only_the_engines_list_is_late_with_is_left_alone() -> None:
    """Asked for by itself, the workflow of the one shows the right stage, and that of the other has ended."""
    moved = standing("KP-1", stage="APPROVAL")
    cases = index([moved], running=[standing("KP-1"), standing("KP-2")], by_now=[moved])
    poker = FakePoker()
    await Relay(FakeOutbox(), poker, cases).reconcile()
    assert (poker.restarted, poker.poked) == ([], [])


async def test_rebuilding_starts_every_open_case_anew_and_what_is_left_over() -> None:
    """Also those that seem to run: the engine's own list is not believed."""
    open_cases, left_over = [standing("KP-1"), standing("KP-2"), standing("MT-1")], standing("KP-9")
    poker = FakePoker()
    cases = index(open_cases, running=[standing("KP-1"), left_over])
    assert await Relay(FakeOutbox(), poker, cases).rebuild() == 4
    assert (sorted(poker.restarted), poker.poked) == (sorted(case.key for case in (*open_cases, left_over)), [])


async def test_a_start_that_fails_while_rebuilding_stops_nothing_and_is_made_good() -> None:
    """An engine that just came up may be slow."""
    both, running = [standing("KP-1"), standing("KP-2")], [standing("KP-2")]
    poker = FakePoker(broken_for=frozenset({"KP-1"}))
    relay = Relay(FakeOutbox(), poker, index(both, running=running))
    assert await relay.rebuild() == 2
    assert poker.restarted == [("KP-2", "promotion")]
    poker.broken_for = frozenset()
    settling = asyncio.create_task(relay.settled())
    await until(lambda: ("KP-1", "promotion") in poker.restarted)
    running.append(standing("KP-1"))
    assert (await settling).differences == []


async def test_a_rebuild_is_settled_when_both_lists_are_equal() -> None:
    """At the first look that finds them so."""
    both = [standing("KP-1"), standing("MT-1")]
    census = await Relay(FakeOutbox(), FakePoker(), index(both, running=both)).settled()
    assert census.differences == []


async def test_a_rebuild_that_stands_still_ends_with_the_cases_that_are_not_right() -> None:
    """After the patience, each with what is wrong."""
    moved = standing("KP-2", stage="APPROVAL")
    cases = index([standing("KP-1"), moved], running=[standing("KP-2"), standing("KP-3")])
    census = await Relay(FakeOutbox(), FakePoker(), cases).settled(patience=0)
    assert census.differences == [
        "KP-1: no workflow runs",
        f"{moved.line}: its workflow shows {standing('KP-2').line}",
        "KP-3: a workflow runs, but the case is not open",
    ]


async def test_many_pokes_at_once_keep_to_a_pace() -> None:
    """An engine that just came back is not knocked over."""
    open_cases = [standing(f"KP-{number}") for number in range(int(MASS / 4))]
    begun = asyncio.get_running_loop().time()
    await Relay(FakeOutbox(), FakePoker(), index(open_cases)).rebuild()
    assert asyncio.get_running_loop().time() - begun > 0.2


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
