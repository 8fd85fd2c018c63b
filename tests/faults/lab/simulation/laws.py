"""What must hold after every step, read from the stored entries, the receipts, the outbox and the mailbox."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from activities.audit.canonical import NO_PREVIOUS, leaf_hash, parse
from domain.proposal.commands import Command
from tests.faults.lab.simulation.model import Way
from tests.faults.lab.simulation.people import Book
from tests.faults.lab.simulation.ports import Mailbox, Outbox, made_out
from tests.support.fakes import InMemoryEventStore, Stored

TOLERANCE = timedelta(seconds=5)
"""How early the ledger may find an instant due."""
DECISIONS = (
    "proposal.step-approved",
    "proposal.returned",
    "proposal.rejected",
    "proposal.outcome-recorded",
    "proposal.decree-issued",
)
CONTENT = ("step", "round", "reason_code", "outcome", "number", "dated", "document", "sha256")
"""What a command says and its event repeats in clear."""


@dataclass(frozen=True)
class Entry:
    """A stored event, parsed and not decoded: what it says does not depend on the code under test."""

    stream: str
    version: int
    type: str
    actor: str
    command_id: str
    at: datetime
    data: dict[str, Any]

    @property
    def place(self) -> tuple[str, str, int]:
        """Stream, step and round."""
        return self.stream, self.data.get("step", ""), self.data.get("round", 0)


@dataclass
class Log:
    """Reads the log as it grows; each new entry must fit to those before."""

    store: InMemoryEventStore
    way: Way
    entries: list[Entry] = field(default_factory=list)
    commands: dict[str, list[Entry]] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    opened: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    happened: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    decreed: dict[str, str] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    def read(self) -> list[Entry]:
        """What is new."""
        known = len(self.entries)
        for stored in self.store.log[known:]:
            entry = self._parsed(stored)
            self.entries.append(entry)
            self.commands.setdefault(entry.command_id, []).append(entry)
            if entry.stream.startswith("proposal/"):
                self._of_a_proposal(entry)
        return self.entries[known:]

    def _parsed(self, stored: Stored) -> Entry:
        content = parse(stored.entry)
        version, head = self.heads.get(stored.stream_id, (0, NO_PREVIOUS))
        assert (content["version"], content["prev"]) == (version + 1, head), f"{stored.stream_id} is no chain"
        self.heads[stored.stream_id] = (version + 1, leaf_hash(stored.entry).hex())
        return Entry(
            stream=content["stream"],
            version=content["version"],
            type=content["type"],
            actor=content["actor"],
            command_id=content["command_id"],
            at=datetime.fromisoformat(content["recorded_at"]),
            data=content["data"],
        )

    def _of_a_proposal(self, entry: Entry) -> None:
        assert entry.stream not in self.over, f"{entry.type} after the end"
        match entry.type:
            case "proposal.step-opened":
                self._once("opened", *entry.place)
                self.opened[entry.place] = entry.data
            case "proposal.decree-issued":
                self.decreed[entry.stream] = f"{entry.data['tmt']}T00:00:00+07:00"
            case "proposal.closed" | "proposal.rejected" | "proposal.withdrawn":
                self.over.add(entry.stream)
            case "proposal.outcome-recorded" if entry.data["outcome"] == "TMS":
                self.over.add(entry.stream)
        if entry.type in DECISIONS:
            self._once("decided", *entry.place, entry.data["desk"])
            assert entry.actor not in (self.way.proposer, *self.way.subjects), "somebody decided the own case"
        if entry.actor == "system":
            self._of_the_clock(entry)

    def _of_the_clock(self, entry: Entry) -> None:
        opened = self.opened.get(entry.place, {})
        match entry.type:
            case "proposal.reminder-sent":
                count = entry.data["count"]
                self._once("reminded", *entry.place, count)
                self._not_before(entry, opened["remind_at"][count - 1])
            case "proposal.step-escalated":
                self._once("escalated", *entry.place)
                self._not_before(entry, opened["escalate_at"])
            case "proposal.step-marked-stalled":
                self._once("stalled", *entry.place)
                self._not_before(entry, opened["stalled_at"])
            case "proposal.took-effect":
                self._once("took effect", entry.stream)
                self._not_before(entry, self.decreed[entry.stream])
            case "proposal.effect-refused":
                self._not_before(entry, self.decreed[entry.stream])
            case "proposal.decree-delivered":
                self._once("delivered", entry.stream)

    def _once(self, *what: Any) -> None:
        self.happened[what] += 1
        assert self.happened[what] == 1, f"twice: {what}"

    def _not_before(self, entry: Entry, instant: str) -> None:
        assert entry.at >= datetime.fromisoformat(instant) - TOLERANCE, f"{entry.type} at {entry.at} before {instant}"


def whole(log: Log, outbox: Outbox) -> None:
    """Events, receipt, poke and notices of a command are there together."""
    recorded = {number for number, (_, receipt) in log.store.receipts.items() if receipt.outcome == "recorded"}
    assert recorded == set(log.commands), recorded ^ set(log.commands)
    expected: Counter[tuple[str, ...]] = Counter()
    for entries in log.commands.values():
        last = entries[0]
        for entry in (entry for entry in entries if entry.stream == last.stream):
            last = entry
            if entry.type == "proposal.step-opened":
                template = "decree-ready" if entry.data["kind"] == "delivery" else "awaiting-you"
                expected.update((template, entry.data["step"], desk) for desk in entry.data["desks"])
        if last.actor != "system" and last.stream.startswith("proposal/"):
            expected["poke", last.stream, str(last.version)] += 1
    assert _written(outbox) == expected


def _written(outbox: Outbox) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for row in outbox.written("notice"):
        if row.body["template"] in ("awaiting-you", "decree-ready"):
            found[row.body["template"], row.body["step"], row.dest] += 1
    for row in outbox.written("poke"):
        found["poke", row.stream_id, str(row.body["version"])] += 1
    return found


def answers_are_kept(log: Log, book: Book) -> None:
    """What was acknowledged is in the log, once, and says what was sent; what was refused is not."""
    for number, receipt in book.acknowledged.items():
        found: dict[str, list[int]] = defaultdict(list)
        for entry in log.commands.get(number, ()):
            found[entry.stream].append(entry.version)
        versions = list(range(receipt.first_version, receipt.last_version + 1)) if receipt.outcome == "recorded" else []
        assert found[receipt.stream_id] == versions, f"acknowledged {versions} of {number}, has {dict(found)}"
        if versions:
            _says(log.commands[number][0], book.sent[number])
    present = [number for number in book.refused if number in log.commands]
    assert not present, f"refused and yet there: {present}"


def _says(entry: Entry, command: Command) -> None:
    sent = command.model_dump(mode="json")
    said = {name: entry.data.get(name) for name in CONTENT if name in sent}
    assert (entry.actor, said) == (sent["actor"], {name: sent[name] for name in said}), f"{entry} of {command!r}"


def letters_arrived(outbox: Outbox, mailbox: Mailbox) -> None:
    """A notice that is not owed any more reached everybody at its desk; copies of a letter are alike."""
    for row in outbox.written("notice"):
        for letter in made_out(row):
            copies = set(mailbox.arrived.get(letter.message_id, ()))
            assert len(copies) <= 1, f"{letter.message_id} has {len(copies)} contents"
            assert copies or row.id not in outbox.delivered, f"{letter.message_id} never arrived"
