"""What supervisors are told of a TMT: who is eligible, once its window is open, and once more before it closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import WorkingCalendar
from domain.rulebook.periods import tmt_for, window
from domain.rulebook.reference import Reference
from domain.vocabulary import AgencyRef, Frozen

LAST_DAYS = 5
"""Working days that are left of a window when supervisors are told again. Source: design decision."""


class Outlook(StrEnum):
    """How near a person is to a promotion, nearest first."""

    ELIGIBLE = "eligible"
    NEARLY = "nearly"
    DATA_GAP = "data-gap"


class Turn(StrEnum):
    """Which of the two."""

    FIRST = "first"
    LAST = "last"


class Announcement(Frozen):
    """What an agency's supervisors are told of one TMT; its id is made of facts, so that it happens once."""

    agency: AgencyRef
    tmt: date
    closes: date
    turn: Turn

    @property
    def id(self) -> str:
        """The command id under which its receipt is kept."""
        return f"period/{self.agency}/{self.tmt}/{self.turn}"


class Subordinate(NamedTuple):
    """Somebody in reach of a promotion, as the supervisor's desk sees it; `proposed`: a proposal is open already."""

    desk: str
    outlook: Outlook
    proposed: bool


class Summary(Frozen):
    """What one desk is told, in numbers of people; `unproposed` are the eligible ones without a proposal."""

    desk: str
    eligible: int = 0
    nearly: int = 0
    data_gaps: int = 0
    unproposed: int = 0


def announcement_on(day: date, agency: str, reference: Reference, calendar: WorkingCalendar) -> Announcement:
    """What should have been announced by the end of the day: the last turn, once few working days are left."""
    tmt = tmt_for(reference.periods, day)
    opening = window(reference.periods, tmt)
    assert opening is not None
    ahead = (day + timedelta(days=n) for n in range(1, (opening.closes - day).days + 1))
    left = sum(calendar.is_working(later) for later in ahead)
    turn = Turn.LAST if left <= LAST_DAYS else Turn.FIRST
    return Announcement(agency=agency, tmt=tmt, closes=opening.closes, turn=turn)


def summaries(turn: Turn, people: Iterable[Subordinate]) -> list[Summary]:
    """One for each desk that has something to do: somebody eligible or nearly so, at last somebody not proposed yet."""
    told: dict[str, Summary] = {}
    for person in people:
        told[person.desk] = _with(told.get(person.desk, Summary(desk=person.desk)), person)
    return [summary for _, summary in sorted(told.items()) if _matters(turn, summary)]


def _with(summary: Summary, person: Subordinate) -> Summary:
    match person.outlook:
        case Outlook.ELIGIBLE:
            more = {"eligible": summary.eligible + 1, "unproposed": summary.unproposed + (not person.proposed)}
        case Outlook.NEARLY:
            more = {"nearly": summary.nearly + 1}
        case Outlook.DATA_GAP:
            more = {"data_gaps": summary.data_gaps + 1}
    return summary.model_copy(update=more)


def _matters(turn: Turn, summary: Summary) -> bool:
    return summary.unproposed > 0 if turn is Turn.LAST else summary.eligible + summary.nearly > 0
