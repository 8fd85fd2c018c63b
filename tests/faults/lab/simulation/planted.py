"""Positive controls: parts with one protection missing each. The simulation must find every one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from activities.ledger import Ledger
from domain.ports import AnyCommand, Change, Conflict, Receipt
from domain.proposal.commands import Command
from domain.proposal.facts import Facts
from domain.proposal.proposal import Proposal
from tests.faults.lab.simulation.faults import Lost
from tests.faults.lab.simulation.ports import FaultyStore, FaultyTransaction, Outbox
from tests.faults.lab.simulation.twin import Call, Steps, Twin
from tests.faults.lab.simulation.world import Parts
from tests.support.fakes import InMemoryEventStore, InMemoryTransaction
from workflows.relay import Relay


class WithoutReceipts(FaultyTransaction):
    """Nobody looks whether the command was recorded before."""

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """Never found."""
        return None


class ForgetsReceipts(FaultyStore):
    """Its transactions find no receipt."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FaultyTransaction]:
        """A transaction."""
        async with super().begin() as transaction:
            yield WithoutReceipts(**vars(transaction))


class WithoutVersions(InMemoryTransaction):
    """What it loaded may have changed meanwhile."""

    def _check_versions(self, command: AnyCommand, changes: Sequence[Change]) -> None:
        """Nothing is expected."""


class LastWriterWins(InMemoryEventStore):
    """No expected version."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[InMemoryTransaction]:
        """A transaction."""
        async with super().begin() as transaction:
            unchecked = WithoutVersions(**vars(transaction))
            yield unchecked
            unchecked.commit()


class SwallowsConflicts(Ledger):
    """Takes a lost race for a recorded command."""

    async def record(self, command: AnyCommand) -> Receipt:
        """Answer in any case."""
        try:
            return await self._record(command)
        except Conflict:
            async with self.store.begin() as transaction:
                return Receipt(
                    command_id=command.command_id,
                    stream_id=(command.stream_id if isinstance(command, Command) else None) or "register",
                    first_version=1,
                    last_version=1,
                    outcome="recorded",
                    recorded_at=await transaction.now(),
                )


class AnswersBeforeCommit(FaultyStore):
    """What goes wrong on COMMIT stays between it and the database."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FaultyTransaction]:
        """A transaction."""
        decided = False
        try:
            async with super().begin() as transaction:
                yield transaction
                decided = True
        except Lost:
            if not decided:
                raise


class PostsNothing(InMemoryTransaction):
    """Leaves the outbox to somebody else."""

    def _post(self, command: AnyCommand, change: Change, version: int) -> None:
        self.store.unposted.append((command, change, version))  # type: ignore[attr-defined]


@dataclass
class PostsLater(InMemoryEventStore):
    """Events first, outbox rows in a transaction of their own."""

    unposted: list[Any] = field(default_factory=list)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[InMemoryTransaction]:
        """A transaction."""
        async with super().begin() as transaction:
            yield PostsNothing(**vars(transaction))


class PostsAfterCommit(FaultyStore):
    """Writes the outbox rows once the events are there, and may fail in between."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FaultyTransaction]:
        """A transaction, and one more."""
        async with super().begin() as transaction:
            yield transaction
        rows: list[Any] = self.store.unposted  # type: ignore[attr-defined]
        owed, rows[:] = list(rows), []

        async def post() -> None:
            for row in owed:
                InMemoryTransaction._post(transaction.transaction, *row)

        if owed:
            await self.faults.through("append", post)


class BelievesTheEngine(FaultyTransaction):
    """Lets every command of the clock pass, however early."""

    async def facts_for(self, command: Command, state: Proposal) -> Facts:
        """For the clock's own commands, facts of a year later."""
        facts = await super().facts_for(command, state)
        return replace(facts, at=facts.at + timedelta(days=365)) if command.actor == "system" else facts


class HasNoClock(FaultyStore):
    """Its transactions believe the engine."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FaultyTransaction]:
        """A transaction."""
        async with super().begin() as transaction:
            yield BelievesTheEngine(**vars(transaction))


class MarksBeforeItSends(Twin):
    """A notice counts as sent before it is."""

    def deliver(self, notice_id: int) -> Steps:
        """The wrong way round."""
        yield Call("mark_sent", notice_id)
        yield Call("send_notice", notice_id)


class CarriesRemainders(Twin):
    """Waits for what was left when it looked first, however often it looked since."""

    began: datetime | None = None

    def rest(self, until: datetime | None) -> Steps:
        """A remainder counted from the first rest, and begun anew at every one."""
        self.began = self.began or self.now
        yield from super().rest(until and self.now + (until - self.began))


class TriesOnce(Outbox):
    """A notice that could not be sent is given up for good."""

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Forget it."""
        await self.done(notice_ids)


class IsDeaf(Relay):
    """The desk's one poke must do."""

    async def deliver(self) -> int:
        """Nothing."""
        return 0

    async def reconcile(self) -> int:
        """Nothing."""
        return 0


PLANTED = {
    "no receipt is looked up": Parts(connection=ForgetsReceipts),
    "no version is expected": Parts(store=LastWriterWins),
    "a lost race is taken for a success": Parts(ledger=SwallowsConflicts),
    "the answer comes before COMMIT": Parts(connection=AnswersBeforeCommit),
    "the outbox is written after COMMIT": Parts(store=PostsLater, connection=PostsAfterCommit),
    "the engine's clock is believed": Parts(connection=HasNoClock),
    "a notice is marked before it is sent": Parts(twin=MarksBeforeItSends),
    "a notice that failed is given up": Parts(outbox=TriesOnce),
    "a deadline is carried as a remainder": Parts(twin=CarriesRemainders),
    "a lost poke is nobody's business": Parts(relay=IsDeaf),
}
