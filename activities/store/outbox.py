"""Outbox: pokes and notices, written with their events and delivered at least once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.proposal.brief import Owed


@dataclass(frozen=True)
class Message:
    """A claimed row."""

    id: int
    stream_id: str
    dest: str
    message_id: str
    body: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class Outbox:
    """The waiting rows, trusted above any flag in memory."""

    engine: AsyncEngine

    async def waiting(self, kind: str, limit: int) -> list[Message]:
        """The oldest rows of a kind whose time has come."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "SELECT id, stream_id, dest, message_id, body, attempts FROM outbox "
                    "WHERE kind = :kind AND done_at IS NULL AND next_at <= ledger_now() ORDER BY id LIMIT :limit"
                ),
                {"kind": kind, "limit": limit},
            )
            return [Message(*row) for row in rows]

    async def message(self, message_id: int) -> Message | None:
        """The row, unless it is done."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "SELECT id, stream_id, dest, message_id, body, attempts FROM outbox "
                    "WHERE id = :id AND done_at IS NULL"
                ),
                {"id": message_id},
            )
            row = rows.one_or_none()
            return Message(*row) if row else None

    async def done(self, ids: Sequence[int]) -> None:
        """Mark rows as delivered."""
        await self._write("UPDATE outbox SET done_at = ledger_now() WHERE id = ANY(:ids)", {"ids": list(ids)})

    async def poked(self, stream_id: str, version: int) -> None:
        """Mark every poke of the stream up to this version as delivered."""
        await self._write(
            "UPDATE outbox SET done_at = ledger_now() WHERE stream_id = :stream AND kind = 'poke' "
            "AND done_at IS NULL AND (body ->> 'version')::int <= :version",
            {"stream": stream_id, "version": version},
        )

    async def defer(self, ids: Sequence[int], delay: timedelta) -> None:
        """Try again later."""
        await self._write(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ledger_now() + :delay WHERE id = ANY(:ids)",
            {"ids": list(ids), "delay": delay},
        )

    async def _write(self, statement: str, values: dict[str, Any]) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)


async def owed(connection: AsyncConnection, stream_id: str) -> list[Owed]:
    """Notices of a stream that are not delivered yet."""
    rows = await connection.execute(
        text(
            "SELECT id, next_at, attempts FROM outbox WHERE stream_id = :stream AND kind = 'notice' "
            "AND done_at IS NULL ORDER BY next_at, id"
        ),
        {"stream": stream_id},
    )
    return [Owed(notice_id=row.id, not_before=row.next_at, attempt=row.attempts) for row in rows]


async def oldest_waiting(connection: AsyncConnection) -> datetime | None:
    """Since when the oldest undelivered row waits, for health pages."""
    found: datetime | None = await connection.scalar(text("SELECT min(created_at) FROM outbox WHERE done_at IS NULL"))
    return found
