"""The golden corpus: bytes that were stored once and must be read for ever.

`python -m tests.support.golden` adds what is missing; it never writes a line again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from activities.audit.canonical import canonical, parse
from activities.ledger import Ledger
from activities.store.codec import CURRENT_VERSION, Envelope, decode, encode
from domain.proposal import commands as c
from domain.proposal.proposal import Recorded
from domain.proposal.proposal import fold as fold_proposal
from domain.register.changes import ImportPeople, ImportUnits
from domain.register.person import fold as fold_person
from tests.support.builders import SWAP_ASKED, TMT, TMT_AT, TODAY
from tests.support.fakes import CIPHER, InMemoryEventStore
from tests.support.people import (
    AGENCY,
    APPROVER,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    SOURCE,
    STAFF,
    UNITS,
    VERIFIER,
    everybody,
)
from tests.support.samples import SAMPLES, SECRET_WORDS
from tests.support.story import Office

FOLDER = Path(__file__).parents[1] / "activities" / "store" / "golden"
EVENTS = FOLDER / "events.jsonl"
STATES = FOLDER / "states.json"
EVENT_ID = "019a0000-0000-7000-8000-000000000001"


def entries(name: str) -> list[bytes]:
    """The stored entries of a file, one a line."""
    path = FOLDER / f"{name}.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []


def covered(stored: Iterable[bytes]) -> set[tuple[str, int]]:
    """Which (type, version) have a sample among the entries."""
    return {(entry["type"], entry["schema_version"]) for entry in map(parse, stored)}


def state_hash(stream: list[bytes]) -> str:
    """SHA-256 (hex) of the state that a stored stream folds to, whatever defaults were added to it since."""
    stored = [parse(entry) for entry in stream]
    history = [Recorded(decode(e), e["actor"], datetime.fromisoformat(e["recorded_at"]), e["stream"]) for e in stored]
    if stored[0]["stream"].startswith("proposal/"):
        state: object = fold_proposal(history)
    else:
        state = fold_person(recorded.event for recorded in history)
    return hashlib.sha256(canonical(_plain(state))).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        told = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not _is_default(value, f)}
        return {"state": getattr(type(value), "name", ""), **told}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _is_default(value: Any, field: Any) -> bool:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return bool(getattr(value, field.name) == default)


def sample_entry(event_type: str) -> bytes:
    """The sample of a type as it is stored today."""
    envelope = Envelope(
        stream_id="proposal/KP-2026-000001",
        version=1,
        event_id=EVENT_ID,
        agency=AGENCY,
        recorded_at=datetime(2026, 1, 20, 2, 0, 0, 123456, tzinfo=UTC),
        actor=HEAD,
        command_id="command-000001",
        shown_version=7,
        rule_refs=["PP 99/2000 pasal 7"],
    )
    return encode(SAMPLES[event_type], envelope, "", CIPHER).entry


async def _told(asked: c.Asked, proposer: str) -> InMemoryEventStore:
    store = InMemoryEventStore()
    ledger = Ledger(store)
    shared: dict[str, Any] = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    await ledger.record(ImportUnits(command_id="import-units", units=UNITS, **shared))
    await ledger.record(ImportPeople(command_id="import-people", people=everybody(), **shared))
    office = Office(type("Parts", (), {"ledger": ledger})())
    await office.submitted(asked, proposer)
    rotation = isinstance(asked, c.RotationAsked)
    first = [(CHIEF, "PERSETUJUAN_ASAL"), (OTHER_CHIEF, "PERSETUJUAN_ASAL")] if rotation else [(CHIEF, "PENGANTAR_OPD")]
    for actor, step in (*first, (VERIFIER, "VERIF"), (BOARD, "TPK") if rotation else (APPROVER, "APPROVAL")):
        note = c.ApproveStep(step=step, round=1, note=SECRET_WORDS, **office.by(actor))
        await office.record(note)
    if not rotation:
        await office.record(
            c.RecordOutcome(step="BKN", round=1, outcome="MS", number="PT-1", dated=TODAY, **office.by(VERIFIER))
        )
    await office.record(c.IssueDecree(step="SK", round=1, number="SK-1", dated=TODAY, **office.by(PPK)))
    store.at = TMT_AT
    clock = {"proposal_id": office.proposal_id, "round": 1}
    delivery = "SERAH_TERIMA" if rotation else "DISTRIBUSI"
    await office.record(c.SystemCommand(command_id="clock-effect", kind="take-effect", step="EFEKTIF", **clock))
    await office.record(c.SystemCommand(command_id="clock-delivery", kind="record-delivery", step=delivery, **clock))
    for subject in (HEAD, OTHER_HEAD) if rotation else (STAFF,):
        await office.record(c.Acknowledge(**office.by(subject)))
    return store


def _add(name: str, lines: list[bytes]) -> None:
    if lines:
        with (FOLDER / f"{name}.jsonl").open("ab") as file:
            file.writelines(line + b"\n" for line in lines)


async def main() -> None:
    """Add a sample for every type and version without one, and the streams that do not exist yet."""
    known = covered(entries("events"))
    _add("events", [sample_entry(kind) for kind, version in CURRENT_VERSION.items() if (kind, version) not in known])
    for name, asked, proposer, person in (
        ("promotion", c.PromotionAsked(subject=STAFF, target_tmt=TMT), HEAD, STAFF),
        ("swap", SWAP_ASKED, PYB, HEAD),
    ):
        if not entries(name):
            store = await _told(asked, proposer)
            case = next(s.stream_id for s in store.log if s.stream_id.startswith("proposal/"))
            _add(name, [stored.entry for stored in store.stream(case)])
            _add(f"{name}-person", [stored.entry for stored in store.stream(f"person/{person}")])
    streams = sorted(path.stem for path in FOLDER.glob("*.jsonl") if path != EVENTS)
    known_states = json.loads(STATES.read_text()) if STATES.exists() else {}
    states = {name: state_hash(entries(name)) for name in streams} | known_states
    STATES.write_text(json.dumps(states, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
