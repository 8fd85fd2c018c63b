"""The ports of ledger, worker and relay over the event store in memory, each reached through the faults."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from activities.notices import Letter
from domain.errors import ProposalUnknown
from domain.ports import AnyCommand, Change, Receipt
from domain.proposal.brief import Brief, Owed, brief
from domain.proposal.commands import Command
from domain.proposal.facts import Facts
from domain.proposal.proposal import Nothing, Proposal, Recorded, fold
from domain.register.person import Person
from tests.faults.lab.simulation.faults import Faults, Lost
from tests.support.builders import NOW
from tests.support.fakes import InMemoryEventStore, InMemoryTransaction
from workflows.census import CaseKey, Standing
from workflows.relay import Starting

OVERDUE, LATE_NOTICE = timedelta(minutes=2), timedelta(minutes=15)
"""As the case index has them."""


@dataclass(frozen=True)
class FaultyStore:
    """The event store, behind a connection that may break at every call and on COMMIT."""

    store: InMemoryEventStore
    faults: Faults

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FaultyTransaction]:
        """A transaction."""
        await self.faults.through("begin", self._connect)
        async with self.store.begin() as transaction:
            yield FaultyTransaction(transaction, self.faults)

            async def commit() -> None:
                transaction.commit()
                transaction.staged = None

            if transaction.staged:
                await self.faults.through("commit", commit)

    async def refused(self, command: AnyCommand, code: str) -> None:
        """A refused attempt."""
        await self.faults.through("refused", partial(self.store.refused, command, code))

    async def _connect(self) -> None:
        """The connection comes from a pool."""


@dataclass(frozen=True)
class FaultyTransaction:
    """Its calls."""

    transaction: InMemoryTransaction
    faults: Faults

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """The answer given before."""
        return await self.faults.through("receipt", partial(self.transaction.receipt, command))

    async def load(self, stream_id: str) -> list[Recorded[Any]]:
        """The stream's events."""
        return await self.faults.through("load", partial(self.transaction.load, stream_id))

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """The people."""
        return await self.faults.through("load", partial(self.transaction.people, subjects))

    async def facts_for(self, command: Command, state: Proposal) -> Facts:
        """The facts."""
        return await self.faults.through("facts", partial(self.transaction.facts_for, command, state))

    async def number(self, matter: str) -> str:
        """The next id."""
        return await self.faults.through("load", partial(self.transaction.number, matter))

    async def append(self, command: AnyCommand, changes: Sequence[Change]) -> Receipt:
        """The append."""
        return await self.faults.through("append", partial(self.transaction.append, command, changes))

    async def now(self) -> datetime:
        """The ledger's time."""
        return await self.transaction.now()


@dataclass(frozen=True)
class Message:
    """A row of the outbox."""

    id: int
    kind: str
    stream_id: str
    dest: str
    body: dict[str, Any]


@dataclass
class Outbox:
    """What became of the rows that the store wrote: pokes for the relay, notices for the worker."""

    store: InMemoryEventStore
    faults: Faults
    delivered: set[int] = field(default_factory=set)
    deferred: dict[int, Owed] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    def written(self, kind: str) -> list[Message]:
        """All rows of a kind, oldest first."""
        for row in self.store.outbox[len(self.messages) :]:
            number = len(self.messages) + 1
            self.messages.append(Message(number, row.kind, row.stream_id, row.dest, json.loads(row.body)))
        return [message for message in self.messages if message.kind == kind]

    def rows(self, kind: str, stream_id: str | None = None) -> list[Message]:
        """Rows of a kind, or of one stream only, that are not delivered yet."""
        waiting = [row for row in self.written(kind) if row.id not in self.delivered]
        return [row for row in waiting if stream_id in (None, row.stream_id)]

    def owed(self, stream_id: str) -> list[Owed]:
        """Notices of a stream, the next one first."""
        owed = [self._owed(row.id) for row in self.rows("notice", stream_id)]
        return sorted(owed, key=lambda each: (each.not_before, each.notice_id))

    async def waiting(self, kind: str, limit: int) -> Sequence[Message]:
        """The oldest rows."""

        async def read() -> list[Message]:
            return self.rows(kind)[:limit]

        return await self.faults.through("waiting", read)

    async def poked(self, stream_id: str, version: int) -> None:
        """Pokes of the stream up to the version have arrived."""

        async def mark() -> None:
            self.delivered |= {row.id for row in self.rows("poke", stream_id) if row.body["version"] <= version}

        await self.faults.through("poked", mark)

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """The notice made out to everybody at its desk: two at a role's, one at any other."""

        async def read() -> list[Letter]:
            return [letter for row in self.rows("notice") if row.id == notice_id for letter in made_out(row)]

        return await self.faults.through("letters", read)

    async def done(self, notice_ids: Sequence[int]) -> None:
        """These went out."""

        async def mark() -> None:
            self.delivered |= set(notice_ids)

        await self.faults.through("mark", mark)

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Try these again later."""

        async def write() -> None:
            for number in notice_ids:
                later, attempt = self.store.at + delay, self._owed(number).attempt + 1
                self.deferred[number] = Owed(notice_id=number, not_before=later, attempt=attempt)

        await self.faults.through("defer", write)

    def _owed(self, number: int) -> Owed:
        return self.deferred.get(number, Owed(notice_id=number, not_before=NOW))


def made_out(row: Message) -> list[Letter]:
    """The letters of a notice."""
    holders = (1, 2) if row.dest.startswith("role/") else (1,)
    subject, text = row.body["template"], f"{row.body['proposal_id']} {row.body['step']}"
    return [
        Letter(message_id=f"notice/{row.id}/{holder}", address=f"{row.dest}/{holder}", subject=subject, text=text)
        for holder in holders
    ]


@dataclass
class Mailbox:
    """Every letter that arrived, in all its copies."""

    faults: Faults
    away: bool = False
    arrived: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Take one; raises Lost while the channel is away."""

        async def take() -> None:
            if self.away:
                raise Lost
            self.arrived[message_id].append((address, subject, text))

        await self.faults.through("notify", take)


@dataclass(frozen=True)
class Briefs:
    """The brief, and the case index made of briefs."""

    store: InMemoryEventStore
    outbox: Outbox
    faults: Faults

    def now(self, proposal_id: str) -> Brief:
        """The brief as of now; raises ProposalUnknown."""
        stream_id = f"proposal/{proposal_id}"
        state = fold(self.store.history(stream_id))
        if isinstance(state, Nothing):
            raise ProposalUnknown(proposal_id=proposal_id)
        return brief(state, self.outbox.owed(stream_id))

    async def brief(self, proposal_id: str) -> Brief:
        """The brief, for the worker."""

        async def read() -> Brief:
            return self.now(proposal_id)

        return await self.faults.through("brief", read)

    async def open_cases(self) -> list[Standing]:
        """Every case that must have a workflow."""

        async def read() -> list[Standing]:
            return [Standing(b.proposal_id, b.matter, b.stage, b.unit, b.due_at) for b in self._all() if b.open]

        return await self.faults.through("index", read)

    async def overdue_cases(self) -> list[CaseKey]:
        """Every case with an instant or a notice long past."""

        async def read() -> list[CaseKey]:
            return [(b.proposal_id, b.matter) for b in self._all() if self._is_late(b)]

        return await self.faults.through("index", read)

    def _is_late(self, told: Brief) -> bool:
        late_notice = any(owed.not_before < self.store.at - LATE_NOTICE for owed in told.owed)
        return late_notice or any(due.at < self.store.at - OVERDUE for due in told.dues)

    def _all(self) -> list[Brief]:
        streams = dict.fromkeys(stored.stream_id for stored in self.store.log)
        return [self.now(stream.removeprefix("proposal/")) for stream in streams if stream.startswith("proposal/")]


@dataclass(frozen=True)
class Wire:
    """Between a caller and the engine."""

    engine: Starting
    faults: Faults

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """A poke, which may be lost, arrive twice or late."""
        await self.faults.through("poke", partial(self.engine.poke, proposal_id, matter, version))

    async def restart(self, proposal_id: str, matter: str) -> None:
        """Likewise."""
        await self.faults.through("poke", partial(self.engine.restart, proposal_id, matter))
