"""Answers to requirements, as readers see them: the verdict, why, the cure, and the article."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import BaseModel

from api.words import Language
from domain.rulebook.model import Finding, Severity, Verdict


class FindingAnswer(BaseModel):
    """One requirement: is it met, by which inputs, under which article, and if not, what helps and from when."""

    requirement: str
    verdict: Verdict
    severity: Severity
    blocks: bool
    message: str
    cure: str
    inputs: dict[str, str]
    missing: list[str]
    regulation: str
    article: str
    subject: str | None
    earliest_on: date | None

    @classmethod
    def of(cls, finding: Finding, language: Language) -> FindingAnswer:
        """The finding in the reader's language."""
        return cls(
            requirement=finding.requirement,
            verdict=finding.verdict,
            severity=finding.severity,
            blocks=finding.blocks,
            message=getattr(finding.message.filled(finding.inputs), language),
            cure="" if finding.verdict is Verdict.MET else getattr(finding.cure.filled(finding.inputs), language),
            inputs=finding.inputs,
            missing=finding.missing,
            regulation=finding.legal_basis.regulation,
            article=finding.legal_basis.article,
            subject=finding.subject,
            earliest_on=finding.earliest_on,
        )


def told_findings(findings: Iterable[Finding], language: Language) -> list[dict[str, Any]]:
    """Findings ready for JSON."""
    return [FindingAnswer.of(finding, language).model_dump(mode="json") for finding in findings]
