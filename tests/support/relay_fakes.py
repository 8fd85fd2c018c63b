"""An outbox, a poker and a case index in memory, for desk and relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from tests.support.workflow_fakes import Gate
from workflows.census import CaseKey, Look, Standing
from workflows.relay import Cases

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
    restarted: list[tuple[str, str]] = field(default_factory=list)
    gate: Gate = field(default_factory=Gate)

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Arrive, or fail at once."""
        if self.broken or proposal_id in self.broken_for:
            raise ConnectionError
        await self.gate.passed()
        self.poked.append((proposal_id, matter, version))

    async def restart(self, proposal_id: str, matter: str) -> None:
        """Arrive, or fail at once."""
        if self.broken or proposal_id in self.broken_for:
            raise ConnectionError
        self.restarted.append((proposal_id, matter))


def standing(proposal_id: str, stage: str = "VERIF") -> Standing:
    """Where a case stands; rotations are known by their number."""
    matter = "rotation" if proposal_id.startswith("MT-") else "promotion"
    return Standing(proposal_id, matter, stage, "SEKSI-A1", datetime(2026, 3, 2, 9, tzinfo=UTC))


def answering(found: Iterable[Any]) -> Callable[[], Awaitable[list[Any]]]:
    """A question with this answer."""

    async def answer() -> list[Any]:
        return list(found)

    return answer


def index(
    open_cases: Iterable[Standing] = (),
    overdue: Iterable[CaseKey] = (),
    running: Iterable[Standing] = (),
    at_work: Iterable[str] = (),
    stuck: Iterable[str] = (),
    by_now: Iterable[Standing] | None = None,
) -> Cases:
    """A case index, and the engine's list of workflows; `by_now` are those that run when it is asked for one."""

    async def look(proposal_id: str) -> Look:
        shown = {case.proposal_id: case for case in (running if by_now is None else by_now)}
        return Look(shown.get(proposal_id), at_work=proposal_id in at_work, stuck=proposal_id in stuck)

    return Cases(answering(open_cases), answering(overdue), answering(running), look)
