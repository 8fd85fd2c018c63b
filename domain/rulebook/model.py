"""Shapes of the rulebook: what a rule is, what an assessment answers, what a route is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from domain.vocabulary import Frozen, Grade, Role, SubjectRef

Matter = Literal["promotion", "rotation"]


class Text(Frozen):
    """The same sentence in both languages; `{name}` stands for an input of the rule."""

    id: str
    en: str

    def filled(self, values: Mapping[str, str]) -> Text:
        """Both sentences with `{name}` replaced by its value, or by a dash when there is none."""
        known = defaultdict(lambda: "–", {name: value for name, value in values.items() if value})
        return Text(id=self.id.format_map(known), en=self.en.format_map(known))


class LegalBasis(Frozen):
    """The law behind a value: regulation, article, and how sure we are.

    `sourced` may block; `general` (general knowledge, confident) may block; `weak` only warns.
    """

    regulation: str
    article: str = ""
    confidence: Literal["sourced", "general", "weak"]
    source: str = ""


class InForce(Frozen):
    """What every dated entry carries: it holds from a day to another (exclusive), and the law says so."""

    valid_from: date
    valid_to: date | None = None
    legal_basis: LegalBasis

    def in_force(self, day: date) -> bool:
        """Whether the entry holds on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Severity(StrEnum):
    """What a requirement that is not met does to a submission."""

    BLOCK = "block"
    WARN = "warn"
    RETURN = "return"


class Verdict(StrEnum):
    """Answer to one requirement, or to a whole assessment."""

    MET = "met"
    NOT_MET = "not-met"
    CANNOT_TELL = "cannot-tell"


class Requirement(InForce):
    """One rule as CEL over the declared inputs; it is asked of the law in force on the target TMT.

    `override_by` is the authority that may let a case pass it all the same, with a reason and a file.
    """

    code: str
    matter: Matter
    applies_when: str
    inputs: list[str]
    passes_when: str
    severity: Severity
    override_by: Role = Role.PPK
    message: Text
    cure: Text


SAID_ONCE = ("message", "cure", "legal_basis")
"""What all findings of one requirement share."""


class Finding(Frozen):
    """The answer to one requirement, with the inputs that gave it; `message` and `cure` are to be filled with them.

    What cannot be told is a gap in the data: its severity is never `block`.
    `earliest_on` is the first TMT on which the requirement no longer stands against the proposal.
    """

    requirement: str
    verdict: Verdict
    severity: Severity
    inputs: dict[str, str] = {}
    missing: list[str] = []
    message: Text
    cure: Text
    legal_basis: LegalBasis
    subject: SubjectRef | None = None
    earliest_on: date | None = None

    @property
    def blocks(self) -> bool:
        """Whether a submission must be refused over this finding."""
        return self.severity is Severity.BLOCK and self.verdict is Verdict.NOT_MET


class Assessment(Frozen):
    """Answers to every requirement for one target TMT under one rulebook version.

    `earliest_tmt` is the first TMT on which nothing known stands against the whole, within the searched months.
    """

    target_tmt: date
    rulebook_version: str
    findings: list[Finding]
    earliest_tmt: date | None = None

    @model_serializer(mode="wrap")
    def _with_words_once(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A rule that was asked for many moves is written out once."""
        dumped: dict[str, Any] = dump(self)
        rules: dict[str, dict[str, Any]] = {}
        for finding in dumped["findings"]:
            rules[finding["requirement"]] = {name: finding.pop(name) for name in SAID_ONCE}
        return {**dumped, "rules": rules}

    @model_validator(mode="before")
    @classmethod
    def _with_words_everywhere(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "rules" not in data:
            return data
        rules = data["rules"]
        return {**data, "findings": [{**rules[found["requirement"]], **found} for found in data["findings"]]}

    @property
    def blocking(self) -> list[Finding]:
        """Findings that refuse the submission."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def warnings(self) -> list[Finding]:
        """Findings that are not met, or cannot be told, and do not refuse it."""
        return [f for f in self.findings if f.verdict is not Verdict.MET and not f.blocks]


class StepKind(StrEnum):
    """What a step waits for."""

    DECISION = "decision"
    EXTERNAL = "external"
    DECREE = "decree"
    EFFECT = "effect"
    DELIVERY = "delivery"


class UnitHead(Frozen):
    """The head of a unit found from the case: the subject's own unit, its office (OPD), or a move's target office."""

    by: Literal["unit-head"] = "unit-head"
    of: Literal["subject-unit", "subject-office", "target-office"]


class RoleHolder(Frozen):
    """Anyone who holds the role in the agency."""

    by: Literal["role"] = "role"
    role: Role


class Subjects(Frozen):
    """Each person the case is about."""

    by: Literal["subjects"] = "subjects"


class Calendar(Frozen):
    """No desk: the calendar moves the step."""

    by: Literal["calendar"] = "calendar"


Holder = Annotated[UnitHead | RoleHolder | Subjects | Calendar, Field(discriminator="by")]


class Step(Frozen):
    """One step of a route; times are working days after the step opened."""

    code: str
    kind: StepKind
    title: Text
    holders: list[Holder] = Field(min_length=1)
    due_after: int = Field(default=0, ge=0)
    remind_after: list[int] = []
    escalate_after: int | None = None
    stalled_after: int | None = None
    return_to: str | None = None
    acting_may_decide: bool = True
    legal_basis: LegalBasis


class DocumentRule(Frozen):
    """A document that a kind of proposal needs; with `grades`, only for promotions to one of these."""

    code: str
    title: Text
    required: bool = True
    grades: list[Grade] = []


class Route(InForce):
    """The way of a proposal: which kinds take it, what documents they need, and its steps in order."""

    code: str
    matter: Matter
    kinds: list[str] = Field(min_length=1)
    documents: list[DocumentRule] = []
    steps: list[Step] = Field(min_length=1)

    def documents_for(self, grade: Grade | None) -> list[DocumentRule]:
        """What a promotion to the grade needs; other proposals have none."""
        return [rule for rule in self.documents if not rule.grades or grade in rule.grades]
