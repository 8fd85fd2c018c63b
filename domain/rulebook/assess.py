"""The assessment of a proposal: the answers for its TMT, and when they would turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from domain.rulebook.model import Assessment, Finding, Matter, Severity, Verdict
from domain.rulebook.rulebook import Asked, Key, Rulebook

SEARCHED_MONTHS = 72
"""How far ahead an earliest date is looked for; one that is later helps nobody."""

FactsAt = Callable[[date], list[Asked]]
"""What the rules would be asked if the proposal were for that TMT."""


def assess(rulebook: Rulebook, matter: Matter, facts_at: FactsAt, tmts: Iterator[date]) -> Assessment:
    """Ask the rules for the first TMT and, when something stands against it, for the later ones until nothing does.

    What cannot be told of a later day (ratings of years to come) stands against nothing.
    """
    target = next(tmts)
    findings = [finding for asked in facts_at(target) for finding in rulebook.findings(matter, target, asked)]

    def against_on(tmt: date) -> set[Key]:
        return {key for asked in facts_at(tmt) for key in rulebook.against(matter, tmt, asked)}

    turned, earliest = _search(against_on, tmts, _known_against(findings), target)
    return Assessment(
        target_tmt=target,
        rulebook_version=rulebook.version,
        findings=[finding.model_copy(update={"earliest_on": turned.get(_key(finding))}) for finding in findings],
        earliest_tmt=earliest,
    )


def _search(
    against_on: Callable[[date], set[Key]], later: Iterator[date], against: set[Key], target: date
) -> tuple[dict[Key, date], date | None]:
    if not against:
        return {}, target
    turned: dict[Key, date] = {}
    earliest = None
    for tmt in later:
        still = against_on(tmt)
        turned |= dict.fromkeys(against - still - turned.keys(), tmt)
        earliest = earliest or (None if still else tmt)
        if earliest and against <= turned.keys():
            break
    return turned, earliest


def _known_against(findings: list[Finding]) -> set[Key]:
    return {_key(f) for f in findings if f.verdict is Verdict.NOT_MET and f.severity is not Severity.WARN}


def _key(finding: Finding) -> Key:
    return finding.requirement, finding.subject
