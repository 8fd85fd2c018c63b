"""Positions have no holes and appear in order, so a reader of `position > last` misses nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ledger import Ledger
from domain.ports import AnyCommand, EventStore
from domain.register.changes import ImportPeople, PersonFacts
from domain.register.facts import RatingGiven
from domain.vocabulary import Rating
from tests.support.people import AGENCY, SOURCE, ref
from tests.support.shelves import PostgresShelf

WRITERS = 6
COMMANDS = 40
"""For each writer; every fifth is rolled back after its append."""


class Crashed(Exception):
    """The process died before COMMIT."""


@dataclass
class CrashingStore:
    """Every fifth transaction dies between its append and COMMIT, while it holds its position."""

    store: EventStore
    numbers: itertools.count[int]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A transaction that may be the fifth."""
        async with self.store.begin() as transaction:
            yield transaction
            if next(self.numbers) % 5 == 0:
                await asyncio.sleep(0.002)
                raise Crashed

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Pass it on."""
        await self.store.refused(command, code)


def rated(writer: int, number: int) -> ImportPeople:
    """One more rating for the writer's own person."""
    fact = RatingGiven(valid_from=date(1900 + number, 1, 1), year=1900 + number, rating=Rating.BAIK)
    return ImportPeople(
        command_id=f"tail-{writer}-{number}",
        actor="import",
        agency=AGENCY,
        source=SOURCE,
        people=[PersonFacts(subject=ref(500 + writer), facts=[fact])],
    )


async def write(ledger: Ledger, writer: int) -> int:
    """Record all of a writer's commands once; the answer is how many died before COMMIT."""
    crashes = 0
    for number in range(COMMANDS):
        try:
            await ledger.record(rated(writer, number))
        except Crashed:
            crashes += 1
    return crashes


async def tail(engine: AsyncEngine, stop: asyncio.Event) -> list[int]:
    """Every position as a reader sees it that only ever asks for what is later than the last."""
    seen: list[int] = []
    async with engine.connect() as connection:
        while True:
            last_look = stop.is_set()
            rows = await connection.execute(
                text("SELECT position FROM events WHERE position > :last ORDER BY position"),
                {"last": seen[-1] if seen else -1},
            )
            seen += rows.scalars()
            if last_look:
                return seen
            await asyncio.sleep(0)


async def test_a_tailing_reader_misses_nothing_while_writers_race_and_crash(real: PostgresShelf) -> None:
    """What it saw, in the order it saw it, is the whole log without a hole."""
    stop = asyncio.Event()
    reading = asyncio.create_task(tail(real.parts.reads, stop))
    ledger = Ledger(CrashingStore(real.store, itertools.count(1)))
    crashes = await asyncio.gather(*(write(ledger, writer) for writer in range(WRITERS)))
    stop.set()
    seen = await reading

    assert sum(crashes) >= WRITERS * COMMANDS // 6
    assert seen == list(range(await real.size()))
    assert seen == await real.positions()


OVERTAKING = """
CREATE TABLE by_sequence (id bigserial PRIMARY KEY);
CREATE TABLE by_counter (id bigint PRIMARY KEY);
CREATE TABLE counter (size bigint);
INSERT INTO counter VALUES (0);
"""
NUMBERED = {
    "by_sequence": "INSERT INTO by_sequence DEFAULT VALUES",
    "by_counter": "WITH head AS (UPDATE counter SET size = size + 1 RETURNING size) "
    "INSERT INTO by_counter SELECT size FROM head",
}


async def overtaken(engine: AsyncEngine, table: str) -> list[int]:
    """What a tailing reader saw, when a second writer begins and wants to commit before the first one does."""
    seen: list[int] = []

    async def look() -> None:
        async with engine.connect() as connection:
            query = text(f"SELECT id FROM {table} WHERE id > :last ORDER BY id")
            seen.extend((await connection.execute(query, {"last": seen[-1] if seen else 0})).scalars())

    async def second() -> None:
        async with engine.begin() as connection:
            await connection.execute(text(NUMBERED[table]))

    async with engine.begin() as first:
        await first.execute(text(NUMBERED[table]))
        overtaking = asyncio.create_task(second())
        await asyncio.wait([overtaking], timeout=0.3)
        await look()
    await overtaking
    await look()
    return seen


async def test_a_sequence_would_lose_what_is_overtaken(real: PostgresShelf) -> None:
    """The positive control: behind a sequence the same reader misses an event for ever, behind a counter none."""
    async with real.owner.begin() as connection:
        await connection.execute(text(OVERTAKING))
    try:
        assert await overtaken(real.owner, "by_sequence") == [2]
        assert await overtaken(real.owner, "by_counter") == [1, 2]
    finally:
        async with real.owner.begin() as connection:
            await connection.execute(text("DROP TABLE by_sequence, by_counter, counter"))
