"""Who becomes eligible for a TMT, who nearly does, and of whom the register says too little to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from domain.calendar import first_of_month
from domain.errors import RegisterGap
from domain.promotion.announcements import Outlook
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.promotion.kinds import kinds_for, own_day, target_grade_for
from domain.register.person import Person
from domain.rulebook.assess import SEARCHED_MONTHS, assess
from domain.rulebook.model import Assessment, Finding, Matter, Severity, Verdict
from domain.rulebook.periods import tmt_for, tmts_between, window
from domain.rulebook.reference import Reference
from domain.rulebook.rulebook import Asked, Rulebook
from domain.vocabulary import Grade

MATTER: Matter = "promotion"
NEARBY_MONTHS = 6
"""Who becomes eligible within so many months after the TMT is nearly so. Source: design decision."""
FEW = 2
"""Who lacks no more requirements than these is nearly eligible. Source: design decision."""
PERMANENT = "P"
"""SIASN's status of a PNS."""


@dataclass(frozen=True)
class Candidate:
    """A person's outlook for a TMT, under the kind of promotion that is nearest.

    `missing` is known not to be met, `gaps` cannot be told; `lacking` names facts without which nothing can be asked,
    and then there is no request. `earliest_tmt` is looked for within the nearby months.
    """

    outlook: Outlook
    request: PromotionRequest | None = None
    missing: tuple[Finding, ...] = ()
    gaps: tuple[Finding, ...] = ()
    lacking: tuple[str, ...] = ()
    earliest_tmt: date | None = None


def candidate(person: Person, tmt: date, today: date, rulebook: Rulebook) -> Candidate | None:
    """The person's outlook, asked as if lodged in time; None for whoever is out of reach of a promotion.

    Nearly eligible is who becomes so within the nearby months, or lacks few requirements that something can be done
    about: what only the passing of more months would meet is in nobody's hands.
    """
    if not _serves(person, tmt, rulebook.reference):
        return None
    if lacking := _lacking(person, tmt):
        return Candidate(Outlook.DATA_GAP, lacking=lacking)
    lodged = lodged_on(tmt, today, rulebook.reference)
    requests = [
        PromotionRequest(kind=kind, target_grade=grade, target_tmt=tmt, submitted_on=lodged)
        for kind, grade in options(person, tmt, rulebook.reference)
    ]
    found = [one for one in (_under(person, request, rulebook) for request in requests) if one]
    nearness = list(Outlook)
    return min(found, key=lambda one: nearness.index(one.outlook), default=None)


def options(person: Person, day: date, reference: Reference) -> list[tuple[str, Grade]]:
    """The kinds of promotion that career and post suggest for a TMT, and the grade that each leads to."""
    # What a service ends with has a day of its own.
    kinds = (k for k in kinds_for(person, day, reference) if own_day(k, person, day, reference) in (None, day))
    found = ((str(kind), target_grade_for(kind, person, day, reference)) for kind in kinds)
    return [(kind, grade) for kind, grade in found if grade]


def asked(person: Person, kind: str | None, tmt: date | None, today: date, rulebook: Rulebook) -> PromotionRequest:
    """The promotion meant by whoever leaves out what career and day suggest; raises RouteMissing, RegisterGap.

    It is taken as lodged today, or on the first day of its window when that lies ahead.
    """
    reference = rulebook.reference
    wanted = tmt or tmt_for(reference.periods, today)
    opening = window(reference.periods, wanted)
    if kind is None:
        suggested = options(person, wanted, reference)
    else:
        rulebook.route(MATTER, kind, today)
        grade = target_grade_for(kind, person, wanted, reference)
        suggested = [(kind, grade)] if grade else []
    if not suggested:
        raise RegisterGap(fact=next(iter(_lacking(person, wanted)), "next-grade"))
    return PromotionRequest(
        kind=suggested[0][0],
        target_grade=suggested[0][1],
        target_tmt=wanted,
        submitted_on=max(today, opening.opens) if opening else today,
    )


def lodged_on(tmt: date, today: date, reference: Reference) -> date:
    """The day nearest to today on which a proposal for the TMT comes in time; today when it is no TMT."""
    opening = window(reference.periods, tmt)
    return min(max(today, opening.opens), opening.closes) if opening else today


def overall(assessment: Assessment) -> Verdict:
    """The answer to the whole: not met over what is known to stand against it, else cannot tell over a gap."""
    answers = (Verdict.NOT_MET, Verdict.CANNOT_TELL)
    return next((verdict for verdict in answers if _weighty(assessment.findings, verdict)), Verdict.MET)


def _lacking(person: Person, day: date) -> tuple[str, ...]:
    """The facts that the register lacks, and without which no promotion can be asked for."""
    facts = {"rank": person.rank_on(day), "post": person.post_on(day)}
    return tuple(name for name, fact in facts.items() if fact is None)


def _serves(person: Person, day: date, reference: Reference) -> bool:
    """Whether the register knows a PNS in service, or does not rule it out of somebody with a career."""
    standing = person.standing_on(day)
    if standing is None:
        return bool(person.rank_on(day) or person.post_on(day))
    return standing.service_status == PERMANENT and reference.in_service(standing.legal_position, day) is not False


def _under(person: Person, request: PromotionRequest, rulebook: Rulebook) -> Candidate | None:
    """The outlook under one kind."""

    def facts_at(tmt: date) -> list[Asked]:
        lodged = lodged_on(tmt, request.submitted_on, rulebook.reference)
        later = {"target_tmt": tmt, "submitted_on": lodged, "foreseen": tmt > request.target_tmt}
        moved = request.model_copy(update=later)
        return [Asked(promotion_facts(person, moved, rulebook.reference))]

    def against(tmt: date) -> set[str]:
        return {code for facts in facts_at(tmt) for code, _ in rulebook.against(MATTER, tmt, facts)}

    tmt = request.target_tmt
    findings = [finding for facts in facts_at(tmt) for finding in rulebook.findings(MATTER, tmt, facts)]
    missing, gaps = _weighty(findings, Verdict.NOT_MET), _weighty(findings, Verdict.CANNOT_TELL)
    if not missing:
        return Candidate(Outlook.DATA_GAP if gaps else Outlook.ELIGIBLE, request, gaps=gaps, earliest_tmt=tmt)
    nearby = list(tmts_between(rulebook.reference.periods, tmt, first_of_month(tmt, NEARBY_MONTHS)))
    # The cheap questions first: nearly everybody lacks years that are far from full.
    staying = {f.requirement for f in missing} & against(nearby[-1] if nearby else tmt)
    if staying and (len(missing) > FEW or staying - against(first_of_month(tmt, SEARCHED_MONTHS))):
        return None
    answered = assess(rulebook, MATTER, facts_at, chain([tmt], nearby))
    if len(missing) > FEW and answered.earliest_tmt is None:
        return None
    missing = _weighty(answered.findings, Verdict.NOT_MET)
    return Candidate(Outlook.NEARLY, request, missing, gaps, earliest_tmt=answered.earliest_tmt)


def _weighty(findings: Sequence[Finding], verdict: Verdict) -> tuple[Finding, ...]:
    """The findings of this verdict that are more than warnings."""
    return tuple(found for found in findings if found.verdict is verdict and found.severity is not Severity.WARN)
