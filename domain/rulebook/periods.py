"""Which days are a TMT for promotions, and the window in which a proposal for it is lodged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile

from domain.calendar import first_of_month
from domain.rulebook.reference import Period, current

ONE_DAY = timedelta(days=1)
LONGEST_GAP = 12
"""Every calendar has a TMT within this many months."""


@dataclass(frozen=True)
class Window:
    """First and last day, both included."""

    opens: date
    closes: date

    def contains(self, day: date) -> bool:
        """Whether the day lies in the window."""
        return self.opens <= day <= self.closes


def is_tmt(periods: Sequence[Period], day: date) -> bool:
    """Whether the calendar in force on the day has a TMT on it."""
    return _calendar_with(periods, day) is not None


def tmts_from(periods: Sequence[Period], day: date) -> Iterator[date]:
    """Every TMT from the day on, without end (the last calendar is open-ended)."""
    first = first_of_month(day, 0 if day.day == 1 else 1)
    return (tmt for n in count() if is_tmt(periods, tmt := first_of_month(first, n)))


def window(periods: Sequence[Period], tmt: date) -> Window | None:
    """The window of a TMT: the day after the previous TMT's closed, until its own closes. None when it is no TMT."""
    closes = _closing(periods, tmt)
    if closes is None:
        return None
    earlier = (first_of_month(tmt, -n) for n in range(1, LONGEST_GAP + 1))
    previous = next((closing for day in earlier if (closing := _closing(periods, day))), None)
    return Window(opens=previous + ONE_DAY if previous else date.min, closes=closes)


def tmt_for(periods: Sequence[Period], day: date) -> date:
    """The one TMT whose window contains the day."""
    return next(tmt for tmt in tmts_from(periods, day) if (closes := _closing(periods, tmt)) and day <= closes)


def tmts_between(periods: Sequence[Period], after: date, until: date) -> Iterator[date]:
    """Every TMT later than one day and not later than another."""
    return takewhile(lambda tmt: tmt <= until, tmts_from(periods, after + ONE_DAY))


def _calendar_with(periods: Sequence[Period], tmt: date) -> Period | None:
    period = current(periods, tmt)
    return period if period and tmt.day == 1 and tmt.month in period.months else None


def _closing(periods: Sequence[Period], tmt: date) -> date | None:
    period = _calendar_with(periods, tmt)
    if period is None:
        return None
    return first_of_month(tmt, -period.closes_months_before).replace(day=period.closes_on_day)
