"""The floors: the least that a durable decision, and a reading of the log, can cost on this machine."""

from __future__ import annotations

import functools
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]

CASES = 1_000
"""Rows of `proposal`, made below."""
ENTRY = os.urandom(1_200)
"""As long as the two entries of one consent."""
TABLES = """
    CREATE TABLE event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream int, version int, entry bytea,
                        UNIQUE (stream, version));
    CREATE TABLE proposal (id int PRIMARY KEY, version int);
    CREATE TABLE inbox (proposal_id int, step int, PRIMARY KEY (proposal_id, step));
    INSERT INTO proposal SELECT id, 0 FROM generate_series(0, 999) id;
    INSERT INTO inbox SELECT id, 0 FROM proposal;
"""
APPEND = """
    WITH moved AS (UPDATE proposal SET version = $2 WHERE id = $1),
         gone AS (DELETE FROM inbox WHERE proposal_id = $1 AND step = $2 - 1),
         come AS (INSERT INTO inbox VALUES ($1, $2))
    INSERT INTO event (stream, version, entry) VALUES ($1, $2, $3)
"""
PAGE = 2_000
SELECT = "SELECT * FROM events WHERE position > $1 ORDER BY position LIMIT $2"
Client = Callable[[tuple[int, int]], Awaitable[object]]


class Floor:
    """One statement appends an event, moves the case and its inbox row, and is durable when it answers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count()

    async def make(self) -> None:
        """Create the tables in a database of their own."""
        connection = await asyncpg.connect(self._url)
        await connection.execute(TABLES)
        await connection.close()

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Client]]:
        """As many clients on connections of their own, each statement prepared."""
        connections = [await asyncpg.connect(self._url) for _ in range(count)]
        yield [functools.partial(_append, connection) for connection in connections]
        for connection in connections:
            await connection.close()

    def work(self, count: int) -> list[tuple[int, int]]:
        """As many (case, version) as asked for, none twice."""
        return [(n % CASES, n // CASES + 1) for n in itertools.islice(self._numbers, count)]


async def _append(connection: asyncpg.Connection, piece: tuple[int, int]) -> None:
    await connection.execute(APPEND, *piece, ENTRY)


async def read_log(url: str) -> float:
    """Events a second when the whole log is read in the order of positions, page by page, and nothing is done."""
    connection = await asyncpg.connect(url)
    begun, after = time.perf_counter(), -1
    while page := await connection.fetch(SELECT, after, PAGE):
        after = page[-1]["position"]
    seconds = time.perf_counter() - begun
    await connection.close()
    return (after + 1) / seconds
