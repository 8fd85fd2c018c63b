"""What a workflow reaches through its activities, written by the test: a ledger of one case, a mailroom, a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from activities.notices import Letter
from domain.errors import DomainError
from domain.ports import Receipt
from domain.proposal.brief import Brief, Due, Owed
from domain.proposal.commands import SystemCommand, SystemVerb
from domain.rulebook.model import StepKind

PERSONAL = ("Ratna Contoh", "198001012005019001", "ratna@dinas.example")
"""An invented name, NIP and address: what no part of the engine may ever hold."""


def brief(awaits: str = StepKind.DECISION, *dues: Due, **changed: Any) -> Brief:
    """An open case at version 1."""
    told = {"proposal_id": "", "version": 1, "open": True, "matter": "promotion", "stage": "VERIF", "unit": "SEKSI-A1"}
    return Brief(**{**told, "awaits": awaits, "dues": list(dues), "desks": ["role/verifier"], **changed})


CLOSED = brief("nothing", open=False, stage="Closed")


def due(kind: SystemVerb, at: datetime, count: int = 0) -> Due:
    """A system command of the present step; its id is made of facts, as the ledger makes it."""
    base = f"proposal/KP-1/step/VERIF/round/1/{kind}"
    command_id = f"{base}/{count}" if count else base
    command = SystemCommand(command_id=command_id, proposal_id="KP-1", kind=kind, step="VERIF", round=1, count=count)
    return Due(at=at, command=command)


@dataclass
class Gate:
    """Open, until a test holds up who comes."""

    waiting: int = 0
    most: int = 0
    unheld: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.unheld.set()

    def hold(self) -> None:
        """From now on everybody waits."""
        self.unheld.clear()

    def let_go(self) -> None:
        """Let them pass."""
        self.unheld.set()

    async def passed(self) -> None:
        """Pass, perhaps later."""
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            await self.unheld.wait()
        finally:
            self.waiting -= 1


@dataclass
class ScriptedLedger:
    """A ledger of one case. What is recorded is struck off the dues, and `afterwards` tells what else it changes."""

    told: Brief
    afterwards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refusals: list[DomainError] = field(default_factory=list)
    load_refusals: list[DomainError] = field(default_factory=list)
    load_faults: int = 0
    lost_answers: int = 0
    ahead: timedelta = timedelta()
    loads: int = 0
    asked: list[SystemCommand] = field(default_factory=list)
    recorded: list[SystemCommand] = field(default_factory=list)
    loading: Gate = field(default_factory=Gate)
    recording: Gate = field(default_factory=Gate)

    @property
    def kinds(self) -> list[str]:
        """What was recorded, in order."""
        return [command.kind for command in self.recorded]

    def now(self) -> datetime:
        """The ledger's clock."""
        return datetime.now(UTC) + self.ahead

    def change(self, **changed: Any) -> int:
        """Somebody's decision; the answer is the new version."""
        self.told = self.told.model_copy(update={"version": self.told.version + 1, **changed})
        return self.told.version

    async def brief(self, proposal_id: str) -> Brief:
        """The brief as it was when the load began; a held ledger answers when it is let go."""
        told = self.told
        self.loads += 1
        await self.loading.passed()
        if self.load_refusals:
            raise self.load_refusals.pop(0)
        if self.load_faults:
            self.load_faults -= 1
            raise ConnectionError
        return told

    async def record(self, command: SystemCommand) -> Receipt:
        """Record once, or refuse with the next refusal; an answer may be lost after the COMMIT."""
        self.asked.append(command)
        await self.recording.passed()
        if command not in self.recorded:
            if self.refusals:
                raise self.refusals.pop(0)
            self.recorded.append(command)
            left = [due for due in self.told.dues if due.command != command]
            self.change(**{"dues": left, **self.afterwards.get(command.kind, {})})
        if self.lost_answers:
            self.lost_answers -= 1
            raise TimeoutError
        return Receipt(
            command_id=command.command_id,
            stream_id="proposal/KP-1",
            first_version=self.told.version,
            last_version=self.told.version,
            outcome="recorded",
            recorded_at=self.now(),
        )


@dataclass(frozen=True)
class ScriptedMailroom:
    """Keeps what the ledger's brief says is owed; a closed case ends when nothing is."""

    ledger: ScriptedLedger

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """One letter to an invented official."""
        if notice_id not in [owed.notice_id for owed in self.ledger.told.owed]:
            return []
        name, nip, address = PERSONAL
        return [Letter(message_id=f"notice/{notice_id}", address=address, subject=f"Yth. {name}", text=f"NIP {nip}")]

    async def done(self, notice_ids: Sequence[int]) -> None:
        """Owed no more."""
        told = self.ledger.told
        left = [owed for owed in told.owed if owed.notice_id not in notice_ids]
        self.ledger.told = told.model_copy(
            update={"owed": left, "open": told.open and (bool(left) or told.awaits != "notices")}
        )

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Owed again after the delay."""
        later = self.ledger.now() + delay
        owed = [self._later(owed, later) if owed.notice_id in notice_ids else owed for owed in self.ledger.told.owed]
        self.ledger.told = self.ledger.told.model_copy(update={"owed": owed})

    def _later(self, owed: Owed, instant: datetime) -> Owed:
        return owed.model_copy(update={"not_before": instant, "attempt": owed.attempt + 1})


@dataclass
class Channel:
    """A notifier that may be away; it knows a message again that it has had."""

    away: bool = False
    tries: int = 0
    arrived: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    delivering: Gate = field(default_factory=Gate)

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Take the message; the fault of a channel that is away quotes the address, as mail servers do."""
        self.tries += 1
        await self.delivering.passed()
        if self.away:
            reason = f"no route to {address} ({subject}, {text})"
            raise ConnectionError(reason)
        (self.repeated if message_id in self.arrived else self.arrived).append(message_id)


def scripted_parts(ledger: ScriptedLedger, channel: Channel, task_queue: str) -> Any:
    """What the worker is built from."""
    return SimpleNamespace(
        ledger=ledger,
        briefs=ledger,
        mailroom=ScriptedMailroom(ledger),
        notifier=channel,
        period_office=None,
        settings=SimpleNamespace(temporal_task_queue=task_queue, utc_offset_hours=7),
    )
