"""Times of calls, medians of rounds, and how busy others keep the machine meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import psutil
from rich.console import Console

T = TypeVar("T")
PAUSE, IDLE, REST_PATIENCE = 0.25, 0.1, 60.0
"""Our processes rest when they use less than a tenth of one core; nobody waits longer than a minute for that."""


@dataclass(frozen=True)
class Timed:
    """Seconds of each call, and of all of them together."""

    seconds: Sequence[float]
    total: float

    @property
    def p50(self) -> float:
        """Median, in seconds."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """Slowest twentieth, in seconds."""
        return self._percentile(95)

    @property
    def p99(self) -> float:
        """Slowest hundredth, in seconds."""
        return self._percentile(99)

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.seconds) / self.total

    def _percentile(self, hundredths: int) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[hundredths - 1]


async def timed(clients: Sequence[Callable[[T], Awaitable[object]]], work: Iterable[T]) -> Timed:
    """Each client does the next piece of work as soon as it is done with one."""
    waiting, seconds = iter(list(work)), list[float]()

    async def serve(client: Callable[[T], Awaitable[object]]) -> None:
        for piece in waiting:
            begun = time.perf_counter()
            await client(piece)
            seconds.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*map(serve, clients))
    return Timed(seconds, time.perf_counter() - begun)


async def side_by_side(clients: Sequence[Callable[[T], Awaitable[object]]], work: Sequence[Sequence[T]]) -> list[Timed]:
    """Each client in turn does a piece of its own work: whatever disturbs one of them disturbs all alike."""
    seconds: list[list[float]] = [[] for _ in clients]
    for pieces in zip(*work, strict=True):
        for client, piece, kept in zip(clients, pieces, seconds, strict=True):
            kept.append((await timed([client], [piece])).total)
    return [Timed(kept, sum(kept)) for kept in seconds]


@dataclass
class Findings:
    """What was measured, by name, one entry a round."""

    times: dict[str, list[Timed]] = field(default_factory=dict)
    figures: dict[str, list[float]] = field(default_factory=dict)
    foreign: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: bool = False

    def time(self, name: str, found: Timed) -> Timed:
        """Keep the times of one round."""
        self.times.setdefault(name, []).append(found)
        return found

    def figure(self, name: str, value: float) -> None:
        """Keep one round's ratio, or another figure that stands by itself."""
        self.figures.setdefault(name, []).append(value)

    def fail(self, sentence: str) -> None:
        """Keep that a part was not measured to its end, and why."""
        self.failed = True
        self.note(sentence)

    def note(self, sentence: str) -> None:
        """Keep what a reader of the figures must know."""
        self.notes.append(sentence)


def say(sentence: str) -> None:
    """Tell whoever waits what has been done, beside the output."""
    Console(stderr=True, soft_wrap=True).print(
        f"– {datetime.now(UTC):%H:%M:%SZ} {sentence}", highlight=False, markup=False
    )


class Foreign:
    """The share of the machine that others use, from the start on."""

    def __init__(self) -> None:
        self._busy, self._ours, self._at = _busy(), _ours(), time.perf_counter()

    @property
    def share(self) -> float:
        """Between 0 and 1, of all cores; the kernel's own threads count as others."""
        elapsed = (time.perf_counter() - self._at) * (psutil.cpu_count() or 1)
        return max(0.0, (_busy() - self._busy) - (_ours() - self._ours)) / elapsed


def _busy() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _ours() -> float:
    """CPU seconds of this process, its descendants, and those of them that have ended."""
    return sum(_seconds(process) for process in _family())


async def rest() -> None:
    """Wait until what was begun is done: pokes under way, checkpoints, queues."""
    give_up = time.perf_counter() + REST_PATIENCE
    before = _ours()
    while time.perf_counter() < give_up:
        await asyncio.sleep(PAUSE)
        now = _ours()
        if now - before < IDLE * PAUSE:
            return
        before = now


def _family() -> list[psutil.Process]:
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
