"""Mutants: rule files with one value changed. What no situation notices is untested, or without effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.rulebook.neighbours import days_near, expressions_near, values_near
from domain.rulebook.problems import ParsedFile, Place, entry_name, path_of

UNASKED = (
    "edition.yaml",
    "holidays_overlay.yaml",
    "objections.yaml",
    "reasons.yaml",
    "routes/",
    "sources.yaml",
)
"""Files that no assessment reads: labels, desks, deadlines, and what people say when they refuse."""
RULES = "requirements/"
DATED = ("legal_basis", "valid_from", "valid_to")
"""What every entry carries; its days are changed as days between versions."""
FREEZES = "freezes.yaml"
DaysNear = Callable[[date], tuple[date, date]]
"""What a day on which the law changes becomes: later, and earlier."""
SEVERITIES = {"block": "warn", "return": "warn", "warn": "block"}


@dataclass(frozen=True)
class Mutant:
    """A file with one value changed, and the original; `matter` is that of a rule, None for a table."""

    original: ParsedFile
    place: Place
    change: str
    data: Any
    matter: str | None

    @property
    def file(self) -> ParsedFile:
        """The changed file."""
        return ParsedFile(self.original.name, self.data, self.original.lines)

    @property
    def line(self) -> int:
        """The line of the value."""
        return self.original.line(self.place)

    @property
    def entry(self) -> str:
        """The entry's code, else its first day."""
        return entry_name(_at(self.original.data, self.place[:1]))

    def __str__(self) -> str:
        """One line for an operator."""
        return f"{self.original.name}:{self.line}: {self.entry}: {path_of(self.place)}: {self.change}"


def mutants(parsed: Sequence[ParsedFile], since: date, tmts_near: DaysNear) -> Iterator[Mutant]:
    """Every mutant of the files: each rule, threshold and cell that an assessment reads, changed in turn.

    Days between two versions of the law are thresholds too, unless they are before the first day that anybody asks for:
    of moves, which may take effect on any day, and of promotions, which have TMTs.
    """
    for file in parsed:
        if isinstance(file.data, list) and not file.name.startswith(UNASKED):
            for index in range(len(file.data)):
                yield from _of_rule(file, index) if file.name.startswith(RULES) else _of_cells(file, index)
                yield from _of_days(file, index, since, tmts_near)


def _of_rule(file: ParsedFile, index: int) -> Iterator[Mutant]:
    rule = file.data[index]
    yield _changed(file, (index, "severity"), SEVERITIES[rule["severity"]])
    yield _changed(file, (index, "applies_when"), "false")
    yield _changed(file, (index, "passes_when"), "true")
    yield _changed(file, (index, "passes_when"), f"!({rule['passes_when']})")
    for part in ("applies_when", "passes_when"):
        for new, words in expressions_near(rule[part]):
            yield _changed(file, (index, part), new, words=words)


def _of_cells(file: ParsedFile, index: int) -> Iterator[Mutant]:
    yield _left_out(file, (index,))
    for name, cell in file.data[index].items():
        if name not in DATED:
            yield from _within(file, (index, name), cell)


def _within(file: ParsedFile, place: Place, cell: Any) -> Iterator[Mutant]:
    if isinstance(cell, dict):
        for name, inner in cell.items():
            yield from _within(file, (*place, name), inner)
    elif isinstance(cell, list):
        for index, inner in enumerate(cell):
            yield _left_out(file, (*place, index))
            if isinstance(inner, dict | list):
                yield from _within(file, (*place, index), inner)
    else:
        yield from (_changed(file, place, new) for new in values_near(cell))


def _of_days(file: ParsedFile, index: int, since: date, tmts_near: DaysNear) -> Iterator[Mutant]:
    entry = file.data[index]
    near = days_near if _matter(file, index) == "rotation" or file.name == FREEZES else tmts_near
    begins, ends = entry.get("valid_from", date.min), entry.get("valid_to") or date.min
    versions = [n for n, other in enumerate(file.data) if _same(entry, other)]
    if begins > since:
        # The day on which one version follows another is one value, written twice.
        before = [(n, "valid_to") for n in versions if file.data[n].get("valid_to") == begins]
        yield from (_changed(file, (index, "valid_from"), day, also=before) for day in near(begins))
    if ends > since and not any(file.data[n]["valid_from"] == ends for n in versions):
        yield from (_changed(file, (index, "valid_to"), day) for day in near(ends))


def _matter(file: ParsedFile, index: int) -> str | None:
    return str(file.data[index]["matter"]) if file.name.startswith(RULES) else None


def _same(one: Any, other: Any) -> bool:
    """Whether two entries are versions of one thing."""
    return all(one.get(name) == other.get(name) for name in ("matter", "code", "post_kind"))


def _changed(file: ParsedFile, place: Place, new: Any, *, also: Sequence[Place] = (), words: str = "") -> Mutant:
    data = file.data
    for changed in (place, *also):
        data = _with(data, changed, new)
    return _mutant(file, place, data, words or f"{_at(file.data, place)} → {new}")


def _left_out(file: ParsedFile, place: Place) -> Mutant:
    above, gone = _at(file.data, place[:-1]), _at(file.data, place)
    rest = [item for index, item in enumerate(above) if index != place[-1]]
    name = entry_name(gone) if isinstance(gone, dict) else gone
    return _mutant(file, place, _with(file.data, place[:-1], rest), f"{name} left out")


def _mutant(file: ParsedFile, place: Place, data: Any, change: str) -> Mutant:
    index = place[0]
    assert isinstance(index, int)
    return Mutant(file, place, change, data, _matter(file, index))


def _at(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


def _with(data: Any, place: Place, new: Any) -> Any:
    """The same data with another value at the place; what is beside it is shared."""
    if not place:
        return new
    changed = data.copy()
    changed[place[0]] = _with(data[place[0]], place[1:], new)
    return changed
