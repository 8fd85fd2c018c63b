"""Stand-ins behind the ports: a ledger in memory that keeps PostgreSQL's promises, a notifier, a mailroom."""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from activities.audit.canonical import NO_PREVIOUS, canonical, leaf_hash, parse
from activities.notices import Letter
from activities.readmodels.careers import incumbency_rows
from activities.readmodels.claims import claim_rows
from activities.store.codec import Envelope, decode, encode
from activities.store.loading import ChainBroken
from activities.store.receipts import Receipts
from activities.store.sealing import SubjectCipher
from domain.errors import CommandIdReused, OpenProposalExists, PostOccupied
from domain.ports import AnyCommand, Change, Conflict, EventStore, Receipt, Transaction
from domain.proposal.commands import Command, SystemCommand
from domain.proposal.facts import Facts
from domain.proposal.proposal import Proposal, Recorded
from domain.register.changes import evolve_units
from domain.register.facts import SEAT, Assignment
from domain.register.person import Person, fold
from tests.support.builders import CALENDAR, NOW, World

SECRET = b"0123456789abcdefghijklmnopqrstuv"
CIPHER = SubjectCipher(SECRET)


@dataclass(frozen=True)
class Stored:
    """One event in the log; its index there is its position."""

    stream_id: str
    version: int
    entry: bytes
    recorded_at: datetime

    @cached_property
    def head(self) -> str:
        """The hex hash that the next event of the stream names."""
        return leaf_hash(self.entry).hex()


@dataclass(frozen=True)
class Posted:
    """One row of the outbox."""

    stream_id: str
    kind: str
    dest: str
    body: str


@dataclass
class InMemoryEventStore:
    """Streams in memory; every call gives way to other tasks, so that races happen as they do on a server."""

    at: datetime = NOW
    log: list[Stored] = field(default_factory=list)
    receipts: dict[str, tuple[bytes, Receipt]] = field(default_factory=dict)
    outbox: list[Posted] = field(default_factory=list)
    refusals: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    numbers: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    claims: dict[tuple[Any, ...], str] = field(default_factory=dict)
    locks: dict[tuple[str, int], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[InMemoryTransaction]:
        """What was appended becomes visible at the end, all of it or nothing."""
        async with AsyncExitStack() as locks:
            transaction = InMemoryTransaction(self, locks)
            yield transaction
            transaction.commit()

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Remember a refused attempt, apart from the streams."""
        stream_id = command.stream_id if isinstance(command, Command) else None
        self.refusals.append((command.actor, type(command).__name__, stream_id, code))

    def stream(self, stream_id: str) -> list[Stored]:
        """The stream's events in version order."""
        return [stored for stored in self.log if stored.stream_id == stream_id]

    def history(self, stream_id: str) -> list[Recorded[Any]]:
        """The stream, decoded; raises HistoryUnreadable, ChainBroken."""
        found, head = [], NO_PREVIOUS
        for version, stored in enumerate(self.stream(stream_id), start=1):
            content, event = _read(stored.entry)
            if (content["prev"], content["version"]) != (head, version):
                raise ChainBroken(stream_id, version)
            found.append(Recorded(event, content["actor"], stored.recorded_at, stream_id))
            head = stored.head
        return found

    def world(self) -> World:
        """Everybody and every unit, as of now."""
        streams = dict.fromkeys(stored.stream_id for stored in self.log)
        people = {
            stream_id.removeprefix("person/"): fold(recorded.event for recorded in self.history(stream_id))
            for stream_id in streams
            if stream_id.startswith("person/")
        }
        units: Any = {}
        for stream_id in streams:
            if stream_id.startswith("organisation/"):
                for recorded in self.history(stream_id):
                    units = evolve_units(units, recorded.event)
        return World(people, units, self.at)


@dataclass
class InMemoryTransaction:
    """One transaction: what it loaded must still be so when it appends."""

    store: InMemoryEventStore
    locks: AsyncExitStack
    versions: dict[str, int] = field(default_factory=dict)
    numbered: dict[tuple[str, int], int] = field(default_factory=dict)
    staged: tuple[AnyCommand, Sequence[Change], Receipt] | None = None

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """The answer given before; raises CommandIdReused."""
        await asyncio.sleep(0)
        found = self.store.receipts.get(command.command_id)
        if found is None:
            return None
        if found[0] != Receipts(SECRET).request_hash(command):
            raise CommandIdReused(command_id=command.command_id)
        return found[1].model_copy(update={"repeated": True})

    async def load(self, stream_id: str) -> list[Recorded[Any]]:
        """The stream's events in version order."""
        await asyncio.sleep(0)
        history = self.store.history(stream_id)
        self.versions[stream_id] = len(history)
        return history

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Each person, folded from the stream."""
        return {
            subject: fold(recorded.event for recorded in await self.load(f"person/{subject}")) for subject in subjects
        }

    async def facts_for(self, command: Command, state: Proposal) -> Facts:
        """All that the decision may look at."""
        world = self.store.world()
        await self.people(list(world.people))
        return world.facts(command, state)

    async def number(self, matter: str) -> str:
        """The next id of the series; others wait for it until this transaction ends."""
        year = CALENDAR.local_date(self.store.at).year
        series = ({"promotion": "KP", "rotation": "MT"}[matter], year)
        await self.locks.enter_async_context(self.store.locks[series])
        self.numbered[series] = self.store.numbers[series] + 1
        return f"{series[0]}-{series[1]}-{self.numbered[series]:06d}"

    async def now(self) -> datetime:
        """The store's clock."""
        return self.store.at

    async def append(self, command: AnyCommand, changes: Sequence[Change]) -> Receipt:
        """Stage everything; the rules over the set of all streams are checked first, as the database does."""
        await asyncio.sleep(0)
        self._check_claims(changes)
        self._check_incumbents(changes)
        self._check_versions(command, changes)
        if changes:
            first = changes[0]
            before = self.versions[first.stream_id]
            place = (first.stream_id, before + 1, before + len(first.events), "recorded")
        else:
            place = ((command.stream_id if isinstance(command, Command) else None) or "register", 0, 0, "noop")
        stream_id, first_version, last_version, outcome = place
        receipt = Receipt(
            command_id=command.command_id,
            stream_id=stream_id,
            first_version=first_version,
            last_version=last_version,
            outcome=outcome,
            recorded_at=self.store.at,
        )
        self.staged = (command, changes, receipt)
        return receipt

    def commit(self) -> None:
        """Write what was staged, unless another transaction came first."""
        if self.staged is None:
            return
        command, changes, receipt = self.staged
        self._check_versions(command, changes)
        for change in changes:
            self._write(command, change)
        self.store.receipts[command.command_id] = (Receipts(SECRET).request_hash(command), receipt)
        self.store.numbers |= self.numbered

    def _check_versions(self, command: AnyCommand, changes: Sequence[Change]) -> None:
        moved = [c for c in changes if len(self.store.stream(c.stream_id)) != self.versions.get(c.stream_id)]
        if moved or command.command_id in self.store.receipts:
            raise Conflict

    def _check_claims(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.stream_id.startswith("proposal/"):
                for row in claim_rows(change.after):
                    other = self.store.claims.get(_claim(row), row["proposal_id"])
                    if other != row["proposal_id"]:
                        raise OpenProposalExists(proposal_id=other)

    def _check_incumbents(self, changes: Sequence[Change]) -> None:
        changed = {c.stream_id.removeprefix("person/"): c.after for c in changes if c.stream_id.startswith("person/")}
        seats: dict[str, list[Any]] = defaultdict(list)
        for person in {**self.store.world().people, **changed}.values() if changed else ():
            for row in incumbency_rows(person):
                if row["post"].startswith(SEAT) and row["assignment"] == Assignment.DEFINITIVE:
                    seats[row["post"]].append(row["during"])
        if any(one.overlaps(other) for held in seats.values() for one, other in itertools.combinations(held, 2)):
            raise PostOccupied

    def _write(self, command: AnyCommand, change: Change) -> None:
        before = self.store.stream(change.stream_id)
        version, prev = len(before), before[-1].head if before else NO_PREVIOUS
        cipher = CIPHER if change.stream_id.startswith("proposal/") else None
        for event in change.events:
            version += 1
            envelope = Envelope(
                stream_id=change.stream_id,
                version=version,
                event_id=str(uuid.uuid4()),
                agency=change.agency,
                recorded_at=self.store.at,
                actor=command.actor,
                command_id=command.command_id,
                shown_version=getattr(command, "expected_version", None),
                rule_refs=[],
            )
            stored = encode(event, envelope, prev, cipher)
            self.store.log.append(Stored(change.stream_id, version, stored.entry, self.store.at))
            prev = stored.leaf_hash.hex()
        self._post(command, change, version)

    def _post(self, command: AnyCommand, change: Change, version: int) -> None:
        if not change.stream_id.startswith("proposal/"):
            return
        gone = [claim for claim, proposal in self.store.claims.items() if f"proposal/{proposal}" == change.stream_id]
        for claim in gone:
            del self.store.claims[claim]
        self.store.claims |= {_claim(row): row["proposal_id"] for row in claim_rows(change.after)}
        if not isinstance(command, SystemCommand):
            body = json.dumps({"version": version, "matter": change.after.case.matter.matter})
            self.store.outbox.append(Posted(change.stream_id, "poke", change.stream_id, body))
        for _, notice in change.notices:
            self.store.outbox.append(Posted(change.stream_id, "notice", notice.desk, notice.model_dump_json()))


@lru_cache(maxsize=1024)
def _read(entry: bytes) -> tuple[dict[str, Any], Any]:
    """An entry's content and its event. Streams are read again and again, and events never change."""
    content = parse(entry)
    return content, decode(content)


def _claim(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["subject_ref"], row["matter"], row["target_tmt"]


def unknown_entry(stream_id: str, version: int, prev: str, event_type: str, schema_version: int) -> bytes:
    """An entry as a newer version of the service might have written it."""
    return canonical(
        {
            "actor": "system",
            "data": {},
            "prev": prev,
            "schema_version": schema_version,
            "stream": stream_id,
            "type": event_type,
            "version": version,
        }
    )


@dataclass
class ContestedStore:
    """A store in which others come first for some times."""

    store: EventStore
    lost: int
    begun: int = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Do all the work, and lose the race at its end."""
        self.begun += 1
        async with self.store.begin() as transaction:
            yield transaction
            if self.begun <= self.lost:
                raise Conflict

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Pass it on."""
        await self.store.refused(command, code)


@dataclass
class OvertakenStore:
    """A store in which somebody else commits between our decision and our append, once."""

    store: EventStore
    other: Callable[[], Awaitable[object]]
    met: bool = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A transaction whose append comes too late the first time."""
        async with self.store.begin() as transaction:
            yield transaction if self.met else _TooLate(transaction, self)

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Pass it on."""
        await self.store.refused(command, code)


@dataclass
class _TooLate:
    transaction: Transaction
    by: OvertakenStore

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transaction, name)

    async def append(self, command: AnyCommand, changes: Sequence[Change]) -> Receipt:
        """Let the other come first, then try."""
        self.by.met = True
        await self.by.other()
        return await self.transaction.append(command, changes)


@dataclass
class TwinStore:
    """A store in which the same command is recorded by somebody else right after we found no receipt of it."""

    store: EventStore
    twin: Callable[[], Awaitable[object]]
    met: bool = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A transaction that is overtaken once."""
        async with self.store.begin() as transaction:
            yield transaction if self.met else _Overtaken(transaction, self)

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Pass it on."""
        await self.store.refused(command, code)


@dataclass
class _Overtaken:
    transaction: Transaction
    by: TwinStore

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transaction, name)

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """Look, then let the twin come first."""
        found = await self.transaction.receipt(command)
        self.by.met = True
        await self.by.twin()
        return found


@dataclass
class FakeNotifier:
    """Keeps what was sent, once per message id; `away` is how many tries fail first."""

    sent: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    away: int = 0

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Deliver once per message id; raises ConnectionError while away."""
        if self.away:
            self.away -= 1
            raise ConnectionError
        self.sent.setdefault(message_id, (address, subject, text))


@dataclass
class FakeMailroom:
    """Notices by number, each with its letters."""

    owed: dict[int, list[Letter]] = field(default_factory=dict)
    deferred: list[tuple[int, timedelta]] = field(default_factory=list)

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """None when it is sent already."""
        return self.owed.get(notice_id, [])

    async def done(self, notice_ids: Sequence[int]) -> None:
        """Forget them."""
        for notice_id in notice_ids:
            self.owed.pop(notice_id, None)

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Remember to try again."""
        self.deferred += [(notice_id, delay) for notice_id in notice_ids]
