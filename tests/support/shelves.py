"""Shelves: a ledger on a store, and what a test may look up in it; one in memory, one in PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.audit.canonical import leaf_hash
from activities.ledger import Ledger
from activities.wiring import Backbone
from domain.errors import DomainError
from domain.ports import EventStore, Receipt
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from tests.support.builders import NOW
from tests.support.fakes import InMemoryEventStore, Stored, unknown_entry
from tests.support.people import AGENCY, HEAD, SOURCE, STAFF, UNITS, everybody
from tests.support.story import Office


class Shelf(Protocol):
    """A ledger on a store, and what a test may look up in it."""

    store: EventStore
    ledger: Ledger

    async def provide(self, subjects: list[str]) -> None:
        """Keys for people."""

    async def types(self, stream_id: str) -> list[str]:
        """Event types of a stream, in version order."""

    async def size(self) -> int:
        """What the position counter says."""

    async def positions(self) -> list[int]:
        """Every position in the log."""

    async def receipts(self) -> dict[str, str]:
        """Command ids with their outcome."""

    async def posted(self, stream_id: str) -> list[tuple[str, str]]:
        """Kind and destination of the stream's outbox rows."""

    async def refused(self) -> list[tuple[str, str, str | None, str]]:
        """Actor, command, stream and code of refused attempts."""

    async def plant(self, stream_id: str, event_type: str, schema_version: int) -> None:
        """Add an event that another version of the service might have written."""

    async def set_clock(self, at: datetime) -> None:
        """Move the store's clock."""


@dataclass
class FakeShelf:
    """The fake."""

    store: InMemoryEventStore = field(default_factory=InMemoryEventStore)

    @property
    def ledger(self) -> Ledger:
        """A ledger on it."""
        return Ledger(self.store)

    async def provide(self, subjects: list[str]) -> None:
        """The fake seals under one key."""

    async def types(self, stream_id: str) -> list[str]:
        """Event types of a stream."""
        return [type(recorded.event).event_type for recorded in self.store.history(stream_id)]

    async def size(self) -> int:
        """The length of the log."""
        return len(self.store.log)

    async def positions(self) -> list[int]:
        """Indexes of the log."""
        return list(range(len(self.store.log)))

    async def receipts(self) -> dict[str, str]:
        """Command ids with their outcome."""
        return {command_id: receipt.outcome for command_id, (_, receipt) in self.store.receipts.items()}

    async def posted(self, stream_id: str) -> list[tuple[str, str]]:
        """Kind and destination."""
        return [(row.kind, row.dest) for row in self.store.outbox if row.stream_id == stream_id]

    async def refused(self) -> list[tuple[str, str, str | None, str]]:
        """Refused attempts."""
        return self.store.refusals

    async def plant(self, stream_id: str, event_type: str, schema_version: int) -> None:
        """Add an unknown event."""
        before = self.store.stream(stream_id)
        entry = unknown_entry(stream_id, len(before) + 1, before[-1].head, event_type, schema_version)
        self.store.log.append(Stored(stream_id, len(before) + 1, entry, self.store.at))

    async def set_clock(self, at: datetime) -> None:
        """Move the clock."""
        self.store.at = at


@dataclass
class PostgresShelf:
    """The real thing; `owner` is the schema owner's engine."""

    parts: Backbone
    owner: AsyncEngine

    @property
    def store(self) -> Any:
        """The store under test."""
        return self.parts.store

    @property
    def ledger(self) -> Ledger:
        """The ledger on it."""
        return self.parts.ledger

    async def provide(self, subjects: list[str]) -> None:
        """Keys for people."""
        async with self.parts.store.engine.begin() as connection:
            await self.parts.keys.provide(connection, subjects)

    async def ask(self, query: str, **values: Any) -> list[Any]:
        """Rows of a query, asked by the owner."""
        async with self.owner.connect() as connection:
            return list(await connection.execute(text(query), values))

    async def types(self, stream_id: str) -> list[str]:
        """Event types of a stream."""
        rows = await self.ask("SELECT type FROM events WHERE stream_id = :stream ORDER BY version", stream=stream_id)
        return [row.type for row in rows]

    async def size(self) -> int:
        """The counter."""
        return (await self.ask("SELECT size FROM log_head"))[0].size

    async def positions(self) -> list[int]:
        """Every position."""
        return [row.position for row in await self.ask("SELECT position FROM events ORDER BY position")]

    async def receipts(self) -> dict[str, str]:
        """Command ids with their outcome."""
        return {row.command_id: row.outcome for row in await self.ask("SELECT * FROM command_receipts")}

    async def posted(self, stream_id: str) -> list[tuple[str, str]]:
        """Kind and destination."""
        rows = await self.ask("SELECT kind, dest FROM outbox WHERE stream_id = :stream ORDER BY id", stream=stream_id)
        return [(row.kind, row.dest) for row in rows]

    async def refused(self) -> list[tuple[str, str, str | None, str]]:
        """Refused attempts."""
        rows = await self.ask("SELECT actor_ref, command, stream_id, code FROM refused_attempts ORDER BY id")
        return [tuple(row) for row in rows]

    async def plant(self, stream_id: str, event_type: str, schema_version: int) -> None:
        """Add an unknown event, as the owner may."""
        row = (await self.ask("SELECT version, head_hash FROM streams WHERE stream_id = :s", s=stream_id))[0]
        version = row.version + 1
        entry = unknown_entry(stream_id, version, bytes(row.head_hash).hex(), event_type, schema_version)
        async with self.owner.begin() as connection:
            await connection.execute(
                text(
                    "WITH head AS (UPDATE log_head SET size = size + 1 RETURNING size - 1 AS position), stream AS "
                    "(UPDATE streams SET version = :version, head_hash = :hash WHERE stream_id = :stream) "
                    "INSERT INTO events SELECT position, :stream, :version, gen_random_uuid(), :type, :schema, 'DEMO', "
                    "NULL, now(), 'system', 'planted', :entry, :hash FROM head"
                ),
                {
                    "stream": stream_id,
                    "version": version,
                    "type": event_type,
                    "schema": schema_version,
                    "entry": entry,
                    "hash": leaf_hash(entry),
                },
            )

    async def set_clock(self, at: datetime) -> None:
        """Move the ledger's clock."""
        async with self.owner.begin() as connection:
            await connection.execute(text("UPDATE ledger_clock SET ahead = ahead + (:at - ledger_now())"), {"at": at})


async def settle_in(shelf: Shelf, people: list[PersonFacts] | None = None) -> Office:
    """Units and people of the invented office, on the day of the situations; its story goes on from here."""
    people = people or everybody()
    await shelf.set_clock(NOW)
    await shelf.provide([person.subject for person in people])
    shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    await shelf.ledger.record(ImportUnits(command_id="import-units", units=UNITS, **shared))
    await shelf.ledger.record(ImportPeople(command_id="import-people", people=people, **shared))
    return Office(shelf)  # type: ignore[arg-type] - it only records


async def answers(*recording: Any) -> list[Receipt | DomainError]:
    """What each of several commands given at once is answered; anything but a refusal is an error of the test."""
    found = await asyncio.gather(*recording, return_exceptions=True)
    assert not [answer for answer in found if not isinstance(answer, Receipt | DomainError)], found
    return found  # type: ignore[return-value]


def draft(command_id: str, subject: str = STAFF, proposer: str = HEAD, **more: Any) -> c.CreateDraft:
    """A draft for somebody."""
    asked = c.PromotionAsked(subject=subject, **more)
    return c.CreateDraft(command_id=command_id, actor=proposer, agency=AGENCY, asked=asked)
