"""Announcements: a receipt and the notices it owes, in one statement; the receipt's key makes it once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.driver import fetch, ledger_now
from domain.promotion.announcements import Announcement, Summary
from domain.proposal.commands import SYSTEM

KIND = "announcement"
"""Of outbox rows; those of kind `notice` belong to events of proposals."""
ANNOUNCE = """
    WITH receipt AS (
        INSERT INTO command_receipts
            (command_id, request_hash, actor_ref, stream_id, first_version, last_version, outcome, recorded_at)
        VALUES (%(id)s, %(request_hash)s, %(actor)s, %(stream_id)s, 0, 0, 'noop', %(at)s)
        ON CONFLICT (command_id) DO NOTHING
        RETURNING command_id
    )
    INSERT INTO outbox (stream_id, kind, dest, message_id, body, created_at, next_at)
    SELECT %(stream_id)s, %(kind)s, desk, command_id || '/' || desk, CAST(body AS jsonb), %(at)s, %(at)s
    FROM receipt, unnest(CAST(%(desks)s AS text[]), CAST(%(bodies)s AS text[])) AS told (desk, body)
    RETURNING id
"""
ANNOUNCED = "SELECT FROM command_receipts WHERE command_id = %(id)s"
WAITING = """
    SELECT id FROM outbox
    WHERE kind = %(kind)s AND stream_id = %(stream_id)s AND done_at IS NULL AND next_at <= ledger_now()
    ORDER BY id LIMIT %(limit)s
"""


async def announced(connection: AsyncConnection, announcement: Announcement) -> bool:
    """Whether it was made already."""
    return bool(await fetch(connection, ANNOUNCED, {"id": announcement.id}))


async def announce(connection: AsyncConnection, announcement: Announcement, told: Sequence[Summary]) -> int:
    """Owe each desk its notice, once however often it is asked for; the answer is how many are owed by this call."""
    said = {"template": f"period-{announcement.turn}", **announcement.model_dump(mode="json")}
    owed = await fetch(
        connection,
        ANNOUNCE,
        {
            "id": announcement.id,
            "request_hash": hashlib.sha256(announcement.model_dump_json().encode()).digest(),
            "actor": SYSTEM,
            "stream_id": _stream(announcement.agency),
            "kind": KIND,
            "at": await ledger_now(connection),
            "desks": [summary.desk for summary in told],
            "bodies": [json.dumps({**said, **summary.model_dump()}) for summary in told],
        },
    )
    return len(owed)


async def waiting(connection: AsyncConnection, agency: str, limit: int) -> list[int]:
    """Notices of announcements whose time has come and that are not delivered yet, oldest first."""
    rows = await fetch(connection, WAITING, {"kind": KIND, "stream_id": _stream(agency), "limit": limit})
    return [row.id for row in rows]


def _stream(agency: str) -> str:
    """The stream they are about: the agency's own, so that the mailroom finds whose desks are meant."""
    return f"organisation/{agency}"
