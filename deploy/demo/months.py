"""Arithmetic on first days of months, on which careers move."""

from __future__ import annotations

from datetime import date

LAST_DAY_OF_WINDOW = 15


def first_of(day: date, months_later: int = 0) -> date:
    """The first day of the month that is so many months after the day's (before, if negative)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months_later, 12)
    return date(year, month + 1, 1)


def months_between(start: date, end: date) -> int:
    """Full months from a first of a month to another."""
    return (end.year - start.year) * 12 + end.month - start.month


def period_on_or_after(day: date) -> date:
    """The first day, from this one on, on which promotions took effect under the rules of its time.

    Source: April and October until January 2024; even months until September 2025 (Peraturan BKN 4/2023);
    every month since (Peraturan BKN 4/2025).
    """
    while not _is_period(day):
        day = first_of(day, 1)
    return day


def _is_period(day: date) -> bool:
    if day >= date(2025, 10, 1):
        return True
    return day.month % 2 == 0 if day >= date(2024, 2, 1) else day.month in (4, 10)


def next_tmt(as_of: date) -> date:
    """The earliest TMT that can still be proposed for on the day.

    Source: BKN's letter of 2025 on monthly periods; the window of TMT month M closes on the 15th of M-1.
    """
    return first_of(as_of, 1 if as_of.day <= LAST_DAY_OF_WINDOW else 2)
