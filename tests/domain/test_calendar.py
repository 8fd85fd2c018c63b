from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar, first_of_month, full_months

JAKARTA = timezone(timedelta(hours=7))
IDUL_FITRI = frozenset(date(2026, 3, day) for day in (18, 19, 20, 23, 24))
CALENDAR = WorkingCalendar(days_off=IDUL_FITRI, version="test")
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def at(day: date, hour: int = 10) -> datetime:
    """An hour of an Indonesian office."""
    return datetime.combine(day, time(hour), JAKARTA)


def test_three_working_days_jump_over_the_holidays() -> None:
    """From Monday 16 March 2026: Tuesday, then the first two days after the collective leave."""
    assert at(date(2026, 3, 26), 16) == CALENDAR.after(at(date(2026, 3, 16)), 3)


def test_the_day_it_starts_never_counts() -> None:
    """Early or late on Monday, one working day ends on Tuesday at closing time."""
    tuesday = at(date(2026, 2, 3), 16)

    assert {tuesday} == {CALENDAR.after(at(date(2026, 2, 2), hour), 1) for hour in (0, 8, 23)}


def test_an_instant_belongs_to_the_day_of_the_office() -> None:
    """18:00 in UTC is the next morning in Jakarta and further east."""
    instant = datetime(2026, 2, 2, 18, 0, tzinfo=UTC)
    east = WorkingCalendar(frozenset(), "test", timedelta(hours=9))

    assert (date(2026, 2, 3), date(2026, 2, 3)) == (CALENDAR.local_date(instant), east.local_date(instant))
    assert datetime(2026, 2, 2, 23, 0, tzinfo=UTC) == east.instant(date(2026, 2, 3), time(8))


@given(DAYS, st.integers(1, 60), st.frozensets(DAYS, max_size=40))
def test_working_days_equal_an_independent_count(start: date, n: int, off: frozenset[date]) -> None:
    """Counted the other way round: between start and end lie exactly n open days, and the end is one of them."""
    end = WorkingCalendar(off, "test").after(at(start), n).astimezone(JAKARTA).date()
    span = [date.fromordinal(number) for number in range(start.toordinal() + 1, end.toordinal() + 1)]
    is_open = [f"{day:%a}" not in {"Sat", "Sun"} and day not in off for day in span]

    assert n == sum(is_open)
    assert is_open[-1]


@given(DAYS, st.integers(0, 400))
def test_months_from_the_first_of_a_month_come_back(day: date, months: int) -> None:
    """Adding months to a first day and counting them again gives the same number."""
    first = first_of_month(day)

    assert months == full_months(first, first_of_month(day, months))
    assert first == first_of_month(first_of_month(day, months), -months)


def test_a_month_is_full_on_its_own_day() -> None:
    """One day short is not a month; neither is an anniversary that comes tomorrow."""
    assert [
        full_months(date(2026, 1, 15), date(2026, 2, 15)),
        full_months(date(2026, 1, 15), date(2026, 2, 14)),
        full_months(date(2022, 2, 1), date(2026, 1, 31)),
        full_months(date(2022, 2, 1), date(2026, 2, 1)),
    ] == [1, 0, 47, 48]
