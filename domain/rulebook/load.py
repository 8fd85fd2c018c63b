"""Parsed rule files made into a rulebook, or refused with every problem they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from domain.rulebook.career_tables import CareerLevel, DiplomaGrades, RetirementAges, StructuralLadder, Term
from domain.rulebook.checks import requirement_problems
from domain.rulebook.consistency import (
    date_problems,
    gap_problems,
    kind_problems,
    objection_problems,
    reason_problems,
    route_problems,
    source_problems,
    text_problems,
)
from domain.rulebook.expression import compiled
from domain.rulebook.model import InForce, Requirement, Route
from domain.rulebook.post_levels import PostLevels
from domain.rulebook.problems import Entry, M, ParsedFile, Problem, RulebookUnusable, entry_name, wording
from domain.rulebook.reasons import Objection, Reason
from domain.rulebook.reference import Ceilings, Eselons, Freeze, LegalPositions, Overlay, Parameter, Period, Reference
from domain.rulebook.route_entries import RouteEntry
from domain.rulebook.rulebook import OpenCases, Rule, Rulebook, digest
from domain.vocabulary import Frozen


class Edition(Frozen):
    """The label of a set of tables, and which rules a correction of a case of an older set follows."""

    edition: str
    open_cases: OpenCases = "keep"


class Sources(Frozen):
    """Where values come from, by key."""

    sources: dict[str, str]


SHAPES: dict[str, type[BaseModel]] = {
    "career_levels.yaml": CareerLevel,
    "diploma_grades.yaml": DiplomaGrades,
    "edition.yaml": Edition,
    "education.yaml": Ceilings,
    "eselon.yaml": Eselons,
    "freezes.yaml": Freeze,
    "holidays_overlay.yaml": Overlay,
    "legal_positions.yaml": LegalPositions,
    "objections.yaml": Objection,
    "parameters.yaml": Parameter,
    "periods.yaml": Period,
    "post_levels.yaml": PostLevels,
    "reasons.yaml": Reason,
    "requirements": Requirement,
    "retirement_ages.yaml": RetirementAges,
    "routes": RouteEntry,
    "sources.yaml": Sources,
    "structural_ladder.yaml": StructuralLadder,
    "terms.yaml": Term,
}
"""What the entries of each file, or of each file of a folder, are."""

WHOLE_TABLES = (Ceilings, DiplomaGrades, Eselons, LegalPositions, Objection, PostLevels, StructuralLadder)
"""Files of which each entry is the whole table."""

VERSIONS: Mapping[type[InForce], Callable[[Any], list[str]]] = {
    CareerLevel: lambda level: [level.code],
    Freeze: lambda freeze: [freeze.code],
    Parameter: lambda parameter: [parameter.code],
    Reason: lambda reason: [reason.code],
    Requirement: lambda requirement: [f"{requirement.matter} {requirement.code}"],
    RetirementAges: lambda ages: [ages.post_kind],
    Route: lambda route: [f"{route.matter} {kind}" for kind in route.kinds],
    Term: lambda term: [term.code],
    **dict.fromkeys(WHOLE_TABLES, lambda _: ["the table"]),
    Period: lambda _: ["the calendar"],
}
"""What the entries of a dated file are versions of: on one day at most one version holds."""

GAPLESS = (*WHOLE_TABLES, Parameter, Period, RetirementAges, Route)
"""Of these one version follows the other without a day between them."""


def load(parsed: Sequence[ParsedFile]) -> Rulebook:
    """The rulebook of these files, compiled. Raise RulebookUnusable listing every problem of every file."""
    problems = list(_missing_files(parsed))
    entries = [entry for file in parsed for entry in _entries(file, problems)]
    problems += _inconsistencies(entries)
    if problems:
        raise RulebookUnusable(problems)
    edition = _values(entries, Edition)[0]
    version = f"{edition.edition}-{digest({file.name: file.data for file in parsed})[:12]}"
    return replace(built(entries, version), open_cases=edition.open_cases)


def entries_of(file: ParsedFile) -> list[Entry[Any]]:
    """The file's entries, checked for their shape only. Raise RulebookUnusable."""
    problems: list[Problem] = []
    entries = list(_entries(file, problems))
    if problems:
        raise RulebookUnusable(problems)
    return entries


def built(entries: Sequence[Entry[Any]], version: str) -> Rulebook:
    """The rulebook of entries that were checked, or that nobody means to use: `mutants` try what checks refuse."""
    return Rulebook(
        version=version,
        rules=tuple(map(_rule, _values(entries, Requirement))),
        routes=tuple(route for entry in _values(entries, RouteEntry) for route in entry.routes()),
        reference=Reference(
            ceilings=_values(entries, Ceilings),
            periods=_values(entries, Period),
            legal_positions=_values(entries, LegalPositions),
            freezes=_values(entries, Freeze),
            parameters=_values(entries, Parameter),
            eselons=_values(entries, Eselons),
            overlay=_values(entries, Overlay),
            career_levels=_values(entries, CareerLevel),
            structural_ladders=_values(entries, StructuralLadder),
            retirement_ages=_values(entries, RetirementAges),
            diploma_grades=_values(entries, DiplomaGrades),
            terms=_values(entries, Term),
            reasons=_values(entries, Reason),
            objections=_values(entries, Objection),
            post_levels=_values(entries, PostLevels),
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
    if model is Period and not file.data:
        problems.append(Problem(file.name, 1, "-", "there is no calendar", "add an entry: every day needs a TMT"))
        return
    for index, item in enumerate(file.data if listed else [file.data]):
        place = (index,) if listed else ()
        try:
            yield Entry(file, place, model.model_validate(item, extra="forbid"))
        except ValidationError as error:
            for detail in error.errors():
                line = file.line((*place, *detail["loc"]))
                problems.append(Problem(file.name, line, entry_name(item), *wording(detail)))


def _inconsistencies(entries: Sequence[Entry[Any]]) -> Iterator[Problem]:
    sources = frozenset(key for found in _values(entries, Sources) for key in found.sources)
    for entry in _of(entries, InForce):
        yield from source_problems(entry, sources)
        yield from text_problems(entry)
    for requirement in _of(entries, Requirement):
        yield from requirement_problems(requirement)
    for objection in _of(entries, Objection):
        yield from objection_problems(objection)
    for route in _of(entries, RouteEntry):
        yield from route_problems(route)
    yield from kind_problems(_of(entries, Requirement), _of(entries, Route))
    yield from reason_problems(_of(entries, Reason), _values(entries, Requirement), _values(entries, Route))
    yield from dates_at_odds(entries)


def dates_at_odds(entries: Sequence[Entry[Any]]) -> Iterator[Problem]:
    """Versions that overlap, that end before they begin, or that leave a day out where every day needs one."""
    for model, codes_of in VERSIONS.items():
        yield from date_problems(_of(entries, model), codes_of)
    for model in GAPLESS:
        yield from gap_problems(_of(entries, model), VERSIONS[model], goes_on=model is not Route)


def _of(entries: Sequence[Entry[Any]], model: type[M]) -> list[Entry[M]]:
    return [entry for entry in entries if isinstance(entry.value, model)]


def _values(entries: Sequence[Entry[Any]], model: type[M]) -> tuple[M, ...]:
    return tuple(entry.value for entry in _of(entries, model))


def _rule(requirement: Requirement) -> Rule:
    return Rule(
        requirement=requirement,
        applies=compiled(f"{requirement.code}.applies_when", requirement.applies_when),
        passes=compiled(f"{requirement.code}.passes_when", requirement.passes_when),
    )
