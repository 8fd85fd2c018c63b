"""What entries must hold together: dates that do not overlap, sources that are listed, routes that lead to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from domain.rulebook.model import Calendar, InForce, LegalBasis, Route, Step, StepKind
from domain.rulebook.problems import Entry, Place, Problem
from domain.rulebook.reference import Period

D = TypeVar("D", bound=InForce)


def date_problems(entries: Sequence[Entry[D]], codes_of: Callable[[D], list[str]]) -> Iterator[Problem]:
    """Entries that end before they begin, and entries that share a code and hold on the same day."""
    by_code: dict[str, list[Entry[D]]] = defaultdict(list)
    for entry in entries:
        if entry.value.valid_to and entry.value.valid_to <= entry.value.valid_from:
            wrong = f"valid_to {entry.value.valid_to} is not after valid_from {entry.value.valid_from}"
            yield entry.problem(wrong, "write the first day on which it no longer holds", "valid_to")
        for code in codes_of(entry.value):
            by_code[code].append(entry)
    for code, versions in by_code.items():
        for earlier, later in pairwise(sorted(versions, key=lambda entry: entry.value.valid_from)):
            if earlier.value.valid_to is None or earlier.value.valid_to > later.value.valid_from:
                wrong = f"holds from {later.value.valid_from}, while {code} of {earlier.value.valid_from} still holds"
                instead = f"write `valid_to: {later.value.valid_from}` in the earlier entry"
                yield later.problem(wrong, instead, "valid_from")


def calendar_problems(entries: Sequence[Entry[Period]]) -> Iterator[Problem]:
    """Gaps in the promotion calendar, and a last entry that ends."""
    ordered = sorted(entries, key=lambda entry: entry.value.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.value.valid_to and earlier.value.valid_to < later.value.valid_from:
            wrong = f"no calendar from {earlier.value.valid_to} to {later.value.valid_from}"
            yield later.problem(wrong, f"write `valid_from: {earlier.value.valid_to}`", "valid_from")
    if ordered and ordered[-1].value.valid_to:
        yield ordered[-1].problem("the last calendar ends", "remove its valid_to", "valid_to")


def source_problems(entry: Entry[D], sources: frozenset[str]) -> Iterator[Problem]:
    """Values without a regulation or a source, and sources that sources.yaml does not list."""
    for place, basis in _bases(entry.value):
        if not basis.regulation.strip():
            yield entry.problem("no regulation", "add `regulation:`", *place)
        keys = [key.strip() for key in basis.source.split(",") if key.strip()]
        if not keys:
            yield entry.problem("no source", "add `source:` with a key of sources.yaml", *place)
        for key in keys:
            if key not in sources:
                yield entry.problem(f"unknown source {key}", "add it to sources.yaml", *place)


def _bases(value: InForce) -> Iterator[tuple[Place, LegalBasis]]:
    yield ("legal_basis",), value.legal_basis
    for index, step in enumerate(value.steps if isinstance(value, Route) else []):
        yield ("steps", index, "legal_basis"), step.legal_basis


def route_problems(entry: Entry[Route]) -> Iterator[Problem]:
    """Steps that no case could take, or that lead nowhere."""
    passed: list[str] = []
    for index, step in enumerate(entry.value.steps):
        for wrong, instead in _step_problems(step, passed):
            yield entry.problem(f"step {step.code}: {wrong}", instead, "steps", index)
        passed.append(step.code)


def _step_problems(step: Step, passed: list[str]) -> Iterator[tuple[str, str]]:
    if step.code in passed:
        yield "appears twice", "give it another code"
    if step.return_to not in {None, "proposer", *passed}:
        yield f"returns to {step.return_to}", f"write one of {', '.join(['proposer', *passed])}"
    by_calendar = all(isinstance(holder, Calendar) for holder in step.holders)
    if by_calendar != (step.kind is StepKind.EFFECT):
        yield "only the effect waits for the calendar, and for nothing else", "correct `kind` or `holders`"
    if any(day > step.due_after for day in step.remind_after):
        yield "reminds after it is due", f"write days up to {step.due_after}"
    times = [days for days in (step.due_after, step.escalate_after, step.stalled_after) if days is not None]
    if times != sorted(times):
        yield "is due, escalates and stalls in another order", "write due_after <= escalate_after <= stalled_after"
