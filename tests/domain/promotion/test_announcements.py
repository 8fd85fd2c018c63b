"""When supervisors are told of a TMT, and in which numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from activities.rule_files import read_rulebook
from domain.calendar import WorkingCalendar
from domain.promotion.announcements import (
    Announcement,
    Outlook,
    Subordinate,
    Summary,
    Turn,
    announcement_on,
    summaries,
)
from domain.rulebook.periods import window

REFERENCE = read_rulebook().reference
CALENDAR = WorkingCalendar(days_off=frozenset(), version="test")
HOLIDAYS = WorkingCalendar(days_off=frozenset({date(2026, 5, 14), date(2026, 5, 15)}), version="test")
A, B = "unit/A", "unit/B"


def on(day: date, calendar: WorkingCalendar = CALENDAR) -> Announcement:
    """What should have been announced by the day."""
    return announcement_on(day, "DEMO", REFERENCE, calendar)


@pytest.mark.parametrize(
    ("day", "tmt", "turn"),
    [
        (date(2026, 4, 15), date(2026, 5, 1), Turn.LAST),
        (date(2026, 4, 16), date(2026, 6, 1), Turn.FIRST),
        (date(2026, 5, 7), date(2026, 6, 1), Turn.FIRST),
        (date(2026, 5, 8), date(2026, 6, 1), Turn.LAST),
        (date(2026, 5, 15), date(2026, 6, 1), Turn.LAST),
        (date(2026, 5, 16), date(2026, 7, 1), Turn.FIRST),
    ],
)
def test_the_first_turn_comes_with_the_window_and_the_last_five_working_days_before_it_closes(
    day: date, tmt: date, turn: Turn
) -> None:
    """The window of June is 16 April to 15 May; 8 May is a Friday with a working week after it."""
    found = on(day)

    assert (found.tmt, found.turn) == (tmt, turn)
    assert found.id == f"period/DEMO/{tmt}/{turn}"


def test_days_off_before_the_closing_bring_the_last_turn_forward() -> None:
    """Five days on which somebody works, not five days."""
    assert on(date(2026, 5, 6), HOLIDAYS).turn is Turn.LAST
    assert on(date(2026, 5, 6)).turn is Turn.FIRST


def test_every_day_of_a_year_belongs_to_one_announcement_whose_window_holds_it() -> None:
    """Also where the calendar of periods changes; each TMT has both turns."""
    days = [date(2025, 6, 1) + timedelta(days=n) for n in range(400)]
    found = [on(day) for day in days]
    windows = [window(REFERENCE.periods, announcement.tmt) for announcement in found]
    turns = {(announcement.tmt, announcement.turn) for announcement in found}

    assert all(w and w.contains(day) and w.closes == a.closes for day, a, w in zip(days, found, windows, strict=True))
    assert all((tmt, Turn.LAST) in turns for tmt, _ in sorted(turns)[:-2])


PEOPLE = [
    Subordinate(B, Outlook.ELIGIBLE, proposed=True),
    Subordinate(A, Outlook.ELIGIBLE, proposed=False),
    Subordinate(A, Outlook.ELIGIBLE, proposed=True),
    Subordinate(A, Outlook.NEARLY, proposed=False),
    Subordinate(A, Outlook.DATA_GAP, proposed=False),
    Subordinate("unit/C", Outlook.DATA_GAP, proposed=False),
]


def test_each_desk_is_told_its_numbers_once() -> None:
    """A desk that has nothing but gaps in its data is left alone."""
    assert summaries(Turn.FIRST, PEOPLE) == [
        Summary(desk=A, eligible=2, nearly=1, data_gaps=1, unproposed=1),
        Summary(desk=B, eligible=1),
    ]


def test_at_last_only_desks_with_somebody_not_proposed_are_told() -> None:
    """Whoever did the work is not reminded of it."""
    assert [summary.desk for summary in summaries(Turn.LAST, PEOPLE)] == [A]
    assert summaries(Turn.LAST, []) == []
