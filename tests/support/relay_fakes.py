"""An outbox, a poker and a case index in memory, for desk and relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.support.workflow_fakes import Gate
from workflows.relay import CaseKey, Cases

Row = tuple[str, int, str]


@dataclass
class FakeOutbox:
    """Waiting pokes: stream, version, matter."""

    rows: list[Row] = field(default_factory=list)
    broken: bool = False

    @classmethod
    def of(cls, *waiting: tuple[str, int]) -> FakeOutbox:
        """Pokes of these streams and versions; rotations are known by their number."""
        return cls([(*row, "rotation" if row[0].startswith("proposal/MT-") else "promotion") for row in waiting])

    def versions(self) -> list[tuple[str, int]]:
        """What waits, without its matter."""
        return [row[:2] for row in self.rows]

    async def waiting(self, kind: str, limit: int) -> Sequence[Any]:
        """The oldest rows."""
        self._check()
        return [
            SimpleNamespace(stream_id=stream, body={"version": version, "matter": matter})
            for stream, version, matter in self.rows[:limit]
        ]

    async def poked(self, stream_id: str, version: int) -> None:
        """Strike off."""
        self._check()
        self.rows = [row for row in self.rows if row[0] != stream_id or row[1] > version]

    def _check(self) -> None:
        if self.broken:
            raise ConnectionError


@dataclass
class FakePoker:
    """Remembers whom it poked."""

    broken: bool = False
    broken_for: frozenset[str] = frozenset()
    poked: list[tuple[str, str, int]] = field(default_factory=list)
    gate: Gate = field(default_factory=Gate)

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Arrive, or fail at once."""
        if self.broken or proposal_id in self.broken_for:
            raise ConnectionError
        await self.gate.passed()
        self.poked.append((proposal_id, matter, version))


def answering(found: Iterable[CaseKey]) -> Callable[[], Awaitable[list[CaseKey]]]:
    """A question with this answer."""

    async def answer() -> list[CaseKey]:
        return list(found)

    return answer


def index(open_cases: Iterable[CaseKey] = (), overdue: Iterable[CaseKey] = (), running: Iterable[str] = ()) -> Cases:
    """A case index, and the engine's list of workflows."""

    async def ids() -> set[str]:
        return {f"proposal/{proposal_id}" for proposal_id in running}

    return Cases(answering(open_cases), answering(overdue), ids)
