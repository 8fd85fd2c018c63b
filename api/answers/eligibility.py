"""Whether people are eligible: one person requirement by requirement, and who is in reach of a promotion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from activities.readmodels.eligibility import Eligibility, Known
from activities.readmodels.upcoming import Upcoming, UpcomingPage
from api.answers.findings import FindingAnswer
from api.answers.lists import Page
from api.answers.receipts import ReceiptAnswer
from api.words import Language, said
from domain.promotion.announcements import Outlook
from domain.promotion.upcoming import overall
from domain.rulebook.model import Finding, Text, Verdict
from domain.vocabulary import Grade

OUTLOOKS: Mapping[str, Text] = {
    Outlook.ELIGIBLE: Text(id="memenuhi syarat", en="eligible"),
    Outlook.NEARLY: Text(id="hampir memenuhi syarat", en="nearly eligible"),
    Outlook.DATA_GAP: Text(id="data belum lengkap", en="data incomplete"),
}


class KnownAnswer(BaseModel):
    """A fact of the register: since when it holds, when it was recorded, and from which file (or proposal of ours)."""

    fact: str
    valid_from: date
    recorded_at: datetime
    file_kind: str | None
    file_sha256: str | None
    proposal_id: str | None

    @classmethod
    def of(cls, known: Known) -> KnownAnswer:
        """The fact."""
        return cls(
            fact=known.fact.kind,
            valid_from=known.fact.valid_from,
            recorded_at=known.recorded_at,
            file_kind=known.source.file_kind if known.source else None,
            file_sha256=known.source.file_sha256 if known.source else None,
            proposal_id=known.proposal_id,
        )


class RequirementAnswer(FindingAnswer):
    """One requirement with how sure its article is, and the facts without which an input would read differently."""

    confidence: Literal["sourced", "general", "weak"]
    known: dict[str, list[KnownAnswer]]

    @classmethod
    def told(cls, finding: Finding, known: Mapping[str, Sequence[Known]], language: Language) -> RequirementAnswer:
        """The finding in the reader's language."""
        return cls(
            **FindingAnswer.of(finding, language).model_dump(),
            confidence=finding.legal_basis.confidence,
            known={name: [KnownAnswer.of(fact) for fact in known[name]] for name in finding.inputs if name in known},
        )


class EligibilityAnswer(BaseModel):
    """What was asked, the answer to the whole and to each requirement, under one version of the rulebook.

    `earliest_tmt` is the first TMT on which nothing known stands against it; null when none is in sight.
    """

    subject: str
    kind: str
    target_grade: Grade
    pangkat: str
    tmt: date
    lodged_on: date
    verdict: Verdict
    earliest_tmt: date | None
    rulebook_version: str
    requirements: list[RequirementAnswer]

    @classmethod
    def of(cls, subject: str, found: Eligibility, language: Language) -> EligibilityAnswer:
        """The assessment in the reader's language."""
        request, assessment = found.request, found.assessment
        return cls(
            subject=subject,
            kind=request.kind,
            target_grade=request.target_grade,
            pangkat=request.target_grade.pangkat,
            tmt=request.target_tmt,
            lodged_on=request.submitted_on,
            verdict=overall(assessment),
            earliest_tmt=assessment.earliest_tmt,
            rulebook_version=assessment.rulebook_version,
            requirements=[RequirementAnswer.told(f, found.known, language) for f in assessment.findings],
        )


class UpcomingRow(BaseModel):
    """Somebody in reach of a promotion: what is missing with its cure, what cannot be told, and a proposal if any.

    `lacking` names facts (`rank`, `post`) without which nothing could be asked: then there is no kind.
    """

    subject: str
    unit: str
    outlook: Outlook
    outlook_text: str
    kind: str | None
    target_grade: Grade | None
    earliest_tmt: date | None
    missing: list[FindingAnswer]
    gaps: list[FindingAnswer]
    lacking: list[str]
    proposal_id: str | None

    @classmethod
    def of(cls, entry: Upcoming, language: Language) -> UpcomingRow:
        """The row in the reader's language."""
        found = entry.candidate
        return cls(
            subject=entry.placed.subject,
            unit=entry.placed.unit,
            outlook=found.outlook,
            outlook_text=said(OUTLOOKS, found.outlook, language),
            kind=found.request.kind if found.request else None,
            target_grade=found.request.target_grade if found.request else None,
            earliest_tmt=found.earliest_tmt,
            missing=[FindingAnswer.of(finding, language) for finding in found.missing],
            gaps=[FindingAnswer.of(finding, language) for finding in found.gaps],
            lacking=list(found.lacking),
            proposal_id=entry.proposal_id,
        )


class UpcomingAnswer(Page[UpcomingRow]):
    """A page of people, unit by unit: `limit` counts those looked at, so that a page may show fewer, or nobody.

    `closes` is the last day on which a proposal for the TMT comes in time; null when the day is no TMT.
    """

    tmt: date
    closes: date | None
    units: dict[str, str]

    @classmethod
    def of(
        cls, page: UpcomingPage, bookmark: str | None, names: Mapping[str, str], language: Language
    ) -> UpcomingAnswer:
        """The page in the reader's language."""
        return cls(
            items=[UpcomingRow.of(entry, language) for entry in page.people],
            next=bookmark,
            names=dict(names),
            tmt=page.tmt,
            closes=page.closes,
            units=dict(page.units),
        )


class DraftAnswer(BaseModel):
    """What became of one person's draft: its receipt, or the problem over which there is none."""

    subject: str
    receipt: ReceiptAnswer | None = None
    problem: dict[str, Any] | None = None


class DraftsAnswer(BaseModel):
    """One answer for each person, in the order in which they were named."""

    drafts: list[DraftAnswer]


def shown(people: Iterable[Upcoming]) -> set[str]:
    """Everybody whom a list names."""
    return {entry.placed.subject for entry in people}
