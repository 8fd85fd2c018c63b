"""Reads streams back: in version order, each event checked against the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.audit.canonical import NO_PREVIOUS, leaf_hash, parse
from activities.store.codec import decode
from activities.store.driver import fetch
from domain.proposal.proposal import Recorded

STREAMS = """
    SELECT stream_id, version, entry, leaf_hash, recorded_at FROM events
    WHERE stream_id = ANY(%(streams)s) ORDER BY stream_id, version
"""


class ChainBroken(Exception):
    """A stored event does not follow its predecessor, or has another hash: somebody changed the log; decide nothing."""


@dataclass
class Stream:
    """A stream's events, its version, and the hex hash of its last entry."""

    history: list[Recorded[Any]] = field(default_factory=list)
    version: int = 0
    head: str = NO_PREVIOUS

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Stream:
        """One stream of its rows in version order. Raises HistoryUnreadable, ChainBroken."""
        stream = cls()
        for row in rows:
            stored = parse(row.entry)
            found = (stored["prev"], stored["version"], row.version, leaf_hash(row.entry))
            if found != (stream.head, stream.version + 1, stream.version + 1, row.leaf_hash):
                raise ChainBroken(row.stream_id, row.version)
            stream.history.append(Recorded(decode(stored), stored["actor"], row.recorded_at, row.stream_id))
            stream.version, stream.head = row.version, row.leaf_hash.hex()
        return stream


async def load(connection: AsyncConnection, stream_ids: Sequence[str]) -> dict[str, Stream]:
    """The streams by id; one that does not exist is empty. Raises HistoryUnreadable, ChainBroken."""
    rows = await fetch(connection, STREAMS, {"streams": list(stream_ids)})
    found = {stream_id: Stream.of(group) for stream_id, group in groupby(rows, attrgetter("stream_id"))}
    return {stream_id: found.get(stream_id) or Stream() for stream_id in stream_ids}
