from __future__ import annotations

import re
from datetime import date, timedelta

from activities.calendars import working_calendar
from activities.rule_files import read_rulebook
from domain.calendar import WorkingCalendar
from domain.rulebook.reference import Overlay

JAKARTA = timedelta(hours=7)
OFF_2026 = {
    *(date(2026, 1, day) for day in (1, 16)),
    *(date(2026, 2, day) for day in (16, 17)),
    *(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24)),
    *(date(2026, 4, day) for day in (3, 5)),
    *(date(2026, 5, day) for day in (1, 14, 15, 27, 28, 31)),
    *(date(2026, 6, day) for day in (1, 16)),
    *(date(2026, 8, day) for day in (17, 25)),
    *(date(2026, 12, day) for day in (24, 25)),
}
"""National holidays and collective leave of 2026, written by hand from the joint decree."""


def calendar(*overlay: Overlay, years: tuple[int, ...] = (2026,)) -> WorkingCalendar:
    """A Jakarta office's calendar."""
    return working_calendar(years, JAKARTA, overlay)


def test_holidays_and_collective_leave_of_2026_are_off() -> None:
    """The published list equals the decree, day for day."""
    assert calendar().days_off == OFF_2026
    assert calendar().utc_offset == JAKARTA


def test_a_decree_adds_and_takes_days() -> None:
    """An overlay wins over the package, and a later decree over an earlier one."""
    first = Overlay(decree="SKB 1", added=[date(2026, 7, 6)], removed=[date(2026, 12, 24)])
    second = Overlay(decree="SKB 2", added=[date(2026, 12, 24)])

    assert not calendar(first).is_working(date(2026, 7, 6))
    assert calendar(first).is_working(date(2026, 12, 24))
    assert not calendar(first, second).is_working(date(2026, 12, 24))


def test_the_version_follows_the_overlay() -> None:
    """Events name the calendar that made their deadline: package, and decrees."""
    plain, changed = calendar(), calendar(Overlay(decree="SKB 1", added=[date(2026, 7, 6)]))

    assert re.fullmatch(r"holidays-[0-9.]+\+[0-9a-f]{12}", plain.version)
    assert plain.version != changed.version
    assert plain.version == calendar(years=(2026, 2027)).version


def test_a_day_that_no_decree_has_fixed_counts_and_is_marked() -> None:
    """Idul Fitri 2028 is an estimate until a decree names it."""
    estimated = calendar(years=(2028,)).estimated
    decreed = Overlay(decree="SKB 2028", added=sorted(estimated))

    assert estimated
    assert estimated <= calendar(years=(2028,)).days_off
    assert calendar(decreed, years=(2028,)).estimated == frozenset()
    assert calendar().estimated == frozenset()


def test_the_shipped_overlay_names_its_decrees() -> None:
    """The collective leave of 18 August 2025 came by a decree of that month."""
    overlay = read_rulebook().reference.overlay

    assert all("SKB" in decree.decree for decree in overlay)
    assert not calendar(*overlay, years=(2025,)).is_working(date(2025, 8, 18))
