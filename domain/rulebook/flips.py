"""Where two assessments of one question come to different answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.rulebook.model import Assessment, Finding, Verdict
from domain.rulebook.rulebook import Key

NOTHING = "met"
"""What a requirement that is met comes to, and one that is not asked."""


@dataclass(frozen=True)
class Flip:
    """A requirement, and what it comes to before and after: met, blocks, returns, warns or cannot-tell."""

    requirement: str
    subject: str | None
    before: str
    after: str


def flips(before: Assessment, after: Assessment) -> list[Flip]:
    """Every requirement that comes to something else."""
    old, new = _standings(before), _standings(after)
    both = ((key, old.get(key, NOTHING), new.get(key, NOTHING)) for key in dict.fromkeys((*old, *new)))
    return [Flip(*key, was, becomes) for key, was, becomes in both if was != becomes]


def _standings(assessment: Assessment) -> Mapping[Key, str]:
    return {(finding.requirement, finding.subject): _standing(finding) for finding in assessment.findings}


def _standing(finding: Finding) -> str:
    if finding.verdict is Verdict.NOT_MET:
        return f"{finding.severity}s"
    return NOTHING if finding.verdict is Verdict.MET else str(finding.verdict)
