"""What may go wrong at a port, and how often it did."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from domain.ports import Conflict

T = TypeVar("T")
A_WHILE = 7
"""Turns of the event loop that a slow call lasts: long enough for somebody else to come first."""
LEDGER = ("begin", "receipt", "load", "facts", "append", "commit", "refused")
POKING = ("poke", "poked")
ENGINE = ("brief", "letters", "notify", "mark", "defer", "completion")
RELAY = ("waiting", "index", "running")
PORTS = (*LEDGER, *POKING, *ENGINE, *RELAY)
WRITES = ("commit", "poke", "poked", "notify", "mark", "defer")
"""Ports whose call may still happen after its caller gave up."""


class How(StrEnum):
    """When a call goes wrong, which its caller takes for a timeout in every case but the last."""

    BEFORE = "before"
    """Nothing happened."""
    AFTER = "after"
    """It happened."""
    LATE = "late"
    """It happens, but not yet; what only reads has happened."""
    SLOW = "slow"
    """It happens and is answered, and others come first."""


class Lost(TimeoutError):
    """The caller cannot know whether it happened."""


@dataclass(frozen=True)
class Fault:
    """The call that goes wrong, at whatever port: 0 is the next."""

    nth: int
    how: How

    def __repr__(self) -> str:
        return f"Fault({self.nth}, How.{self.how.name})"


@dataclass
class Faults:
    """Goes between every port and its caller."""

    armed: dict[int, How] = field(default_factory=dict)
    late: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    calls: int = 0
    struck: Counter[tuple[str, How]] = field(default_factory=Counter)

    def arm(self, faults: Iterable[Fault]) -> None:
        """From now on these and no others go wrong."""
        self.armed = {self.calls + fault.nth: fault.how for fault in faults}

    async def through(self, port: str, call: Callable[[], Awaitable[T]]) -> T:
        """The call's answer, unless a fault strikes; raises Lost."""
        how = self._strikes(port)
        match how:
            case How.BEFORE:
                raise Lost(port)
            case How.LATE if port in WRITES:
                self.late.append(call)
                raise Lost(port)
            case How.SLOW:
                for _ in range(A_WHILE):
                    await asyncio.sleep(0)
        answer = await call()
        if how in (How.AFTER, How.LATE):
            raise Lost(port)
        return answer

    async def arrive(self, pick: int) -> None:
        """One of the late calls happens; that it cannot any more is nobody's concern."""
        call = self.late.pop(pick % len(self.late))
        try:
            await call()
        except (Conflict, Lost):
            return

    def _strikes(self, port: str) -> How | None:
        how = self.armed.get(self.calls)
        self.calls += 1
        if how is not None:
            self.struck[port, how] += 1
        return how
