"""Many open cases in little time: really submitted ones are moulds, cast again for other people and offices.

A cast case has everything of its mould under another number: events whose chain and hashes are its own, receipts,
outbox rows, read models, the person in the register with key and vault row. `jenjang verify` finds it whole.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Table

from activities.audit.canonical import NO_PREVIOUS, leaf_hash, parse
from activities.readmodels import PROJECTIONS
from activities.store.tables import command_receipts, events, outbox, streams, subject_keys, subject_vault
from deploy.bench.office import Submitted, chief, head, office, ref, section

CHUNK, WRITERS = 1_000, 2
"""Cases of one transaction, and how many are written at once: compressing entries keeps a core busy."""
BUSY = 0.1
"""The busy office's share of the cases; the others share the rest alike."""
SEED = 4
BESIDE = (command_receipts, outbox, *(projection.table for projection in PROJECTIONS), subject_vault, subject_keys)
"""Tables whose rows differ from their mould's in references only."""
MADE = {events: ["position", "entry", "leaf_hash"], streams: ["head_hash"], outbox: ["id"]}
"""Columns that no case shares with its mould: what follows from the entries, and what the database counts."""
Connection = psycopg.AsyncConnection[Any]
Marks = Mapping[str, str]
"""Text of a mould, and the name of what stands in its place in the next case."""


@dataclass(frozen=True)
class Event:
    """An event of a mould: the category of its stream, its row but for what is made anew, and its entry."""

    category: str
    row: str
    entry: str


@dataclass(frozen=True)
class Mould:
    """The rows of one case as COPY writes them, with `%(name)s` wherever the next case differs."""

    series: str
    next_at: datetime | None
    events: Sequence[Event]
    streams: Mapping[str, str]
    beside: Mapping[str, str]


@dataclass(frozen=True)
class Order:
    """One case to cast: by which mould, for which office, and its next instant (None: the mould's)."""

    mould: Mould
    office: int
    next_at: datetime | None = None


def mixed(moulds: Sequence[Mould], cases: int, offices: int) -> list[Order]:
    """Cases as an office has them: of all ages, a tenth of them at the busy desk."""
    dice = random.Random(SEED)  # noqa: S311 - the same invented office in every run
    others = range(1, offices)
    return [Order(dice.choice(moulds), 0 if dice.random() < BUSY else dice.choice(others)) for _ in range(cases)]


async def mould(connection: Connection, case: Submitted) -> Mould:
    """The mould of a submitted case of office 0."""
    stream_ids = [f"person/{case.subject}", f"proposal/{case.proposal_id}"]
    query = "SELECT entry FROM events WHERE stream_id = ANY(%s) ORDER BY stream_id, version"
    log = [bytes(row[0]) async for row in await connection.execute(query, [stream_ids])]
    query = "SELECT next_at FROM cases WHERE proposal_id = %s"
    (next_at,) = [row[0] async for row in await connection.execute(query, [case.proposal_id])]
    marks = {
        case.subject: "subject",
        case.proposal_id: "case",
        office(0): "office",
        section(0): "section",
        head(0): "head",
        chief(0): "chief",
        **({_in_entry(next_at): "next_at", _in_row(next_at): "next_at_row"} if next_at else {}),
        **{parse(entry)["event_id"]: f"event{index}" for index, entry in enumerate(log)},
    }
    keys = {"proposal_id": [case.proposal_id], "subject_ref": [case.subject], "stream_id": stream_ids}
    rows = {table: _marked(await _copied(connection, table, keys), marks) for table in (events, streams, *BESIDE)}
    return Mould(
        series=case.proposal_id.rpartition("-")[0],
        next_at=next_at,
        events=[
            Event(row.partition("/")[0], row, _entry(entry, marks))
            for row, entry in zip(rows[events].splitlines(), log, strict=True)
        ],
        streams={row.partition("/")[0]: row for row in rows[streams].splitlines()},
        beside={_target(table): rows[table] for table in BESIDE if rows[table]},
    )


async def cast(url: str, orders: Sequence[Order], first_number: int) -> None:
    """Write the ordered cases with numbers from the first on, and tell the planner how much there is now.

    `url` is the owner's. Nobody else may append meanwhile.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        (size,) = [row[0] async for row in await connection.execute("SELECT size FROM log_head")]
        positions = list(accumulate((len(order.mould.events) for order in orders), initial=size))
        chunks = iter(range(0, len(orders), CHUNK))

        async def write() -> None:
            async with await psycopg.AsyncConnection.connect(url) as writer:
                for begin in chunks:
                    lines: dict[str, list[str]] = defaultdict(list)
                    for index in range(begin, min(begin + CHUNK, len(orders))):
                        _cast(lines, orders[index], first_number + index, positions[index])
                    await _write(writer, lines)

        await asyncio.gather(*(write() for _ in range(WRITERS)))
        await connection.execute("UPDATE log_head SET size = %s", [positions[-1]])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")


async def _write(connection: Connection, lines: Mapping[str, list[str]]) -> None:
    for target, rows in lines.items():
        async with connection.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
            await copy.write("".join(rows))
    await connection.commit()


def _cast(lines: dict[str, list[str]], order: Order, number: int, position: int) -> None:
    """Add the lines of one case, whose first event has this position."""
    mould, heads = order.mould, dict[str, str]()
    next_at = order.next_at or mould.next_at
    values = {
        "subject": ref("b", number),
        "case": f"{mould.series}-{number:06d}",
        "office": office(order.office),
        "section": section(order.office),
        "head": head(order.office),
        "chief": chief(order.office),
        **({"next_at": _in_entry(next_at), "next_at_row": _in_row(next_at)} if next_at else {}),
        **{f"event{index}": str(UUID(int=position + index)) for index in range(len(mould.events))},
    }
    for at, event in enumerate(mould.events, start=position):
        values["prev"] = heads.get(event.category, NO_PREVIOUS)
        entry = (event.entry % values).encode()
        heads[event.category] = leaf = leaf_hash(entry).hex()
        lines[_target(events)].append(f"{event.row % values}\t{at}\t\\\\x{entry.hex()}\t\\\\x{leaf}\n")
    for category, row in mould.streams.items():
        lines[_target(streams)].append(f"{row % values}\t\\\\x{heads[category]}\n")
    for target, rows in mould.beside.items():
        lines[target].append(rows % values)


@cache
def _target(table: Table) -> str:
    """The table with its columns, what is made anew last; the database counts the outbox itself."""
    made = MADE.get(table, []) if table is not outbox else []
    return f"{table.fullname} ({', '.join([*_kept(table), *made])})"


def _kept(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name not in MADE.get(table, [])]


async def _copied(connection: Connection, table: Table, keys: Mapping[str, list[str]]) -> str:
    """The table's rows of a case, as COPY writes them; nothing from a table that no case has rows in."""
    key = next((name for name in keys if name in table.columns), None)
    if key is None:
        return ""
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} = ANY({}) ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, _kept(table))),
        sql.Identifier(*table.fullname.split(".")),
        sql.Identifier(key),
        sql.Literal(keys[key]),
        sql.SQL("stream_id, version" if table is events else "1"),
    )
    async with connection.cursor().copy(query) as copy:
        return b"".join([bytes(block) async for block in copy]).decode()


def _marked(text: str, marks: Marks) -> str:
    """The text with `%(name)s` in place of every mark."""
    return re.sub("|".join(map(re.escape, marks)), lambda found: f"%({marks[found[0]]})s", text.replace("%", "%%"))


def _entry(entry: bytes, marks: Marks) -> str:
    prev = parse(entry)["prev"]
    return _marked(entry.decode(), marks).replace(f'"prev":"{prev}"', '"prev":"%(prev)s"')


def _in_entry(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _in_row(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S+00}"
