"""Stored bytes: read for ever, written canonically, chained, sealed where a person wrote."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rfc8785 import CanonicalizationError

from activities.audit.canonical import NO_PREVIOUS, canonical, leaf_hash, parse
from activities.store.codec import (
    CURRENT_VERSION,
    EVENT_CLASSES,
    Envelope,
    KeyMissing,
    decode,
    encode,
    free_text,
    gaps,
)
from activities.store.sealing import SubjectCipher
from domain.errors import HistoryUnreadable
from domain.proposal.events import ProposalWithdrawn
from tests.support.fakes import CIPHER
from tests.support.golden import STATES, entries, state_hash
from tests.support.samples import SAMPLES, SECRET_WORDS

GOLDEN = [
    pytest.param(entry, id=f"{parse(entry)['type']}.v{parse(entry)['schema_version']}") for entry in entries("events")
]
STREAMS = ["promotion", "promotion-person", "swap", "swap-person"]
golden = pytest.mark.parametrize("entry", GOLDEN)
streams = pytest.mark.parametrize("name", STREAMS)
ENVELOPE = Envelope(
    stream_id="proposal/KP-1",
    version=1,
    event_id="019a0000-0000-7000-8000-00000000000f",
    agency="DEMO",
    recorded_at=datetime(2026, 1, 20, 2, tzinfo=UTC),
    actor="system",
    command_id="command-1",
    shown_version=None,
    rule_refs=[],
)


def lost(stored: Any, read: Any) -> list[str]:
    """What stands in the stored JSON and not in what was read from it, as paths."""
    if isinstance(stored, dict) and isinstance(read, dict):
        missing = [name for name in stored if name not in read]
        deeper = [f"{name}/{path}" for name in stored if name in read for path in lost(stored[name], read[name])]
        return missing + deeper
    if isinstance(stored, list) and isinstance(read, list) and len(stored) == len(read):
        return [f"{n}/{path}" for n, pair in enumerate(zip(stored, read, strict=True)) for path in lost(*pair)]
    return [] if stored == read else [f"{stored!r} became {read!r}"]


# The corpus.


@golden
def test_a_golden_sample_is_read_without_losing_a_field(entry: bytes) -> None:
    """A field that was renamed or dropped would vanish silently: unknown fields are tolerated."""
    stored = parse(entry)
    event = decode(stored)

    assert isinstance(event, EVENT_CLASSES[stored["type"]])
    if stored["schema_version"] == CURRENT_VERSION[stored["type"]]:
        assert lost(stored["data"], event.model_dump(mode="json")) == []


@golden
def test_golden_bytes_are_canonical(entry: bytes) -> None:
    """RFC 8785: one byte string for one content."""
    assert canonical(parse(entry)) == entry


def test_a_lost_field_is_noticed() -> None:
    """The check above finds a planted loss, however deep."""
    stored = {"desk": "role/verifier", "steps": [{"code": "VERIF", "due": 5}]}

    assert lost(stored, {"steps": [{"code": "VERIF"}]}) == ["desk", "steps/0/due"]
    assert lost(stored, stored | {"new_field": 1}) == []


@streams
def test_a_golden_stream_is_chained(name: str) -> None:
    """Each entry names the hash of the one before it."""
    head = NO_PREVIOUS
    for version, entry in enumerate(entries(name), start=1):
        stored = parse(entry)
        assert (stored["version"], stored["prev"]) == (version, head)
        head = leaf_hash(entry).hex()


@streams
def test_a_golden_stream_folds_to_the_same_state_as_ever(name: str) -> None:
    """A fold that changes its meaning changes the hash; a new field with a default does not."""
    assert json.loads(STATES.read_text())[name] == state_hash(entries(name))


@streams
def test_every_event_counts_in_the_state(name: str) -> None:
    """The hash would notice: without its last entry the stream folds to something else."""
    assert state_hash(entries(name)[:-1]) != state_hash(entries(name))


def test_the_golden_promotion_ends_well() -> None:
    """It is a whole case, from draft to closed."""
    types = [parse(entry)["type"] for entry in entries("promotion")]

    assert (types[0], types[-1]) == ("proposal.drafted", "proposal.closed")
    assert "proposal.took-effect" in types


# There and back.


@pytest.mark.parametrize("event", SAMPLES.values(), ids=SAMPLES)
def test_what_is_written_is_read_back(event: Any) -> None:
    """Every field, except text that was sealed."""
    plain = event.model_copy(update=dict.fromkeys(free_text(type(event)), ""))

    assert decode(parse(encode(plain, ENVELOPE, "", None).entry)) == plain


def test_the_envelope_is_part_of_the_bytes() -> None:
    """Who, when, under which command, on which version, by which rules, after what."""
    stored = parse(encode(ProposalWithdrawn(), ENVELOPE, "ab" * 32, None).entry)

    assert {name: stored[name] for name in stored if name not in ("data", "type")} == {
        "actor": "system",
        "agency": "DEMO",
        "command_id": "command-1",
        "event_id": "019a0000-0000-7000-8000-00000000000f",
        "prev": "ab" * 32,
        "recorded_at": "2026-01-20T02:00:00.000000+00:00",
        "rule_refs": [],
        "schema_version": 1,
        "shown_version": None,
        "stream": "proposal/KP-1",
        "version": 1,
    }


def test_the_hash_covers_every_byte() -> None:
    """RFC 6962: SHA-256 over 0x00 and the entry."""
    written = encode(ProposalWithdrawn(), ENVELOPE, "", None)

    assert written.leaf_hash == leaf_hash(written.entry)
    assert leaf_hash(written.entry + b" ") != written.leaf_hash
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


# Versions.


@pytest.mark.parametrize(("event_type", "version"), [("proposal.teleported", 1), ("proposal.withdrawn", 2), ("x", 0)])
def test_an_unknown_type_or_version_is_not_guessed_at(event_type: str, version: int) -> None:
    """It names what it could not read."""
    with pytest.raises(HistoryUnreadable) as unreadable:
        decode({"type": event_type, "schema_version": version, "data": {}})

    assert (unreadable.value.event_type, unreadable.value.schema_version) == (event_type, version)


def test_older_data_is_upcast_step_by_step() -> None:
    """From the stored version to today's, each step once."""
    upcasters = {
        ("proposal.withdrawn", -1): lambda data: {"remark": data["words"]},
        ("proposal.withdrawn", 0): lambda data: {"note": data["remark"]},
    }
    old = {"type": "proposal.withdrawn", "schema_version": -1, "data": {"words": "batal"}}

    assert decode(old, upcasters) == ProposalWithdrawn(note="batal")
    with pytest.raises(HistoryUnreadable):
        decode(old, {("proposal.withdrawn", -1): upcasters["proposal.withdrawn", -1]})


def test_every_version_reaches_todays() -> None:
    """No gap in the chain; the check finds a planted one."""
    assert gaps() == []
    assert gaps({"a": 3, "b": 1}, {("a", 1)}) == ["a v2"]


# Sealing.


@pytest.mark.parametrize("event", SAMPLES.values(), ids=SAMPLES)
def test_what_people_write_is_never_stored_in_clear(event: Any) -> None:
    """Not even a word of it."""
    stored = encode(event, ENVELOPE, "", CIPHER).entry.decode()

    assert not [word for word in SECRET_WORDS.split() if word in stored]
    assert (SECRET_WORDS in event.model_dump_json()) == ("sealed:" in stored)


@pytest.mark.parametrize("name", ["events", "promotion", "swap"])
def test_golden_text_opens_with_its_key_only(name: str) -> None:
    """The sealed form of the corpus is readable for as long as its key is there."""
    opened = 0
    for stored in map(parse, entries(name)):
        for field in free_text(EVENT_CLASSES[stored["type"]]):
            if text := stored["data"][field]:
                sealed, place = base64.b64decode(text.removeprefix("sealed:")), f"{stored['event_id']}/{field}"
                assert CIPHER.open(sealed, place) == SECRET_WORDS
                assert SubjectCipher(bytes(32)).open(sealed, place) is None
                assert CIPHER.open(sealed, f"{stored['event_id']}/other") is None
                opened += 1

    assert opened


def test_text_is_sealed_differently_each_time() -> None:
    """The same short note twice cannot be told by its ciphertext."""
    event = ProposalWithdrawn(note="batal")

    assert encode(event, ENVELOPE, "", CIPHER).entry != encode(event, ENVELOPE, "", CIPHER).entry


def test_text_without_a_key_is_not_stored() -> None:
    """In clear it could never be erased; without text no key is needed."""
    with pytest.raises(KeyMissing):
        encode(ProposalWithdrawn(note="batal"), ENVELOPE, "", None)

    assert encode(ProposalWithdrawn(), ENVELOPE, "", None).entry


def test_numbers_that_json_does_not_hold_exactly_are_refused() -> None:
    """No integer beyond 2^53 and no NaN gets into the log."""
    for odd in (2**53 + 1, float("nan")):
        with pytest.raises(CanonicalizationError):
            canonical({"n": odd})
