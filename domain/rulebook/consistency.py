"""What entries must hold together: dates that do not overlap, sources that are listed, routes that lead to an end."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from pydantic import BaseModel

from domain.rulebook.expression import LITERAL
from domain.rulebook.model import Calendar, InForce, LegalBasis, Requirement, Route, Step, StepKind, Text
from domain.rulebook.problems import Entry, Place, Problem, closest
from domain.rulebook.reasons import TOLD, UNTIL, Objection, Reason
from domain.rulebook.route_entries import RouteEntry

D = TypeVar("D", bound=InForce)
KINDS = re.compile(r"\bkind\s+(?:[!=]=\s*'[^']*'|in\s+\[[^\]]*\])")
"""Where an expression compares the kind of a proposal."""


NAMED = re.compile(r"\{(\w+)\}")
"""Where a sentence shows a value."""


def date_problems(entries: Sequence[Entry[D]], codes_of: Callable[[D], list[str]]) -> Iterator[Problem]:
    """Entries that end before they begin, and entries that share a code and hold on the same day."""
    for entry in entries:
        if entry.value.valid_to and entry.value.valid_to <= entry.value.valid_from:
            wrong = f"valid_to {entry.value.valid_to} is not after valid_from {entry.value.valid_from}"
            yield entry.problem(wrong, "write the first day on which it no longer holds", "valid_to")
    for code, versions in _by_code(entries, codes_of).items():
        for earlier, later in pairwise(versions):
            if earlier.value.valid_to is None or earlier.value.valid_to > later.value.valid_from:
                wrong = f"holds from {later.value.valid_from}, while {code} of {earlier.value.valid_from} still holds"
                instead = f"write `valid_to: {later.value.valid_from}` in the earlier entry"
                yield later.problem(wrong, instead, "valid_from")


def gap_problems(
    entries: Sequence[Entry[D]], codes_of: Callable[[D], list[str]], *, goes_on: bool
) -> Iterator[Problem]:
    """Days between two versions on which nothing holds; and where the law goes on, a last version that ends."""
    for code, versions in _by_code(entries, codes_of).items():
        for earlier, later in pairwise(versions):
            if earlier.value.valid_to and earlier.value.valid_to < later.value.valid_from:
                wrong = f"no version of {code} from {earlier.value.valid_to} to {later.value.valid_from}"
                yield later.problem(wrong, f"write `valid_from: {earlier.value.valid_to}`", "valid_from")
        if goes_on and versions[-1].value.valid_to:
            yield versions[-1].problem(f"the last version of {code} ends", "remove its valid_to", "valid_to")


def _by_code(entries: Sequence[Entry[D]], codes_of: Callable[[D], list[str]]) -> dict[str, list[Entry[D]]]:
    """The versions of each code, earliest first."""
    found: dict[str, list[Entry[D]]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.value.valid_from):
        for code in codes_of(entry.value):
            found[code].append(entry)
    return found


def source_problems(entry: Entry[D], sources: frozenset[str]) -> Iterator[Problem]:
    """Values without a regulation, an article or a source, and sources that sources.yaml does not list."""
    for place, basis in _bases(entry.value):
        if not basis.article.strip() and basis.confidence != "weak":
            yield entry.problem("no article of law", "add `article:` to legal_basis", *place)
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


def text_problems(entry: Entry[D]) -> Iterator[Problem]:
    """Sentences and titles that are missing in a language, or that cannot be filled."""
    for place, text in _texts(entry.value, ()):
        for language in ("id", "en"):
            if not getattr(text, language).strip():
                wrong = f"{'.'.join(map(str, place))} has no text in `{language}`"
                yield entry.problem(wrong, "write the sentence", *place, language)
            if set(NAMED.sub("", getattr(text, language))) & {"{", "}"}:
                wrong = f"{'.'.join(map(str, place))} has a brace in `{language}` that belongs to no {{name}}"
                yield entry.problem(wrong, "close it, or leave it out", *place, language)


def _texts(value: object, place: Place) -> Iterator[tuple[Place, Text]]:
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*place, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))


def kind_problems(requirements: Sequence[Entry[Requirement]], routes: Sequence[Entry[Route]]) -> Iterator[Problem]:
    """Rules for a kind of proposal that has no route: they would never be asked."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        kinds[route.value.matter] |= set(route.value.kinds)
    for entry in requirements:
        for part in ("applies_when", "passes_when"):
            source: str = getattr(entry.value, part)
            named = {kind for words in KINDS.findall(source) for kind in LITERAL.findall(words)}
            for kind in sorted(named - kinds[entry.value.matter]):
                instead = closest(kind, sorted(kinds[entry.value.matter]))
                yield entry.problem(f"{part}: no route takes the kind `{kind}`", instead, part)


def reason_problems(
    reasons: Sequence[Entry[Reason]], requirements: Sequence[Requirement], routes: Sequence[Route]
) -> Iterator[Problem]:
    """Reasons for kinds that have no route, and those that name a requirement which is not there."""
    known = {
        "kinds": sorted({kind for route in routes for kind in route.kinds}),
        "requirements": sorted({requirement.code for requirement in requirements}),
    }
    for entry in reasons:
        for name, codes in known.items():
            for index, code in enumerate(getattr(entry.value, name)):
                if code not in codes:
                    yield entry.problem(f"unknown in `{name}`: {code}", closest(code, codes), name, index)


def objection_problems(entry: Entry[Objection]) -> Iterator[Problem]:
    """Sentences that show what nobody fills in, or that do not show the last day."""
    for language in ("id", "en"):
        shown = NAMED.findall(getattr(entry.value.text, language))
        for name in sorted(set(shown) - set(TOLD)):
            yield entry.problem(f"text ({language}) shows {{{name}}}", closest(name, TOLD), "text", language)
        if UNTIL not in shown:
            yield entry.problem(f"text ({language}) does not show the last day", f"write {{{UNTIL}}}", "text", language)


def route_problems(entry: Entry[RouteEntry]) -> Iterator[Problem]:
    """Steps that no case could take, or that lead nowhere; documents for kinds that the route does not take."""
    for index, kind in entry.value.unknown_kinds():
        wrong = f"a document is for {kind}, which the route does not take"
        yield entry.problem(wrong, f"write kinds of {', '.join(entry.value.kinds)}", "documents", index, "kinds")
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
