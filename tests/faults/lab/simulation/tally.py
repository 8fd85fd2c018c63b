"""What a simulation did, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from typing import Self

from tests.faults.lab.simulation.faults import PORTS, How
from tests.faults.lab.simulation.world import World


@dataclass
class Tally:
    """Counts over many cases."""

    steps: int = 0
    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    refused: int = 0
    resolved: int = 0
    events: int = 0
    letters: int = 0
    calls: int = 0
    struck: Counter[tuple[str, How]] = field(default_factory=Counter)

    def add(self, world: World, end: str) -> None:
        """One case that came to its end."""
        self.cases += 1
        self.ends[end] += 1
        self.acknowledged += len(world.book.acknowledged)
        self.refused += len(world.book.refused)
        self.resolved += world.book.resolved
        self.events += len(world.store.log)
        self.letters += sum(len(copies) for copies in world.mailbox.arrived.values())
        self.calls += world.faults.calls
        self.struck += world.faults.struck

    def __iadd__(self, other: Tally) -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def table(self) -> str:
        """For people: one line a port, then the totals."""
        by_port: dict[str, Counter[str]] = defaultdict(Counter)
        for (port, how), times in self.struck.items():
            by_port[port][how] += times
        lines = [f"{'fault at':<12}" + "".join(f"{how:>9}" for how in How)]
        lines += [f"{port:<12}" + "".join(f"{by_port[port][how]:>9}" for how in How) for port in PORTS]
        ends = ", ".join(f"{end} {times}" for end, times in sorted(self.ends.items()))
        did = f"{self.steps} steps in {self.cases} cases ({ends}); {self.calls} calls, {self.struck.total()} failed"
        told = f"commands: {self.acknowledged} acknowledged, {self.refused} refused, {self.resolved} unknown resolved"
        return "\n".join([*lines, did, f"{told}; {self.events} events, {self.letters} letters"])
