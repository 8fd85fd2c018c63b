from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from domain.errors import StepClosed
from domain.ports import AnyCommand, Receipt
from domain.proposal.commands import Withdraw
from tests.support.relay_fakes import FakeOutbox, FakePoker
from workflows.desk import ProposalDesk

RECORDED = Receipt(
    command_id="command-1",
    stream_id="proposal/KP-1",
    first_version=4,
    last_version=5,
    outcome="recorded",
    recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def command(proposal_id: str = "KP-1") -> Withdraw:
    """Any command."""
    return Withdraw(command_id="command-1", actor="0" * 32, proposal_id=proposal_id)


@dataclass
class FakeLedger:
    """Answers with the receipt, or refuses."""

    receipt: Receipt = RECORDED
    refusal: Exception | None = None
    asked: list[AnyCommand] = field(default_factory=list)

    async def record(self, command: AnyCommand) -> Receipt:
        """Answer."""
        self.asked.append(command)
        if self.refusal:
            raise self.refusal
        return self.receipt


async def test_a_recorded_command_is_answered_then_poked_and_marked() -> None:
    """The relay finds nothing left to do."""
    outbox = FakeOutbox.of(("proposal/KP-1", 4), ("proposal/KP-1", 5))
    poker = FakePoker()
    desk = ProposalDesk(FakeLedger(), poker, outbox)
    assert await desk.record(command()) == RECORDED
    await desk.close()
    assert (poker.poked, outbox.versions()) == ([("KP-1", "promotion", 5)], [])


async def test_a_rotation_is_poked_as_one() -> None:
    """Its number says what it is."""
    poker = FakePoker()
    receipt = RECORDED.model_copy(update={"stream_id": "proposal/MT-1"})
    desk = ProposalDesk(FakeLedger(receipt), poker, FakeOutbox())
    await desk.record(command("MT-1"))
    await desk.close()
    assert poker.poked == [("MT-1", "rotation", 5)]


async def test_the_desk_answers_when_the_poker_is_broken_and_leaves_the_poke_to_the_relay() -> None:
    """A decision never depends on the engine."""
    outbox = FakeOutbox.of(("proposal/KP-1", 5))
    desk = ProposalDesk(FakeLedger(), FakePoker(broken=True), outbox)
    assert await desk.record(command()) == RECORDED
    await desk.close()
    assert outbox.versions() == [("proposal/KP-1", 5)]


async def test_an_outbox_that_cannot_be_marked_breaks_nothing() -> None:
    """At worst the relay pokes again."""
    outbox = FakeOutbox.of(("proposal/KP-1", 5))
    outbox.broken = True
    desk = ProposalDesk(FakeLedger(), FakePoker(), outbox)
    assert await desk.record(command()) == RECORDED
    await desk.close()
    assert outbox.rows == [("proposal/KP-1", 5, "promotion")]


async def test_the_answer_does_not_wait_for_the_poke_and_closing_does() -> None:
    """The task is kept until it is done, whatever the garbage collector thinks of it."""
    poker = FakePoker()
    poker.gate.hold()
    desk = ProposalDesk(FakeLedger(), poker, FakeOutbox())
    assert await desk.record(command()) == RECORDED
    gc.collect()
    assert (poker.poked, len(desk.under_way)) == ([], 1)
    closing = asyncio.create_task(desk.close())
    await asyncio.sleep(0)
    assert not closing.done()
    poker.gate.let_go()
    await closing
    assert (poker.poked, desk.under_way) == ([("KP-1", "promotion", 5)], set())


async def test_a_refusal_reaches_the_caller_and_nobody_is_poked() -> None:
    """Nothing moved."""
    poker = FakePoker()
    desk = ProposalDesk(FakeLedger(refusal=StepClosed(step="VERIF")), poker, FakeOutbox())
    with pytest.raises(StepClosed):
        await desk.record(command())
    await desk.close()
    assert poker.poked == []


@pytest.mark.parametrize("nothing_new", [{"outcome": "noop"}, {"repeated": True}])
async def test_what_changed_nothing_pokes_nobody(nothing_new: dict[str, object]) -> None:
    """A repeated command repeats its answer only; its first poke is the relay's business."""
    poker = FakePoker()
    receipt = RECORDED.model_copy(update=nothing_new)
    desk = ProposalDesk(FakeLedger(receipt), poker, FakeOutbox())
    assert await desk.record(command()) == receipt
    await desk.close()
    assert poker.poked == []
