"""What has happened to one case, event by event, with the text that people wrote."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.audit.canonical import parse
from activities.store.codec import decode, free_text
from activities.store.sealing import KeyRing, SubjectCipher
from activities.store.tables import events
from domain.errors import HistoryUnreadable
from domain.proposal.events import ProposalEvent

SEALED = "sealed:"


@dataclass(frozen=True)
class Entry:
    """One event. `event` is None when this version of the service cannot read it; a text is None when erased."""

    version: int
    position: int
    at: datetime
    actor: str
    event_type: str
    leaf_hash: str
    event: ProposalEvent | None = None
    text: Mapping[str, str | None] = field(default_factory=dict)


async def timeline(connection: AsyncConnection, keys: KeyRing, proposal_id: str, after: int, limit: int) -> list[Entry]:
    """At most `limit` events behind a version, oldest first."""
    rows = await connection.execute(
        select(events).where(events.c.stream_id == f"proposal/{proposal_id}").order_by(events.c.version)
    )
    subject, ciphers, found = "", {}, []
    for row in rows.all():
        stored = parse(bytes(row.entry))
        event = _read(stored)
        # Text is sealed under the key of whoever was the first subject once its event was recorded.
        matter = getattr(event, "matter", None)
        subject = matter.subjects[0] if matter else subject
        if subject not in ciphers:
            ciphers[subject] = await keys.cipher(connection, subject)
        if after < row.version <= after + limit:
            found.append(_entry(row, event, _text(event, stored, ciphers[subject])))
    return found


def _entry(row: Row[Any], event: ProposalEvent | None, text: Mapping[str, str | None]) -> Entry:
    return Entry(
        version=row.version,
        position=row.position,
        at=row.recorded_at,
        actor=row.actor_ref,
        event_type=row.type,
        leaf_hash=bytes(row.leaf_hash).hex(),
        event=event,
        text=text,
    )


def _read(stored: Mapping[str, Any]) -> ProposalEvent | None:
    try:
        event: ProposalEvent = decode(stored)
    except HistoryUnreadable:
        return None
    return event


def _text(
    event: ProposalEvent | None, stored: Mapping[str, Any], cipher: SubjectCipher | None
) -> dict[str, str | None]:
    """The event's free text by field; empty where nobody wrote."""
    written = {name: stored["data"].get(name, "") for name in free_text(type(event))} if event else {}
    return {name: _opened(text, f"{stored['event_id']}/{name}", cipher) for name, text in written.items()}


def _opened(text: str, bound_to: str, cipher: SubjectCipher | None) -> str | None:
    if not text.startswith(SEALED):
        return text
    return cipher.open(base64.b64decode(text.removeprefix(SEALED)), bound_to) if cipher else None
