"""Proves a ledger against itself: canonical bytes, hashes, chains, positions, receipts, read models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.audit.canonical import NO_PREVIOUS, is_canonical, leaf_hash, parse
from activities.readmodels.projection import Projection
from activities.readmodels.rebuild import differences
from activities.store.tables import events

PAGE = 2_000
COPIES = {
    "stream_id": "stream",
    "version": "version",
    "event_id": "event_id",
    "type": "type",
    "schema_version": "schema_version",
    "agency": "agency",
    "actor_ref": "actor",
    "command_id": "command_id",
}
"""Columns that copy a field of the entry."""
RECEIPTS = text(
    """
    SELECT e.command_id FROM events e LEFT JOIN command_receipts r USING (command_id) WHERE r.command_id IS NULL
    UNION
    SELECT r.command_id FROM command_receipts r WHERE r.outcome = 'recorded' AND NOT EXISTS (
        SELECT FROM events e WHERE e.stream_id = r.stream_id AND e.version = r.last_version
        AND e.command_id = r.command_id)
    """
)


@dataclass
class Verification:
    """What was found; `problems` is empty when the ledger is whole."""

    events: int = 0
    streams: int = 0
    problems: list[str] = field(default_factory=list)


async def verify(connection: AsyncConnection, projections: Sequence[Projection]) -> Verification:
    """Read the whole log once, in one snapshot, and every read model after it."""
    await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    result, heads = Verification(), dict[str, tuple[int, str]]()
    async for row in _log(connection):
        if row["position"] != result.events:
            result.problems.append(f"position {result.events} is missing before {row['position']}")
        result.problems += [f"position {row['position']}: {fault}" for fault in _faults(row, heads)]
        heads[row["stream_id"]] = (row["version"], bytes(row["leaf_hash"]).hex())
        result.events = row["position"] + 1
    result.streams = len(heads)
    result.problems += await _ends(connection, result.events, heads)
    unmatched = (await connection.execute(RECEIPTS)).scalars()
    result.problems += [f"command {command_id}: receipt and events do not match" for command_id in unmatched]
    if not result.problems:
        result.problems += [f"read model {fault}" for fault in await differences(connection, projections)]
    return result


def _faults(row: Any, heads: dict[str, tuple[int, str]]) -> list[str]:
    entry = bytes(row["entry"])
    stored = parse(entry)
    version, prev = heads.get(row["stream_id"], (0, NO_PREVIOUS))
    faults = []
    if leaf_hash(entry) != bytes(row["leaf_hash"]):
        faults.append("the entry does not have its hash")
    if not is_canonical(entry, stored):
        faults.append("the entry is not canonical")
    if (stored["prev"], row["version"]) != (prev, version + 1):
        faults.append("it does not follow its predecessor")
    differing = [column for column, name in COPIES.items() if row[column] != stored[name]]
    faults += [f"column {column} is not what the entry says" for column in differing]
    return faults


async def _ends(connection: AsyncConnection, size: int, heads: dict[str, tuple[int, str]]) -> list[str]:
    faults = []
    head = await connection.scalar(text("SELECT size FROM log_head"))
    if head != size:
        faults.append(f"the counter says {head}, the log holds {size}")
    rows = await connection.execute(text("SELECT stream_id, version, head_hash FROM streams"))
    stored = {row.stream_id: (row.version, bytes(row.head_hash).hex()) for row in rows}
    different = sorted(key for key in stored.keys() | heads.keys() if stored.get(key) != heads.get(key))
    return faults + [f"stream {stream_id}: its head is not the log's" for stream_id in different]


async def _log(connection: AsyncConnection) -> AsyncIterator[Any]:
    after = -1
    while True:
        rows = await connection.execute(
            select(events).where(events.c.position > after).order_by(events.c.position).limit(PAGE)
        )
        page = rows.mappings().all()
        if not page:
            return
        for row in page:
            yield row
        after = page[-1]["position"]
