"""Parsed rule files made into a rulebook, or refused with every problem they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.rulebook.checks import requirement_problems
from domain.rulebook.consistency import calendar_problems, date_problems, route_problems, source_problems
from domain.rulebook.expression import Expression
from domain.rulebook.model import InForce, Requirement, Route
from domain.rulebook.problems import Entry, M, ParsedFile, Problem, RulebookUnusable, entry_name
from domain.rulebook.reference import Ceilings, Eselon, Freeze, LegalPositions, Overlay, Parameter, Period, Reference
from domain.rulebook.rulebook import Rule, Rulebook, digest
from domain.vocabulary import Frozen


class Edition(Frozen):
    """The label of a set of tables."""

    edition: str


class Sources(Frozen):
    """Where values come from, by key."""

    sources: dict[str, str]


SHAPES: dict[str, type[BaseModel]] = {
    "edition.yaml": Edition,
    "education.yaml": Ceilings,
    "eselon.yaml": Eselon,
    "freezes.yaml": Freeze,
    "holidays_overlay.yaml": Overlay,
    "legal_positions.yaml": LegalPositions,
    "parameters.yaml": Parameter,
    "periods.yaml": Period,
    "requirements": Requirement,
    "routes": Route,
    "sources.yaml": Sources,
}
"""What the entries of each file, or of each file of a folder, are."""


def load(parsed: Sequence[ParsedFile]) -> Rulebook:
    """The rulebook of these files, compiled. Raise RulebookUnusable listing every problem of every file."""
    problems = list(_missing_files(parsed))
    entries = [entry for file in parsed for entry in _entries(file, problems)]
    problems += _inconsistencies(entries)
    if problems:
        raise RulebookUnusable(problems)
    label = _values(entries, Edition)[0].edition
    return Rulebook(
        version=f"{label}-{digest({file.name: file.data for file in parsed})[:12]}",
        rules=tuple(map(_compiled, _values(entries, Requirement))),
        routes=_values(entries, Route),
        reference=Reference(
            ceilings=_values(entries, Ceilings),
            periods=_values(entries, Period),
            legal_positions=_values(entries, LegalPositions),
            freezes=_values(entries, Freeze),
            parameters=_values(entries, Parameter),
            eselons=_values(entries, Eselon),
            overlay=_values(entries, Overlay),
        ),
    )


def _missing_files(parsed: Sequence[ParsedFile]) -> Iterator[Problem]:
    present = {part for file in parsed for part in (file.name, file.name.partition("/")[0])}
    for name in SHAPES.keys() - present:
        yield Problem(name, 1, "-", "the file is missing", "add it")


def _entries(file: ParsedFile, problems: list[Problem]) -> Iterator[Entry[Any]]:
    model = SHAPES.get(file.name) or SHAPES.get(file.name.partition("/")[0])
    if model is None:
        problems.append(Problem(file.name, 1, "-", "nobody reads this file", f"use {', '.join(sorted(SHAPES))}"))
        return
    listed = isinstance(file.data, list)
    for index, item in enumerate(file.data if listed else [file.data]):
        place = (index,) if listed else ()
        try:
            yield Entry(file, place, model.model_validate(item, extra="forbid"))
        except ValidationError as error:
            for detail in error.errors():
                line = file.line((*place, *detail["loc"]))
                problems.append(Problem(file.name, line, entry_name(item), *_wording(detail)))


def _wording(detail: ErrorDetails) -> tuple[str, str]:
    field, value = ".".join(map(str, detail["loc"])) or "entry", detail["input"]
    match detail["type"]:
        case "missing":
            return f"`{field}` is missing", f"add `{detail['loc'][-1]}:`"
        case "extra_forbidden":
            return f"`{field}` is unknown", "remove it or correct its spelling"
        case "enum" | "literal_error":
            return f"`{field}` is {value!r}", f"write {detail['ctx']['expected']}"
        case "string_type":
            return f"`{field}` is {value!r}, not text", f'write "{value}" in quotes'
        case _:
            return f"`{field}` is {value!r}", f"correct it: {detail['msg']}"


def _inconsistencies(entries: Sequence[Entry[Any]]) -> Iterator[Problem]:
    sources = frozenset(key for found in _values(entries, Sources) for key in found.sources)
    for entry in _of(entries, InForce):
        yield from source_problems(entry, sources)
    for requirement in _of(entries, Requirement):
        yield from requirement_problems(requirement)
    for route in _of(entries, Route):
        yield from route_problems(route)
    yield from calendar_problems(_of(entries, Period))
    yield from date_problems(_of(entries, Requirement), lambda r: [f"{r.matter} {r.code}"])
    yield from date_problems(_of(entries, Route), lambda r: [f"{r.matter} {kind}" for kind in r.kinds])
    yield from date_problems(_of(entries, Parameter), lambda p: [p.code])
    yield from date_problems(_of(entries, Freeze), lambda f: [f.code])
    for table in (Ceilings, LegalPositions, Period):
        yield from date_problems(_of(entries, table), lambda _: ["the table"])


def _of(entries: Sequence[Entry[Any]], model: type[M]) -> list[Entry[M]]:
    return [entry for entry in entries if isinstance(entry.value, model)]


def _values(entries: Sequence[Entry[Any]], model: type[M]) -> tuple[M, ...]:
    return tuple(entry.value for entry in _of(entries, model))


def _compiled(requirement: Requirement) -> Rule:
    return Rule(
        requirement=requirement,
        applies=Expression(f"{requirement.code}.applies_when", requirement.applies_when),
        passes=Expression(f"{requirement.code}.passes_when", requirement.passes_when),
    )
