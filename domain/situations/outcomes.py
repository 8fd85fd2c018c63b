"""What an assessment comes to, in the words in which a policy officer expects it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.rulebook.model import Assessment, Severity, Verdict
from domain.situations.people import Written


class Outcome(Written):
    """The codes of everything that is not met or cannot be told, and the first TMT on which the whole would pass.

    Warnings that cannot be told are left out; without `earliest` it never passes within the searched months.
    """

    blocks: list[str] = []
    unknown: list[str] = []
    warns: list[str] = []
    earliest: date | None = None

    def against(self, expected: Outcome) -> Iterator[str]:
        """Where it is not what was expected, a line each."""
        for name in ("blocks", "unknown", "warns"):
            found, wanted = set(getattr(self, name)), set(getattr(expected, name))
            yield from (f"{name} {code}, which was not expected" for code in sorted(found - wanted))
            yield from (f"{name} {code} was expected" for code in sorted(wanted - found))
        if self.earliest != expected.earliest:
            yield f"earliest is {self.earliest or 'never'}, {expected.earliest or 'never'} was expected"


def outcome_of(assessment: Assessment) -> Outcome:
    """What stands against it, what cannot be told, what warns, and from when on it would pass."""

    def codes(verdict: Verdict, *, warn: bool) -> list[str]:
        found = [f for f in assessment.findings if f.verdict is verdict and (f.severity is Severity.WARN) is warn]
        return sorted({finding.requirement for finding in found})

    return Outcome(
        blocks=codes(Verdict.NOT_MET, warn=False),
        unknown=codes(Verdict.CANNOT_TELL, warn=False),
        warns=codes(Verdict.NOT_MET, warn=True),
        earliest=assessment.earliest_tmt,
    )
