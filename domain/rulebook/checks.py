"""What a requirement must hold beyond its shape: law, both languages, and expressions that can be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import get_args

from domain.rulebook.expression import LITERAL, Expression, ExpressionFailed, ExpressionInvalid, Plain, compiled
from domain.rulebook.facts import FACTS
from domain.rulebook.model import LegalBasis, Requirement, Severity, Text
from domain.rulebook.problems import Entry, Problem, closest

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TRIED = 1000
"""How many combinations of sample values an expression is tried on."""


def requirement_problems(entry: Entry[Requirement]) -> Iterator[Problem]:
    """Everything wrong with one requirement."""
    yield from _law_problems(entry)
    yield from _input_problems(entry)
    for part in ("message", "cure"):
        yield from _text_problems(entry, part, getattr(entry.value, part))
    for part in ("applies_when", "passes_when"):
        yield from _expression_problems(entry, part)


def _law_problems(entry: Entry[Requirement]) -> Iterator[Problem]:
    basis: LegalBasis = entry.value.legal_basis
    if basis.confidence == "weak" and entry.value.severity is not Severity.WARN:
        wrong = f"severity {entry.value.severity} on a weak source"
        yield entry.problem(wrong, "write `severity: warn`, or name a better source", "severity")


def _input_problems(entry: Entry[Requirement]) -> Iterator[Problem]:
    requirement = entry.value
    facts = FACTS[requirement.matter].model_fields
    texts = (requirement.message.id, requirement.message.en, requirement.cure.id, requirement.cure.en)
    used = {name for text in texts for name in PLACEHOLDER.findall(text)}
    used |= set(re.findall(r"\w+", f"{requirement.applies_when} {requirement.passes_when}"))
    for name in requirement.inputs:
        if name not in facts:
            yield entry.problem(f"`{name}` is no fact of a {requirement.matter}", closest(name, list(facts)), "inputs")
        elif name not in used:
            yield entry.problem(f"input `{name}` is declared and never used", f"remove `{name}` from inputs", "inputs")


def _text_problems(entry: Entry[Requirement], part: str, text: Text) -> Iterator[Problem]:
    for language in ("id", "en"):
        sentence: str = getattr(text, language)
        for name in sorted(set(PLACEHOLDER.findall(sentence)) - set(entry.value.inputs)):
            wrong = f"{part} ({language}) shows `{{{name}}}`, which is not declared"
            yield entry.problem(wrong, closest(name, entry.value.inputs), part, language)


def _expression_problems(entry: Entry[Requirement], part: str) -> Iterator[Problem]:
    requirement = entry.value
    try:
        expression = compiled(f"{requirement.code}.{part}", getattr(requirement, part))
    except ExpressionInvalid as error:
        yield entry.problem(f"{part}: {error}", "write a condition over the declared inputs", part)
        return
    facts = FACTS[requirement.matter].model_fields
    undeclared = sorted(expression.names - set(requirement.inputs))
    for name in undeclared:
        if name in facts:
            yield entry.problem(f"{part} uses `{name}`, which is not declared", f"add `{name}` to inputs", part)
        else:
            yield entry.problem(f"{part}: unknown variable `{name}`", closest(name, list(facts)), part)
    if not undeclared and expression.names <= facts.keys():
        yield from _answer_problems(entry, part, expression)


def _answer_problems(entry: Entry[Requirement], part: str, expression: Expression) -> Iterator[Problem]:
    fields = FACTS[entry.value.matter].model_fields
    names = sorted(expression.names)
    samples = [_samples(fields[name].annotation, expression.source) for name in names]
    for values in islice(product(*samples), TRIED):
        try:
            expression.answer(dict(zip(names, values, strict=True)))
        except ExpressionFailed as error:
            instead = "write a condition that is true or false, over values of one kind"
            yield entry.problem(str(error), instead, part)
            return


def _samples(annotation: object, source: str) -> list[Plain]:
    kinds = {kind for kind in (annotation, *get_args(annotation)) if kind is not type(None)}
    words = LITERAL.findall(source)
    if bool in kinds:
        return [True, False]
    if int in kinds:
        return [0, 1000]
    if date in kinds:
        return [date(2000, 1, 1), date(2100, 1, 1)]
    if Decimal in kinds:
        return [Decimal(0), Decimal(1000)]
    return [[], words] if str not in kinds or list[str] in kinds else ["x", *words]
