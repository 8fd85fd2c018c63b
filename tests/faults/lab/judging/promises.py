"""What people were told, held against the log: I1 and I12, I7, I11."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.faults.lab.book import Entry
from tests.faults.lab.judging.evidence import Evidence
from tests.faults.lab.judging.fold import CHASING, subjects_of
from tests.faults.lab.judging.log import Event

CONTENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "creation": ("drafted", ()),
    "change": ("draft-changed", ()),
    "document": ("document-attached", ("document", "sha256", "size")),
    "submission": ("submitted", ()),
    "approval": ("step-approved", ("step", "round")),
    "return": ("returned", ("step", "round", "reason_code")),
    "rejection": ("rejected", ("step", "round", "reason_code")),
    "withdrawal": ("withdrawn", ()),
    "outcome": ("outcome-recorded", ("step", "round", "outcome", "number", "dated")),
    "decree": ("decree-issued", ("step", "round", "number", "dated")),
    "acknowledgement": ("receipt-acknowledged", ()),
}
"""The first event of each verb, and the fields that both name alike."""


def acknowledged_once(evidence: Evidence) -> Iterator[str]:
    """I1: what was acknowledged is in the log exactly once, as it was asked and as it was answered."""
    commands, stored = evidence.log.commands, {row["command_id"]: row for row in evidence.log.rows["receipts"]}
    for entry in evidence.entries:
        if len({json.dumps(receipt, sort_keys=True) for receipt in entry.receipts}) > 1:
            yield f"{entry.asked.command_id} was answered by different receipts"
        for said in entry.receipts[:1]:
            receipt = stored.get(entry.asked.command_id)
            if receipt is None:
                yield f"{entry.asked.command_id} ({entry.asked.verb}) was acknowledged and has no receipt"
            else:
                yield from _as_told(said, receipt)
                yield from _as_asked(entry, said, commands.get(entry.asked.command_id, []))


def _as_told(said: Mapping[str, Any], receipt: Mapping[str, Any]) -> Iterator[str]:
    told = {
        "outcome": said["outcome"],
        "first_version": said["first_version"] or 0,
        "last_version": said["version"] or 0,
        "stream_id": f"proposal/{said['proposal_id']}",
        "recorded_at": datetime.fromisoformat(said["recorded_at"]),
    }
    for name, value in told.items():
        if receipt[name] != value:
            yield f"{said['command_id']} was answered {name} {value}, its receipt says {receipt[name]}"


def _as_asked(entry: Entry, said: Mapping[str, Any], events: Sequence[Event]) -> Iterator[str]:
    asked, stream = entry.asked, f"proposal/{said['proposal_id']}"
    answered = list(range(said["first_version"], said["version"] + 1)) if said["outcome"] == "recorded" else []
    logged = [event.version for event in events if event.stream == stream]
    if logged != answered or len(logged) != len(events):
        yield f"{asked.command_id} ({asked.verb}) was acknowledged as versions {answered}, logged are {logged}"
        return
    for event in events[:1]:
        yield from (f"{asked.command_id}: {what}" for what in _unlike(entry, event))


def _unlike(entry: Entry, event: Event) -> Iterator[str]:
    """Where the first event of a command is not what was asked."""
    asked, data = entry.asked, event.data
    kind, names = CONTENTS[asked.verb]
    if (event.type, event.told["actor"]) != (kind, asked.actor):
        yield f"{asked.verb} by {asked.actor} is logged as {event.type} by {event.told['actor']}"
        return
    if event.told["shown_version"] != asked.shown:
        yield f"shown at version {asked.shown}, logged as shown at {event.told['shown_version']}"
    for name in names:
        if name in asked.body and asked.body[name] != data[name]:
            yield f"{name} is {data[name]}, asked was {asked.body[name]}"
    if asked.verb in ("creation", "change") and subjects_of(asked.body["asked"]) != subjects_of(data["matter"]):
        yield "it speaks of other people"


def never_taken_back(evidence: Evidence) -> Iterator[str]:
    """I12: no case that was shown at a version is ever behind it."""
    for entry in evidence.entries:
        asked = entry.asked
        case = evidence.cases.get(asked.case or "")
        if asked.shown is not None and (case is None or case.version < asked.shown):
            yield f"{asked.case} was shown at version {asked.shown}, the log ends before it"


def refused_without_trace(evidence: Evidence) -> Iterator[str]:
    """I1: whoever was refused finds nothing of it in the log."""
    commands, stored = evidence.log.commands, {row["command_id"] for row in evidence.log.rows["receipts"]}
    for entry in evidence.entries:
        command_id = entry.asked.command_id
        if entry.refusals and entry.receipts:
            yield f"{command_id} ({entry.asked.verb}) was acknowledged and refused ({entry.refusals[0]})"
        elif entry.refusals and (command_id in commands or command_id in stored):
            yield f"{command_id} ({entry.asked.verb}) was refused ({entry.refusals[0]}) and is in the log"


def decided_on_what_was_shown(evidence: Evidence) -> Iterator[str]:
    """I7: between the version that somebody saw and the own decision nothing happened that it rests on."""
    events = evidence.log.proposals
    for entry in evidence.entries:
        asked = entry.asked
        if asked.shown is None or asked.verb == "acknowledgement":
            continue
        for said in entry.receipts[:1]:
            unseen = [
                event.type
                for event in events.get(asked.case or "", [])
                if asked.shown < event.version < (said["first_version"] or 0) and event.type not in CHASING
            ]
            if unseen:
                yield f"{asked.command_id} ({asked.verb}) on version {asked.shown} had not seen {', '.join(unseen)}"


def answered(evidence: Evidence) -> Iterator[str]:
    """I11: in the end nobody is left without an answer."""
    for entry in evidence.entries:
        if entry.outcome == "unknown":
            codes = sorted({answer.code for answer in entry.answers})
            yield f"{entry.asked.command_id} ({entry.asked.verb}) was never answered: {', '.join(codes)}"
