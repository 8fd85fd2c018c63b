"""Explaining why a case went back or was refused: the reason with its law and cure, and what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import WorkingCalendar
from domain.proposal.proposal import Ended, Open, Rejected, Returned
from domain.rulebook.reasons import Objection, Reason
from domain.rulebook.reference import Reference


@dataclass(frozen=True)
class Explanation:
    """Where and when it was decided, and why; no reason when the code is of no catalogue.

    A refusal can be objected to until a day.
    """

    step: str
    at: datetime
    reason_code: str
    reason: Reason | None = None
    objection: Objection | None = None
    objection_until: date | None = None


def explained(state: Open | Ended, reference: Reference, calendar: WorkingCalendar) -> Explanation | None:
    """Why the case waits for its proposer, or why it was refused; None for any other case."""
    match state:
        case Returned(to_correct=cause):
            code = cause.reason_code
        case Rejected(reason_code=code):
            pass
        case _:
            return None
    decided = state.case.signed[-1]
    day = calendar.local_date(decided.at)
    objection = reference.objection(day) if isinstance(state, Rejected) else None
    return Explanation(
        step=decided.step,
        at=decided.at,
        reason_code=code,
        reason=reference.reason(code, day),
        objection=objection,
        objection_until=objection.until(decided.at, calendar) if objection else None,
    )
