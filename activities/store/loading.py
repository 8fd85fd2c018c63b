"""Reads streams back: in version order, each event checked against the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.audit.canonical import NO_PREVIOUS, leaf_hash, parse
from activities.store.codec import decode
from activities.store.tables import events
from domain.proposal.proposal import Recorded


class ChainBroken(Exception):
    """A stored event does not follow its predecessor, or has another hash: somebody changed the log; decide nothing."""


@dataclass
class Stream:
    """A stream's events, its version, and the hex hash of its last entry."""

    history: list[Recorded[Any]] = field(default_factory=list)
    version: int = 0
    head: str = NO_PREVIOUS


async def load(connection: AsyncConnection, stream_ids: Sequence[str]) -> dict[str, Stream]:
    """The streams by id; one that does not exist is empty. Raises HistoryUnreadable, ChainBroken."""
    rows = await connection.execute(
        select(events.c.stream_id, events.c.version, events.c.entry, events.c.leaf_hash, events.c.recorded_at)
        .where(events.c.stream_id == any_(bindparam("streams", list(stream_ids), ARRAY(Text))))
        .order_by(events.c.stream_id, events.c.version)
    )
    streams = {stream_id: Stream() for stream_id in stream_ids}
    for row in rows:
        stream, stored = streams[row.stream_id], parse(bytes(row.entry))
        found = (stored["prev"], stored["version"], row.version, leaf_hash(bytes(row.entry)))
        if found != (stream.head, stream.version + 1, stream.version + 1, bytes(row.leaf_hash)):
            raise ChainBroken(row.stream_id, row.version)
        stream.history.append(Recorded(decode(stored), stored["actor"], row.recorded_at, row.stream_id))
        stream.version, stream.head = row.version, bytes(row.leaf_hash).hex()
    return streams
