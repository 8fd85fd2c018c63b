"""Who may see which case: whoever it concerns, whoever it ever waited at, superiors, and personnel officers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels import units
from activities.readmodels.careers import desks_of, incumbencies
from activities.store.driver import fetch
from domain.calendar import WorkingCalendar
from domain.vocabulary import Role

PERSONNEL = frozenset(Role) - {Role.POLICY_OFFICER}
"""Roles whose holders may see every case and person of their agency."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: the desks held on the office's today, each with whether it is held only as acting."""

    ref: str
    agency: str
    desks: Mapping[str, bool]
    today: date

    @property
    def roles(self) -> frozenset[Role]:
        """The roles granted for today."""
        return frozenset(Role(desk.removeprefix("role/")) for desk in self.desks if desk.startswith("role/"))

    @property
    def units(self) -> frozenset[str]:
        """The units led today."""
        return frozenset(desk.removeprefix("unit/") for desk in self.desks if desk.startswith("unit/"))


class Sight(StrEnum):
    """How much of a case is shown: desks that work on it also see what they write to each other."""

    OUTSIDE = "outside"
    INSIDE = "inside"


KNOWN = "SELECT agency, ledger_now() AS at FROM streams WHERE stream_id = %(stream_id)s"


async def viewer(connection: AsyncConnection, ref: str, calendar: WorkingCalendar) -> Viewer | None:
    """The person with today's desks, or None when the register does not know the reference."""
    found = await fetch(connection, KNOWN, {"stream_id": f"person/{ref}"})
    if not found:
        return None
    agency, today = found[0].agency, calendar.local_date(found[0].at)
    return Viewer(ref, agency, await desks_of(connection, agency, ref, today), today)


async def sight(connection: AsyncConnection, case: Mapping[Any, Any], who: Viewer) -> Sight | None:
    """What the viewer sees of the case (a row of `cases`), or None: for them it does not exist."""
    if case["agency"] != who.agency:
        return None
    # Proposer and subject stay outside, whatever hat they wear beside.
    if who.ref == case["proposer"] or who.ref in case["subjects"]:
        return Sight.OUTSIDE
    if who.roles & PERSONNEL or who.desks.keys() & {*case["seen_by"], *case["waits_at"]}:
        return Sight.INSIDE
    return Sight.OUTSIDE if await leads(connection, who, case["subjects"]) else None


async def leads(connection: AsyncConnection, who: Viewer, subjects: Iterable[str]) -> bool:
    """Whether a unit that the viewer leads is above, or is, the unit of one of the people."""
    if not who.units:
        return False
    found = await connection.execute(
        select(incumbencies.c.unit).where(
            incumbencies.c.subject_ref.in_(list(subjects)), incumbencies.c.during.contains(who.today)
        )
    )
    return bool(who.units & (await units.upward(connection, list(found.scalars()))).keys())
