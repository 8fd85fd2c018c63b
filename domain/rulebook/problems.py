"""Files that people write, as parsed, and what can be wrong with them: file, line, entry, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

Place = tuple[object, ...]
"""Keys and indices that lead to a value."""

KEY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")

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


class FilesUnusable(Exception):
    """Files that people wrote cannot be used; every problem is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by place."""
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line, problem.wrong))
        super().__init__("\n".join(map(str, self.problems)))


class RulebookUnusable(FilesUnusable):
    """The rule files cannot be used."""


@dataclass(frozen=True)
class ParsedFile:
    """A file: its name (with `/`, below the tables folder), plain data, and the line on which each place begins."""

    name: str
    data: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name without folder and ending."""
        return self.name.rpartition("/")[2].partition(".")[0]

    def line(self, place: Place) -> int:
        """The line of the place, or of the nearest one around it."""
        said = _said(place)
        while said and said not in self._by_words:
            said = said[:-1]
        return self._by_words.get(said, 1)

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], int]:
        return {_said(place): line for place, line in self.lines.items()}


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


def path_of(place: Place) -> str:
    """A place as readers write it: `person.born`; the entry's own number in its file is left out."""
    return ".".join(_said(place[1:] if place and isinstance(place[0], int) else place)) or "entry"


def _said(place: Place) -> tuple[str, ...]:
    # A shape's error names a key that is a date by its representation.
    return tuple(date(*map(int, named.groups())).isoformat() if (named := KEY.match(str(p))) else str(p) for p in place)


def wording(detail: ErrorDetails, fields: Iterable[str] = ()) -> tuple[str, str]:
    """What a shape's error says is wrong, and what to write instead; `fields` are the names that fit its place."""
    field, value = ".".join(part for part in _said(detail["loc"]) if part != "[key]") or "entry", detail["input"]
    match detail["type"]:
        case "missing":
            return f"`{field}` is missing", f"add `{detail['loc'][-1]}:`"
        case "extra_forbidden":
            return f"`{field}` is unknown", _spelling(str(detail["loc"][-1]), list(fields))
        case "enum" | "literal_error":
            return f"`{field}` is {value!r}", f"write {detail['ctx']['expected']}"
        case "string_type":
            return f"`{field}` is {value!r}, not text", f'write "{value}" in quotes'
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{field}` is {value!r}", "write a mapping, like `name: value`"
        case kind if kind.startswith("date_"):
            return f"`{field}` is {value!r}", "write a real date, like 2026-02-01"
        case _:
            return f"`{field}` is {value!r}", f"correct it: {detail['msg'].removeprefix('Value error, ')}"


def fields_at(model: type[BaseModel], place: Place) -> list[str]:
    """The names that may be written at a place below such a model."""
    kinds: list[Any] = [model]
    for part in place:
        kinds = [kind for found in kinds for kind in _below(found, str(part))]
    return [f.alias or name for kind in kinds if _is_model(kind) for name, f in kind.model_fields.items()]


def _below(kind: Any, part: str) -> Iterator[Any]:
    """What stands below a kind of value, at the part: members of unions, values of lists and mappings, fields."""
    if _is_model(kind):
        named = {f.alias or name: f.annotation for name, f in kind.model_fields.items()}
        yield from _members(named.get(part))
    else:
        yield from (member for inner in get_args(kind)[-1:] for member in _members(inner))


def _members(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Annotated:
        yield from _members(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        yield from (member for inner in get_args(kind) for member in _members(inner))
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def closest(name: str, known: Sequence[str]) -> str:
    """What to write instead of a name that is not known."""
    close = get_close_matches(name, known, n=1)
    return f"write `{close[0]}`" if close else f"write one of {', '.join(known) or 'the declared inputs'}"


def _spelling(name: str, fields: list[str]) -> str:
    return closest(name, fields) if fields else "remove it or correct its spelling"


def _part(entry: object, name: str) -> object:
    return entry.get(name) if isinstance(entry, Mapping) else getattr(entry, name, None)
