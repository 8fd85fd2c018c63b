from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from hypothesis import example, given
from hypothesis import strategies as st

from activities.rule_files import read_rulebook
from domain.rulebook.periods import is_tmt, tmt_for, tmts_between, tmts_from, window

PERIODS = read_rulebook().reference.periods
DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2060, 12, 31))
ONE_DAY = timedelta(days=1)


@given(DAYS)
@example(date(2023, 8, 21))
@example(date(2024, 1, 15))
@example(date(2025, 9, 15))
@example(date(2025, 9, 16))
def test_every_day_lies_in_the_window_of_exactly_one_tmt(day: date) -> None:
    """The windows are a partition: across months, years and changes of the calendar."""
    candidates = islice(tmts_from(PERIODS, day - timedelta(days=400)), 40)
    holding = [tmt for tmt in candidates if (opening := window(PERIODS, tmt)) and opening.contains(day)]

    assert [tmt_for(PERIODS, day)] == holding


@given(DAYS)
def test_a_window_closes_before_its_tmt(day: date) -> None:
    """Whoever lodges in time is early."""
    tmt = tmt_for(PERIODS, day)

    assert day < tmt
    assert is_tmt(PERIODS, tmt)


@given(st.dates(min_value=date(2025, 11, 1), max_value=date(2060, 12, 31)))
def test_under_the_monthly_calendar_the_16th_opens_and_the_15th_closes(day: date) -> None:
    """16th of M-2 to 15th of M-1, worded independently of the table."""
    opening = window(PERIODS, day.replace(day=1))
    month_before = day.replace(day=1) - ONE_DAY
    two_before = month_before.replace(day=1) - ONE_DAY

    assert opening is not None
    assert (two_before.replace(day=16), month_before.replace(day=15)) == (opening.opens, opening.closes)


def test_the_three_calendars_have_their_own_months() -> None:
    """Two periods a year, then six, then every month."""
    found = tmts_between(PERIODS, date(2022, 12, 31), date(2026, 1, 1))

    assert [
        *(date(2023, month, 1) for month in (4, 10)),
        *(date(2024, month, 1) for month in (2, 4, 6, 8, 10, 12)),
        *(date(2025, month, 1) for month in (2, 4, 6, 8, 10, 11, 12)),
        date(2026, 1, 1),
    ] == list(found)


def test_a_day_that_is_no_tmt_has_no_window() -> None:
    """Neither the second of a month nor a month that the calendar of its time left out."""
    assert window(PERIODS, date(2026, 2, 2)) is None
    assert window(PERIODS, date(2025, 9, 1)) is None
    assert not is_tmt(PERIODS, date(1999, 4, 1))


def test_the_first_window_is_open_to_the_past() -> None:
    """Before the first calendar nothing closed."""
    opening = window(PERIODS, date(2001, 4, 1))

    assert opening is not None
    assert opening.opens == date.min
