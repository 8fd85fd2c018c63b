"""Rule files as parsed, and what can be wrong with them: always a file, a line, an entry, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

Place = tuple[object, ...]
"""Keys and indices that lead to a value."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One fault; `line` counts from 1."""

    file: str
    line: int
    entry: str
    wrong: str
    instead: str

    def __str__(self) -> str:
        """One line for an operator."""
        return f"{self.file}:{self.line}: {self.entry}: {self.wrong}; {self.instead}"


class RulebookUnusable(Exception):
    """The rule files cannot be used; every problem is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by place."""
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line, problem.wrong))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class ParsedFile:
    """A rule file: name below the tables folder (with `/`), plain data, and the line on which each place begins."""

    name: str
    data: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of the place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(frozen=True)
class Entry(Generic[M]):
    """One entry of a file, with the way back to it."""

    file: ParsedFile
    place: Place
    value: M

    def problem(self, wrong: str, instead: str, *below: object) -> Problem:
        """A problem with the entry, or with a place inside it."""
        return Problem(self.file.name, self.file.line((*self.place, *below)), entry_name(self.value), wrong, instead)


def entry_name(entry: object) -> str:
    """What a reader would call the entry: its code, else its first day."""
    found = {name: _part(entry, name) for name in ("code", "decree", "valid_from")}
    return str(next((value for value in found.values() if value), "-"))


def _part(entry: object, name: str) -> object:
    return entry.get(name) if isinstance(entry, Mapping) else getattr(entry, name, None)
