"""The PostgreSQL event store: one transaction per command, answered after COMMIT."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import uuid_utils
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.store.appending import Appending, append
from activities.store.codec import Cipher, Envelope, encode, free_text
from activities.store.driver import fetch, ledger_now, pipelined
from activities.store.faults import refusal_of
from activities.store.loading import Stream, load
from activities.store.receipts import Receipts
from activities.store.sealing import KeyRing
from activities.store.tables import refused_attempts
from domain.calendar import WorkingCalendar
from domain.ports import AnyCommand, Change, Receipt
from domain.proposal.commands import Command
from domain.proposal.facts import Facts
from domain.proposal.proposal import Proposal, Recorded
from domain.register.person import Person, fold

NEXT_NUMBER = """
    INSERT INTO proposal_numbers (series, year, last) VALUES (%(series)s, %(year)s, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = proposal_numbers.last + 1 RETURNING last
"""


LOOK = """
    SELECT look.at, r.command_id, r.request_hash, r.first_version, r.last_version, r.outcome,
           r.stream_id AS receipt_stream, r.recorded_at AS receipt_at,
           e.stream_id, e.version, e.entry, e.leaf_hash, e.recorded_at
    FROM (SELECT ledger_now() AS at) look
    LEFT JOIN command_receipts r ON r.command_id = %(command_id)s
    LEFT JOIN events e ON e.stream_id = %(stream_id)s
    ORDER BY e.version
"""


class Projecting(Protocol):
    """A read model that is written in the same transaction as its events."""

    async def apply(self, connection: AsyncConnection, changes: Sequence[Change]) -> None:
        """Write the difference that the changes make."""


class Gathering(Protocol):
    """Collects what a decision may look at."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The office's calendar."""

    async def facts_for(
        self, connection: AsyncConnection, transaction: PostgresTransaction, command: Command, state: Proposal
    ) -> Facts:
        """The facts, at the transaction's instant."""


@dataclass(frozen=True)
class PostgresEventStore:
    """Streams in PostgreSQL, under an engine whose isolation is READ COMMITTED."""

    engine: AsyncEngine
    keys: KeyRing
    projections: Sequence[Projecting]
    gathering: Gathering

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[PostgresTransaction]:
        """Open a transaction; a lost race becomes Conflict, a violated set-wide rule its refusal."""
        async with self.engine.connect() as connection:
            await connection.begin()
            try:
                yield PostgresTransaction(connection, self)
            except DBAPIError as error:
                await connection.rollback()
                raise await refusal_of(error, connection) from error
            await connection.commit()

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Remember a refused attempt; it stays outside the streams."""
        async with self.engine.begin() as connection:
            at = await ledger_now(connection)
            stream_id = command.stream_id if isinstance(command, Command) else None
            await connection.execute(
                insert(refused_attempts).values(
                    at=at, actor_ref=command.actor, command=type(command).__name__, stream_id=stream_id, code=code
                )
            )


@dataclass
class PostgresTransaction:
    """One transaction, on one connection."""

    connection: AsyncConnection
    store: PostgresEventStore
    streams: dict[str, Stream] = field(default_factory=dict)
    looked_at: dict[str, list[Any]] = field(default_factory=dict)
    at: datetime | None = None

    async def now(self) -> datetime:
        """The database's time, read once: every fact of one command has one instant."""
        if self.at is None:
            self.at = await ledger_now(self.connection)
        return self.at

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """The answer given before, whatever has happened to the stream since.

        The same round trip brings the instant and the stream's rows, which nearly every command needs next.
        """
        stream_id = _stream_of(command)
        rows = await fetch(self.connection, LOOK, {"command_id": command.command_id, "stream_id": stream_id})
        if rows[0].request_hash is not None:
            return Receipts(self.store.keys.vault_key).answer(rows[0], command)
        self.at = rows[0].at
        self.looked_at[stream_id] = [row for row in rows if row.version]
        return None

    async def load(self, stream_id: str) -> list[Recorded[Any]]:
        """The stream's events in version order; a broken chain is never decided on."""
        if stream_id in self.looked_at:
            self.streams[stream_id] = Stream.of(self.looked_at[stream_id])
        else:
            self.streams |= await load(self.connection, [stream_id])
        return self.streams[stream_id].history

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Each person, folded from the stream; someone unknown is a Person without a subject."""
        loaded = await load(self.connection, [f"person/{subject}" for subject in subjects])
        self.streams |= loaded
        return {
            subject: fold(recorded.event for recorded in loaded[f"person/{subject}"].history) for subject in subjects
        }

    async def facts_for(self, command: Command, state: Proposal) -> Facts:
        """All that the decision may look at."""
        await self.now()
        return await self.store.gathering.facts_for(self.connection, self, command, state)

    async def number(self, matter: str) -> str:
        """The next id of the series; the row lock is held until the transaction ends, so no number is lost."""
        series = {"promotion": "KP", "rotation": "MT"}[matter]
        year = self.store.gathering.calendar.local_date(await self.now()).year
        [row] = await fetch(self.connection, NEXT_NUMBER, {"series": series, "year": year})
        return f"{series}-{year}-{row.last:06d}"

    async def append(self, command: AnyCommand, changes: Sequence[Change]) -> Receipt:
        """Projections first, then events, receipt and outbox in one statement, whose counter row is taken last.

        All of it is one flight: no statement waits for the answer to the one before.
        """
        at = await self.now()
        appending = Appending(command, at, Receipts(self.store.keys.vault_key).request_hash(command))
        for change in changes:
            await self._encode(appending, change)
        async with pipelined(self.connection):
            for projection in self.store.projections:
                await projection.apply(self.connection, changes)
            return await append(self.connection, appending, fallback_stream=_stream_of(command))

    async def _encode(self, appending: Appending, change: Change) -> None:
        stream = self.streams[change.stream_id]
        version, prev = stream.version, stream.head
        cipher = await self._cipher(change)
        for event in change.events:
            version += 1
            envelope = Envelope(
                stream_id=change.stream_id,
                version=version,
                event_id=str(uuid.UUID(bytes=uuid_utils.uuid7().bytes)),
                agency=change.agency,
                recorded_at=appending.at,
                actor=appending.command.actor,
                command_id=appending.command.command_id,
                shown_version=getattr(appending.command, "expected_version", None),
                rule_refs=_rule_refs(event),
            )
            entry = encode(event, envelope, prev, cipher)
            appending.add_event(event, envelope, entry)
            prev = entry.leaf_hash.hex()
        appending.add_stream(change, version, prev)

    async def _cipher(self, change: Change) -> Cipher | None:
        if not change.stream_id.startswith("proposal/"):
            return None
        if not any(getattr(event, name) for event in change.events for name in free_text(event.__class__)):
            return None
        subject = change.after.case.matter.subjects[0]
        return await self.store.keys.cipher(self.connection, subject)


def _rule_refs(event: Any) -> list[str]:
    assessment = getattr(event, "assessment", None)
    if assessment is None:
        return []
    articles = {f"{f.legal_basis.regulation} {f.legal_basis.article}".strip() for f in assessment.findings}
    return [f"rulebook {assessment.rulebook_version}", *sorted(articles)]


def _stream_of(command: AnyCommand) -> str:
    stream_id = command.stream_id if isinstance(command, Command) else None
    return stream_id or "register"
