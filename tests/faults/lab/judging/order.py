"""What the log says of itself: I2, I4."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from tests.faults.lab.judging.evidence import Evidence
from tests.faults.lab.judging.log import Event

COPIES = {
    "stream_id": "stream",
    "version": "version",
    "type": "type",
    "schema_version": "schema_version",
    "agency": "agency",
    "actor_ref": "actor",
    "command_id": "command_id",
}
"""Columns that copy a field of the entry."""
Heads = dict[str, tuple[int, str, datetime]]
"""Version, hash and instant of each stream's newest event so far."""


def decided_once(evidence: Evidence) -> Iterator[str]:
    """I2: each event could follow the ones before it; no desk decides twice, nothing follows the end."""
    for number, case in evidence.cases.items():
        yield from (f"{number}: {what}" for what in case.wrong)


def one_open_proposal(evidence: Evidence) -> Iterator[str]:
    """I2: at no position of the log two proposals of one matter ask the same for a person and a TMT."""
    held: dict[tuple[str, str, str], list[tuple[int, float, str]]] = {}
    for number, events in evidence.log.proposals.items():
        case = evidence.cases[number]
        last = float("inf") if case.ended_at is None else case.ended_at
        for subject in case.subjects:
            claim = (subject, case.matter["matter"], case.matter["target_tmt"])
            held.setdefault(claim, []).append((events[0].position, last, number))
    for claim, holders in held.items():
        holders.sort()
        for (_, last, number), (first, _, other) in pairwise(holders):
            if first < last:
                yield f"{number} and {other} are open at once for {claim}"


def chained(evidence: Evidence) -> Iterator[str]:
    """I4: positions are dense, every entry is canonical, has its hash, and follows its predecessor; heads agree."""
    heads: Heads = {}
    for expected, event in enumerate(evidence.log.events):
        if event.position != expected:
            yield f"position {expected} is missing before {event.position}"
            break
    for event in evidence.log.events:
        yield from (f"position {event.position} ({event.stream}): {what}" for what in _wrong(event, heads))
        heads[event.stream] = (event.version, hashlib.sha256(b"\x00" + event.entry).hexdigest(), event.at)
    if evidence.log.size != len(evidence.log.events):
        yield f"the counter says {evidence.log.size}, the log holds {len(evidence.log.events)}"
    stored = {row["stream_id"]: (row["version"], bytes(row["head_hash"]).hex()) for row in evidence.log.rows["streams"]}
    for stream in sorted(stored.keys() | heads.keys()):
        if stored.get(stream) != heads.get(stream, ())[:2]:
            yield f"the head of {stream} is not the log's"


def _wrong(event: Event, heads: Heads) -> Iterator[str]:
    version, head, at = heads.get(event.stream, (0, "", event.at))
    if hashlib.sha256(b"\x00" + event.entry).digest() != event.leaf_hash:
        yield "the entry does not have its hash"
    if json.dumps(event.told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != event.entry:
        yield "the entry is not canonical"
    if (event.version, event.told["prev"]) != (version + 1, head):
        yield f"version {event.version} does not follow version {version}"
    if event.at < at:
        yield "it was recorded before its predecessor"
    if any(event.columns[column] != event.told[name] for column, name in COPIES.items()):
        yield "a column is not what the entry says"
