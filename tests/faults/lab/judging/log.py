"""Everything the database holds, read in one snapshot by plain SQL and json, without the service's code."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

Row = Mapping[str, Any]
QUERIES = {
    "events": "SELECT * FROM events ORDER BY position",
    "streams": "SELECT * FROM streams",
    "receipts": "SELECT * FROM command_receipts",
    "outbox": "SELECT * FROM outbox ORDER BY id",
    "cases": "SELECT * FROM cases",
    "inbox": "SELECT proposal_id, desk, step, round FROM inbox",
    "decisions": "SELECT proposal_id, step, round, desk, verb, actor FROM decisions",
    "claims": "SELECT proposal_id, subject_ref, matter, target_tmt FROM open_claims",
    "ranks": "SELECT subject_ref, valid_from, grade FROM ranks_held",
    "posts": "SELECT post, subject_ref, lower(during) AS since, upper(during) AS until FROM incumbencies",
}


@dataclass(frozen=True)
class Event:
    """One row of the log: `told` is the parsed entry, the rest are the columns beside it."""

    position: int
    stream: str
    version: int
    entry: bytes
    leaf_hash: bytes
    told: Row
    columns: Row

    @property
    def type(self) -> str:
        """The stored type, without its category."""
        return str(self.told["type"]).partition(".")[2]

    @property
    def data(self) -> Row:
        """What the event itself says."""
        data: Row = self.told["data"]
        return data

    @property
    def at(self) -> datetime:
        """When it was recorded, by the ledger's clock."""
        return datetime.fromisoformat(self.told["recorded_at"])

    @property
    def command_id(self) -> str:
        """The command that it follows from."""
        return str(self.told["command_id"])


@dataclass(frozen=True)
class Log:
    """One snapshot; `now` is the ledger's time, `size` what its counter says."""

    events: list[Event]
    rows: Mapping[str, list[Row]]
    size: int
    now: datetime

    @property
    def streams(self) -> dict[str, list[Event]]:
        """The events of each stream, in the order of the log."""
        found: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            found[event.stream].append(event)
        return dict(found)

    @property
    def proposals(self) -> dict[str, list[Event]]:
        """The events of each proposal, by its number."""
        return {name[9:]: events for name, events in self.streams.items() if name.startswith("proposal/")}

    @property
    def commands(self) -> dict[str, list[Event]]:
        """The events of each command, in the order of the log."""
        found: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            found[event.command_id].append(event)
        return dict(found)


async def read(owner_url: str) -> Log:
    """The whole database, as its owner sees it."""
    engine = create_async_engine(owner_url, isolation_level="REPEATABLE READ")
    try:
        async with engine.connect() as connection:
            return await read_from(connection)
    finally:
        await engine.dispose()


async def read_from(connection: AsyncConnection) -> Log:
    """The whole database, as this transaction sees it."""
    rows: dict[str, list[Row]] = {
        name: [dict(row) for row in (await connection.execute(text(query))).mappings()]
        for name, query in QUERIES.items()
    }
    size = await connection.scalar(text("SELECT size FROM log_head"))
    now = await connection.scalar(text("SELECT ledger_now()"))
    assert size is not None
    assert now is not None
    return Log([_event(row) for row in rows.pop("events")], rows, size, now)


def _event(row: Row) -> Event:
    entry = bytes(row["entry"])
    return Event(
        row["position"], row["stream_id"], row["version"], entry, bytes(row["leaf_hash"]), json.loads(entry), row
    )
