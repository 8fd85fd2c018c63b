"""The append: one statement, the last of its transaction, so that the counter row is held for one round trip."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.codec import CURRENT_VERSION, Entry, Envelope
from activities.store.driver import execute, fetch
from domain.ports import AnyCommand, Change, Receipt
from domain.proposal.commands import SystemCommand

APPEND = """
    WITH head AS (
        UPDATE log_head SET size = size + %(n)s WHERE id = 1 RETURNING size - %(n)s AS base
    ), receipt AS (
        INSERT INTO command_receipts
            (command_id, request_hash, actor_ref, stream_id, first_version, last_version, outcome, recorded_at)
        VALUES (%(command_id)s, %(request_hash)s, %(actor)s, %(stream_id)s, %(first_version)s, %(last_version)s,
                'recorded', %(at)s)
    ), stream AS (
        INSERT INTO streams (stream_id, category, agency, version, head_hash)
        SELECT * FROM unnest(CAST(%(s_id)s AS text[]), CAST(%(s_category)s AS text[]), CAST(%(s_agency)s AS text[]),
                             CAST(%(s_version)s AS int[]), CAST(%(s_head)s AS bytea[]))
        ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, head_hash = excluded.head_hash
    ), message AS (
        INSERT INTO outbox (stream_id, kind, dest, message_id, body, created_at, next_at)
        SELECT s, k, d, m, CAST(b AS jsonb), %(at)s, a
        FROM unnest(CAST(%(o_stream)s AS text[]), CAST(%(o_kind)s AS text[]), CAST(%(o_dest)s AS text[]),
                    CAST(%(o_message)s AS text[]), CAST(%(o_body)s AS text[]), CAST(%(o_next)s AS timestamptz[]))
             AS o (s, k, d, m, b, a)
    )
    INSERT INTO events (position, stream_id, version, event_id, type, schema_version, agency, effective_on,
                        recorded_at, actor_ref, command_id, entry, leaf_hash)
    SELECT head.base + e.ord - 1, e.stream, e.version, CAST(e.id AS uuid), e.type, e.schema_version, e.agency,
           e.effective_on, %(at)s, %(actor)s, %(command_id)s, e.entry, e.leaf_hash
    FROM head, unnest(CAST(%(stream)s AS text[]), CAST(%(version)s AS int[]), CAST(%(event_id)s AS text[]),
                      CAST(%(type)s AS text[]), CAST(%(schema_version)s AS smallint[]), CAST(%(agency)s AS text[]),
                      CAST(%(effective_on)s AS date[]), CAST(%(entry)s AS bytea[]), CAST(%(leaf_hash)s AS bytea[]))
         WITH ORDINALITY AS e (stream, version, id, type, schema_version, agency, effective_on, entry, leaf_hash, ord)
    RETURNING position
"""
NOOP = """
    INSERT INTO command_receipts
        (command_id, request_hash, actor_ref, stream_id, first_version, last_version, outcome, recorded_at)
    VALUES (%(command_id)s, %(request_hash)s, %(actor)s, %(stream_id)s, 0, 0, 'noop', %(at)s)
"""
COLUMNS = {
    "event": (
        *("stream", "version", "event_id", "type", "schema_version", "agency"),
        *("effective_on", "entry", "leaf_hash"),
    ),
    "stream": ("s_id", "s_category", "s_agency", "s_version", "s_head"),
    "message": ("o_stream", "o_kind", "o_dest", "o_message", "o_body", "o_next"),
}
POKE_GRACE = timedelta(seconds=2)
"""The relay leaves a poke this long to the desk, which sends it right after COMMIT. Source: design decision."""


@dataclass
class Appending:
    """The rows of one append."""

    command: AnyCommand
    at: datetime
    request_hash: bytes
    events: list[tuple[Any, ...]] = field(default_factory=list)
    streams: list[tuple[Any, ...]] = field(default_factory=list)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)
    first_versions: list[int] = field(default_factory=list)

    def add_event(self, event: Any, envelope: Envelope, stored: Entry) -> None:
        """One event's row; the columns beside the entry are copies for queries."""
        self.event_ids.append(envelope.event_id)
        self.events.append(
            (
                envelope.stream_id,
                envelope.version,
                envelope.event_id,
                type(event).event_type,
                CURRENT_VERSION[type(event).event_type],
                envelope.agency,
                effective_on(event),
                stored.entry,
                stored.leaf_hash,
            )
        )

    def add_stream(self, change: Change, version: int, head: str) -> None:
        """The stream's row after its events, the poke for its workflow, and the notices it owes.

        The clock's own commands come from the workflow, which reads again anyhow: no poke.
        """
        category = change.stream_id.partition("/")[0]
        first = len(self.event_ids) - len(change.events)
        self.first_versions.append(version - len(change.events) + 1)
        self.streams.append((change.stream_id, category, change.agency, version, bytes.fromhex(head)))
        if category == "proposal" and not isinstance(self.command, SystemCommand):
            body = json.dumps({"version": version, "matter": change.after.case.matter.matter})
            message = f"poke/{change.stream_id}/{version}"
            self.messages.append((change.stream_id, "poke", change.stream_id, message, body, self.at + POKE_GRACE))
        for index, notice in change.notices:
            message = f"{self.event_ids[first + index]}/{notice.desk}"
            body = notice.model_dump_json()
            self.messages.append((change.stream_id, "notice", notice.desk, message, body, self.at))


async def append(connection: AsyncConnection, appending: Appending, fallback_stream: str) -> Receipt:
    """Write all rows; nothing to write leaves a `noop` receipt and touches neither stream nor counter."""
    command = appending.command
    shared = {
        "command_id": command.command_id,
        "request_hash": appending.request_hash,
        "actor": command.actor,
        "at": appending.at,
    }
    if not appending.events:
        await execute(connection, NOOP, {**shared, "stream_id": fallback_stream})
        return _receipt(appending, fallback_stream, 0, 0, "noop")
    stream_id, _, _, version, _ = appending.streams[0]
    first = appending.first_versions[0]
    written = await fetch(
        connection,
        APPEND,
        {
            **shared,
            **_arrays("event", appending.events),
            **_arrays("stream", appending.streams),
            **_arrays("message", appending.messages),
            "n": len(appending.events),
            "stream_id": stream_id,
            "first_version": first,
            "last_version": version,
        },
    )
    if len(written) != len(appending.events):
        message = f"{len(written)} of {len(appending.events)} events written"
        raise RuntimeError(message)
    return _receipt(appending, stream_id, first, version, "recorded")


def effective_on(event: Any) -> Any:
    """The day an event speaks of, when it is not the day it was recorded."""
    for name in ("effective_on", "tmt"):
        if hasattr(event, name):
            return getattr(event, name)
    rank = getattr(event, "rank", None)
    return rank.valid_from if rank else None


def _arrays(kind: str, rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[index] for row in rows] for index, name in enumerate(COLUMNS[kind])}


def _receipt(appending: Appending, stream_id: str, first: int, last: int, outcome: str) -> Receipt:
    return Receipt(
        command_id=appending.command.command_id,
        stream_id=stream_id,
        first_version=first,
        last_version=last,
        outcome=outcome,
        recorded_at=appending.at,
    )
