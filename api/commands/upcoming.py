"""The command that shows who of the agency becomes eligible for a TMT, who nearly, and whose data is incomplete."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.padding import Padding

from activities.readmodels.upcoming import Staff, Upcoming, everybody_in_reach, unit_names
from activities.store.driver import ledger_now
from activities.store.vault import names
from activities.wiring import Backbone
from api.answers.eligibility import OUTLOOKS, UpcomingRow, shown
from api.commands.register import connected
from api.words import FACTS, Language, said
from domain.promotion.announcements import Outlook
from domain.promotion.eligibility import next_tmt
from domain.rulebook.model import Text

TITLE = Text(id="Kenaikan pangkat TMT {tmt}", en="Promotions of {tmt}")
NO_UNIT = Text(id="Tanpa unit", en="Without a unit")
UNKNOWN = Text(id="tidak tercatat: {facts}", en="not recorded: {facts}")
BELOW_UNIT, BELOW_PERSON = (0, 0, 0, 2), (0, 0, 0, 6)
"""Spaces left of a line."""


async def upcoming(
    *,
    tmt: Annotated[date | None, Parameter(help="the TMT; that whose window contains today if left out")] = None,
    as_json: Annotated[bool, Parameter(name="--json", help="print JSON", negative="")] = False,
    locale: Annotated[Literal["id", "en"] | None, Parameter(help="id or en")] = None,
) -> None:
    """Show who becomes eligible for a TMT, who nearly and what is missing, and whose data is incomplete, by unit."""
    async with connected() as parts:
        language = locale or parts.settings.locale
        async with parts.reads.connect() as connection:
            today = parts.calendar.local_date(await ledger_now(connection))
        wanted = tmt or next_tmt(today, parts.rulebook)
        found = await _found(parts, Staff(parts.settings.agency, today), wanted)
        async with parts.reads.connect() as connection:
            people = await names(connection, shown(found))
            units = await unit_names(connection, found)
    rows = [UpcomingRow.of(entry, language) for entry in found]
    if as_json:
        answer = {"tmt": wanted.isoformat(), "items": [row.model_dump(mode="json") for row in rows]}
        json.dump({**answer, "names": people, "units": units}, sys.stdout, ensure_ascii=False, indent=2)
        print()  # noqa: T201 - the document's last line
    else:
        _tell(rows, wanted, people, units, language)


async def _found(parts: Backbone, staff: Staff, tmt: date) -> list[Upcoming]:
    return [entry async for some in everybody_in_reach(parts.reads, parts.rulebook, staff, tmt) for entry in some]


def _tell(
    rows: Iterable[UpcomingRow], tmt: date, people: Mapping[str, str], units: Mapping[str, str], language: Language
) -> None:
    console, counts = Console(highlight=False, markup=False), Counter[Outlook]()
    console.print(getattr(TITLE.filled({"tmt": f"{tmt}"}), language))
    for unit, members in groupby(rows, key=lambda row: row.unit):
        console.print(units.get(unit, unit) or getattr(NO_UNIT, language), style="bold")
        for row in members:
            counts[row.outlook] += 1
            console.print(Padding(_line(row, people.get(row.subject, row.subject[:8])), BELOW_UNIT))
            for reason in _reasons(row, language):
                console.print(Padding(reason, BELOW_PERSON))
    console.print("; ".join(f"{said(OUTLOOKS, outlook, language)}: {counts[outlook]}" for outlook in Outlook))


def _line(row: UpcomingRow, name: str) -> str:
    kind = f"{row.kind} → {row.target_grade}" if row.kind else ""
    parts = (name, kind, row.outlook_text, str(row.earliest_tmt or ""), row.proposal_id or "")
    return " · ".join(part for part in parts if part)


def _reasons(row: UpcomingRow, language: Language) -> Iterator[str]:
    """What is missing with its cure, and what is not recorded."""
    for finding in row.missing:
        yield f"{finding.message} {finding.cure}"
    for gap in row.gaps:
        yield f"{gap.requirement}, {getattr(UNKNOWN.filled({'facts': ', '.join(gap.missing)}), language)}. {gap.cure}"
    if row.lacking:
        facts = ", ".join(said(FACTS, fact, language) for fact in row.lacking)
        yield str(getattr(UNKNOWN.filled({"facts": facts}), language))
