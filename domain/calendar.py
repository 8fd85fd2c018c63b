"""Working days (hari kerja): a dated set of days off, and arithmetic on it; full months between days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

SATURDAY = 5
DAY_STARTS = time(8, 0)
DAY_ENDS = time(16, 0)


@dataclass(frozen=True)
class WorkingCalendar:
    """Days off beside Saturdays and Sundays, with the version that events name and the office's offset from UTC.

    `estimated` are those days off whose date no decree has fixed yet; they count, and readers are told.
    """

    days_off: frozenset[date]
    version: str
    utc_offset: timedelta = timedelta(hours=7)
    estimated: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices are open on the day."""
        return day.weekday() < SATURDAY and day not in self.days_off

    def after(self, start: datetime, working_days: int, at: time = DAY_ENDS) -> datetime:
        """The instant, at that office hour, on the n-th working day after the start's own day, which never counts."""
        day = self.local_date(start)
        while working_days > 0:
            day += timedelta(days=1)
            if self.is_working(day):
                working_days -= 1
        return self.instant(day, at)

    def local_date(self, instant: datetime) -> date:
        """The office's calendar date at the instant."""
        return instant.astimezone(timezone(self.utc_offset)).date()

    def instant(self, day: date, at: time = time(0, 0)) -> datetime:
        """The UTC instant of an office hour on a day."""
        return datetime.combine(day, at, timezone(self.utc_offset)).astimezone(UTC)


def full_months(start: date, end: date) -> int:
    """Whole months from one day to another; a month is full on the day that carries the first day's number."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def first_of_month(day: date, months_later: int = 0) -> date:
    """The first day of the day's month, or of a month that many months later (earlier when negative)."""
    years, month = divmod(day.month - 1 + months_later, 12)
    return date(day.year + years, month + 1, 1)
