"""The working calendar of Indonesian offices: published days off, corrected by what joint decrees (SKB) say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from importlib.metadata import version

import holidays

from domain.calendar import WorkingCalendar
from domain.rulebook.reference import Overlay
from domain.rulebook.rulebook import digest

ESTIMATED = "(perkiraan)"
"""How the package marks a day whose date no decree has fixed yet."""


def working_calendar(years: Iterable[int], utc_offset: timedelta, overlay: Sequence[Overlay]) -> WorkingCalendar:
    """National holidays and collective leave (cuti bersama) of these years; later decrees of the overlay win.

    The version names the package and the overlay. Days of other years are taken for working days.
    """
    published = holidays.country_holidays(
        "ID", years=list(years), categories=(holidays.PUBLIC, holidays.GOVERNMENT), language="id"
    )
    days_off: set[date] = set(published)
    estimated = {day for day, name in published.items() if ESTIMATED in name}
    for decree in overlay:
        days_off = (days_off | set(decree.added)) - set(decree.removed)
        estimated -= {*decree.added, *decree.removed}
    content = [decree.model_dump(mode="json") for decree in overlay]
    return WorkingCalendar(
        days_off=frozenset(days_off),
        version=f"holidays-{version('holidays')}+{digest(content)[:12]}",
        utc_offset=utc_offset,
        estimated=frozenset(estimated),
    )
