"""What came of a round, and the table of a campaign."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from rich.table import Table

from tests.faults.lab.book import Entry
from tests.faults.lab.judging.evidence import Finding

QUIET, ALL = "(quiet)", "all"
LOST, DOUBLED = {"I1", "I12"}, {"I2"}
"""Broken promises that mean a decision was lost, or happened twice."""


@dataclass(frozen=True)
class Count:
    """How the commands of a round were answered; `resolved` were unknown at first and have their answer now."""

    commands: int = 0
    acknowledged: int = 0
    refused: int = 0
    resolved: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Count:
        """Of the book's entries."""
        outcomes = [entry.outcome for entry in entries]
        doubted = [entry for entry in entries if any(answer.outcome == "unknown" for answer in entry.answers)]
        return cls(
            len(entries),
            outcomes.count("acknowledged"),
            outcomes.count("refused"),
            sum(entry.outcome != "unknown" for entry in doubted),
            outcomes.count("unknown"),
        )

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(*(mine + its for mine, its in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass(frozen=True)
class Outcome:
    """What came of a round: `strikes` by fault, `recovery` in seconds from the last healing to the first success."""

    number: int
    seed: str
    strikes: Mapping[str, int]
    count: Count = field(default_factory=Count)
    recovery: float | None = None
    seconds: float = 0.0
    ends: int = 0
    findings: Sequence[Finding] = ()

    def line(self) -> str:
        """As one line of JSON."""
        told = {**asdict(self), "findings": [list(finding) for finding in self.findings]}
        return json.dumps(told, ensure_ascii=False)


@dataclass
class Report:
    """All rounds so far; each is a line in the file at once. `about` stands in every line: seed, versions, commit."""

    path: Path
    about: Mapping[str, str]
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Remember it, on disk too."""
        self.outcomes.append(outcome)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps({**self.about, **json.loads(outcome.line())}, ensure_ascii=False) + "\n")

    @property
    def findings(self) -> list[Finding]:
        """Every broken promise of every round."""
        return [finding for outcome in self.outcomes for finding in outcome.findings]

    def table(self, skipped: Mapping[str, str]) -> Table:
        """One row a fault. A round with several faults counts for each of them."""
        right = ("rounds", "strikes", "commands", "acked", "refused", "resolved", "lost", "doubled", "other")
        table = Table("fault", box=None, title="Faults")
        for column in (*right, "recovery p50", "max"):
            table.add_column(column, justify="right")
        for name, outcomes in self._by_fault():
            table.add_row(name, *_cells(name, outcomes))
        table.add_row(ALL, *_cells(ALL, self.outcomes), style="bold")
        for name, reason in skipped.items():
            table.add_row(name, f"skipped: {reason}")
        return table

    def _by_fault(self) -> Iterator[tuple[str, list[Outcome]]]:
        names = sorted({name for outcome in self.outcomes for name in outcome.strikes})
        yield from ((name, [outcome for outcome in self.outcomes if name in outcome.strikes]) for name in names)
        yield QUIET, [outcome for outcome in self.outcomes if not outcome.strikes]


def _cells(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    count = sum((outcome.count for outcome in outcomes), Count())
    strikes = [sum(o.strikes.values()) if name == ALL else o.strikes.get(name, 0) for o in outcomes]
    broken = [finding.invariant for outcome in outcomes for finding in outcome.findings]
    lost, doubled = (sum(name in kinds for name in broken) for kinds in (LOST, DOUBLED))
    numbers = (len(outcomes), sum(strikes), count.commands, count.acknowledged, count.refused, count.resolved)
    yield from map(str, (*numbers, lost, doubled, len(broken) - lost - doubled))
    recoveries = [outcome.recovery for outcome in outcomes if outcome.recovery is not None and outcome.strikes]
    yield f"{median(recoveries):.1f} s" if recoveries else ""
    yield f"{max(recoveries):.1f} s" if recoveries else ""
