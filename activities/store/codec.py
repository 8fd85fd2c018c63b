"""Events to canonical bytes and back: stable type names, versions, upcasters on read."""

from __future__ import annotations

import base64
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, get_args

from activities.audit.canonical import canonical, leaf_hash
from domain.errors import HistoryUnreadable
from domain.proposal.events import OutcomeRecorded, ProposalEvent
from domain.register.events import FactsRecorded, OrganisationEvent, RegisterEvent
from domain.vocabulary import Frozen

EVENT_CLASSES: Mapping[str, type[Any]] = {
    cls.event_type: cls for cls in (*get_args(ProposalEvent), *get_args(RegisterEvent), OrganisationEvent)
}
"""Every event type that is written today, by its stored name."""

CURRENT_VERSION: Mapping[str, int] = dict.fromkeys(EVENT_CLASSES, 1) | {
    FactsRecorded.event_type: 2,
    OutcomeRecorded.event_type: 2,
}
"""The schema version that is written; raise it together with an upcaster from the version before."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    # More kinds of facts: an older service must say that it cannot read them.
    (FactsRecorded.event_type, 1): dict,
    # With its reason: an older service must not take a refusal for one without.
    (OutcomeRecorded.event_type, 1): dict,
}
"""(type, version) → its data as the next version has it. Never invents a historical fact."""


class KeyMissing(Exception):
    """A person's text cannot be sealed, because the person's key is unknown or destroyed."""


class Cipher(Protocol):
    """Seals text under a person's key, bound to the event and field it stands in."""

    def seal(self, text: str, bound_to: str) -> bytes:
        """Nonce and ciphertext."""


@dataclass(frozen=True)
class Envelope:
    """What the ledger writes around an event's own data."""

    stream_id: str
    version: int
    event_id: str
    agency: str
    recorded_at: datetime
    actor: str
    command_id: str
    shown_version: int | None
    rule_refs: list[str]


@dataclass(frozen=True)
class Entry:
    """An event as stored."""

    entry: bytes
    leaf_hash: bytes


def encode(event: Frozen, envelope: Envelope, prev: str, cipher: Cipher | None) -> Entry:
    """The canonical entry of an event; free text is sealed, and the sealed text is what the hash covers.

    Raises KeyMissing when there is text and no cipher: in clear it could never be erased.
    """
    event_type: str = type(event).event_type  # type: ignore[attr-defined]
    data = event.model_dump(mode="json", exclude_defaults=False)
    for name in free_text(type(event)):
        if data[name]:
            if cipher is None:
                raise KeyMissing(envelope.stream_id)
            sealed = cipher.seal(data[name], f"{envelope.event_id}/{name}")
            data[name] = "sealed:" + base64.b64encode(sealed).decode()
    entry = canonical(
        {
            "actor": envelope.actor,
            "agency": envelope.agency,
            "command_id": envelope.command_id,
            "data": data,
            "event_id": envelope.event_id,
            "prev": prev,
            "recorded_at": envelope.recorded_at.isoformat(timespec="microseconds"),
            "rule_refs": envelope.rule_refs,
            "schema_version": CURRENT_VERSION[event_type],
            "shown_version": envelope.shown_version,
            "stream": envelope.stream_id,
            "type": event_type,
            "version": envelope.version,
        }
    )
    return Entry(entry, leaf_hash(entry))


def decode(stored: Mapping[str, Any], upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS) -> Any:
    """The event of a parsed entry, upcast to today's class.

    Raises HistoryUnreadable for a type or version that is unknown here.
    """
    event_type, version, data = stored["type"], stored["schema_version"], stored["data"]
    while upcaster := upcasters.get((event_type, version)):
        data, version = upcaster(data), version + 1
    if CURRENT_VERSION.get(event_type) != version:
        raise HistoryUnreadable(event_type=event_type, schema_version=stored["schema_version"])
    return EVENT_CLASSES[event_type].model_validate(data)


@cache
def free_text(cls: type[Frozen]) -> tuple[str, ...]:
    """Names of the fields whose text people wrote."""
    return tuple(name for name, info in cls.model_fields.items() if "sealed" in info.metadata)


def gaps(versions: Mapping[str, int] = CURRENT_VERSION, upcasters: Container[tuple[str, int]] = UPCASTERS) -> list[str]:
    """Every (type, version) that cannot reach today's version; empty when all is well."""
    return [
        f"{event_type} v{version}"
        for event_type, current in versions.items()
        for version in range(1, current)
        if (event_type, version) not in upcasters
    ]
