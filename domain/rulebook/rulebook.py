"""The rulebook at work: which rules hold on a day, what they answer, and which route a proposal takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Literal

from domain.errors import RouteMissing
from domain.rulebook.expression import Expression, Plain
from domain.rulebook.facts import MoveFacts, PromotionFacts
from domain.rulebook.model import Finding, Matter, Requirement, Route, Severity, Verdict
from domain.rulebook.reference import Reference
from domain.vocabulary import Role

OpenCases = Literal["keep", "follow"]
Key = tuple[str, str | None]
"""A requirement and the person it is asked of."""


@dataclass(frozen=True)
class Asked:
    """The facts of one promotion or move, and the person they are about."""

    facts: PromotionFacts | MoveFacts
    subject: str | None = None


@dataclass(frozen=True)
class Rule:
    """A requirement with its two conditions compiled."""

    requirement: Requirement
    applies: Expression
    passes: Expression

    def verdict(self, values: Mapping[str, Plain]) -> Verdict | None:
        """The answer for these facts, or None when the requirement does not apply to them."""
        applies = self.applies.answer(values)
        if applies is False:
            return None
        passes = self.passes.answer(values) if applies else None
        if passes is None:
            return Verdict.CANNOT_TELL
        return Verdict.MET if passes else Verdict.NOT_MET

    def stands_against(self, values: Mapping[str, Plain]) -> bool:
        """Whether the requirement is known not to be met, and is more than a warning."""
        return (
            self.requirement.severity is not Severity.WARN
            and self.passes.answer(values) is False
            and self.applies.answer(values) is True
        )

    def may_ask_of(self, kind: str) -> bool:
        """Whether the requirement may apply to proposals of the kind, as far as the kind alone can tell."""
        return not self.applies.ruled_out_by({"kind": kind})

    def finding(self, values: Mapping[str, Plain], subject: str | None) -> Finding | None:
        """The answer with everything a reader needs, or None when the requirement does not apply."""
        requirement, verdict = self.requirement, self.verdict(values)
        if verdict is None:
            return None
        unclear = verdict is Verdict.CANNOT_TELL
        known = ((name, values[name]) for name in requirement.inputs)
        return Finding(
            requirement=requirement.code,
            verdict=verdict,
            # A gap in the data is the office's to close: it sends back, it never refuses.
            severity=Severity.RETURN if unclear and requirement.severity is Severity.BLOCK else requirement.severity,
            inputs={name: _shown(value) for name, value in known if value is not None},
            missing=sorted({*self.applies.unknown(values), *self.passes.unknown(values)}) if unclear else [],
            message=requirement.message,
            cure=requirement.cure,
            legal_basis=requirement.legal_basis,
            subject=subject,
        )


@dataclass(frozen=True)
class Rulebook:
    """One edition of rules, routes and tables, checked and compiled; `version` names its exact content.

    A case that was lodged under an older edition is corrected under that one (`keep`) or under this one (`follow`).
    """

    version: str
    rules: tuple[Rule, ...]
    routes: tuple[Route, ...]
    reference: Reference
    open_cases: OpenCases = "keep"

    def requirements(self, matter: Matter, day: date) -> list[Requirement]:
        """Every requirement in force on the day, in the order of the files."""
        return [r.requirement for r in self.rules if r.requirement.matter == matter and r.requirement.in_force(day)]

    def findings(self, matter: Matter, day: date, asked: Asked) -> list[Finding]:
        """The answer to every requirement in force on the day that applies to these facts."""
        values = dict(asked.facts)
        answers = (rule.finding(values, asked.subject) for rule in self._in_force(matter, day, asked.facts.kind))
        return [finding for finding in answers if finding]

    def against(self, matter: Matter, day: date, asked: Asked) -> set[Key]:
        """The requirements that stand against it under the law of the day: what `findings` says, only quicker."""
        values = dict(asked.facts)
        rules = self._in_force(matter, day, asked.facts.kind)
        return {(rule.requirement.code, asked.subject) for rule in rules if rule.stands_against(values)}

    def override_by(self, code: str, matter: Matter, day: date) -> Role | None:
        """The authority that may let a case pass the requirement; None when there is no such requirement."""
        return next((found.override_by for found in self.requirements(matter, day) if found.code == code), None)

    def route(self, matter: Matter, kind: str, day: date) -> Route:
        """The route of a kind on the day. Raise RouteMissing when there is none."""
        for route in self.routes:
            if route.matter == matter and kind in route.kinds and route.in_force(day):
                return route
        raise RouteMissing(kind=kind)

    @cached_property
    def _by_kind(self) -> dict[tuple[Matter, str], list[Rule]]:
        # Most rules are about some kinds only: the others are not asked of every month of a search.
        kinds = {(route.matter, kind) for route in self.routes for kind in route.kinds}
        return {
            (matter, kind): [r for r in self.rules if r.requirement.matter == matter and r.may_ask_of(kind)]
            for matter, kind in kinds
        }

    def _in_force(self, matter: Matter, day: date, kind: str) -> Iterator[Rule]:
        rules = self._by_kind.get((matter, kind), self.rules)
        return (r for r in rules if r.requirement.matter == matter and r.requirement.in_force(day))


def route_hash(route: Route) -> str:
    """SHA-256 (hex) over the route's canonical JSON."""
    return digest(route.model_dump(mode="json"))


def digest(content: object) -> str:
    """SHA-256 (hex) over canonical JSON: sorted keys, no spaces, UTF-8, dates in ISO form."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)
    return sha256(text.encode()).hexdigest()


def _shown(value: Plain) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return ", ".join(value) if isinstance(value, list) else str(value)
