"""Who of an agency is in reach of a promotion: people unit by unit, folded some at a time, and only findings kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.readmodels.claims import open_claims
from activities.readmodels.register import below
from activities.readmodels.units import units
from activities.readmodels.visibility import PERSONNEL, Viewer
from activities.store.driver import fetch
from activities.store.loading import load
from domain.promotion.eligibility import next_tmt
from domain.promotion.upcoming import Candidate, candidate
from domain.register.facts import Assignment
from domain.register.person import fold
from domain.rulebook.periods import window
from domain.rulebook.rulebook import Rulebook

TOGETHER = 100
"""People folded between two looks at the database, so that nobody else in the process waits long."""
STAFF = """
    SELECT * FROM (
        SELECT coalesce(post.unit, '') AS unit, substr(person.stream_id, 8) AS subject
        FROM streams person LEFT JOIN incumbencies post ON post.subject_ref = substr(person.stream_id, 8)
            AND post.assignment = %(definitive)s AND post.during @> CAST(%(day)s AS date)
        WHERE person.category = 'person' AND person.agency = %(agency)s
    ) staff
    WHERE (CAST(%(units)s AS text[]) IS NULL OR unit = ANY(%(units)s))
        AND subject IS DISTINCT FROM %(but)s AND (unit, subject) > (%(after_unit)s, %(after)s)
    ORDER BY unit, subject LIMIT %(limit)s
"""


class Placed(NamedTuple):
    """Somebody of the agency and the unit of today's definitive post (empty without one)."""

    unit: str
    subject: str


FIRST = Placed("", "")
"""Before everybody."""


@dataclass(frozen=True)
class Staff:
    """Whom to look at: an agency's people on a day; with units, only theirs, and not the one who asks."""

    agency: str
    day: date
    units: tuple[str, ...] | None = None
    but: str | None = None


@dataclass(frozen=True)
class Upcoming:
    """Somebody in reach of a promotion, with the proposal that is open for the TMT already."""

    placed: Placed
    candidate: Candidate
    proposal_id: str | None = None


@dataclass(frozen=True)
class UpcomingPage:
    """Those in reach among the people looked at; `looked_at` and `last` say how far the page went."""

    tmt: date
    closes: date | None
    people: list[Upcoming]
    units: Mapping[str, str]
    looked_at: int
    last: Placed


async def upcoming_page(
    connection: AsyncConnection, rulebook: Rulebook, who: Viewer, tmt: date | None, after: Placed, limit: int
) -> UpcomingPage:
    """One page of what the viewer may look at; without a TMT, that whose window contains today."""
    wanted = tmt or next_tmt(who.today, rulebook)
    people = await members(connection, await staff_of(connection, who), after, limit)
    found = await in_reach(connection, rulebook, people, wanted, who.today)
    opening = window(rulebook.reference.periods, wanted)
    return UpcomingPage(
        tmt=wanted,
        closes=opening.closes if opening else None,
        people=found,
        units=await unit_names(connection, found),
        looked_at=len(people),
        last=people[-1] if people else after,
    )


async def staff_of(connection: AsyncConnection, who: Viewer) -> Staff:
    """Whom the viewer may look at: personnel officers the whole agency, heads the people of their units."""
    if who.roles & PERSONNEL:
        return Staff(who.agency, who.today)
    return Staff(who.agency, who.today, tuple(await below(connection, who.units)), who.ref)


async def members(
    connection: AsyncConnection, staff: Staff, after: Placed = FIRST, limit: int | None = None
) -> list[Placed]:
    """The people, by unit and reference, behind a place."""
    asked = {
        "agency": staff.agency,
        "day": staff.day,
        "units": None if staff.units is None else list(staff.units),
        "but": staff.but,
        "after_unit": after.unit,
        "after": after.subject,
        "limit": limit,
        "definitive": Assignment.DEFINITIVE.value,
    }
    return [Placed(row.unit, row.subject) for row in await fetch(connection, STAFF, asked)]


async def in_reach(
    connection: AsyncConnection, rulebook: Rulebook, people: Sequence[Placed], tmt: date, today: date
) -> list[Upcoming]:
    """Those of the people who are in reach of a promotion on the TMT, in their order."""
    streams = await load(connection, [f"person/{placed.subject}" for placed in people])
    found = {
        placed: near
        for placed, stream in zip(people, streams.values(), strict=True)
        if (near := candidate(fold(recorded.event for recorded in stream.history), tmt, today, rulebook))
    }
    proposed = await _proposed(connection, [placed.subject for placed in found], tmt)
    return [Upcoming(placed, near, proposed.get(placed.subject)) for placed, near in found.items()]


async def everybody_in_reach(
    engine: AsyncEngine, rulebook: Rulebook, staff: Staff, tmt: date
) -> AsyncIterator[list[Upcoming]]:
    """All of them, some at a time; a connection is held no longer than for some, and nobody is loaded alone."""
    async with engine.connect() as connection:
        people = iter(await members(connection, staff))
    while some := list(islice(people, TOGETHER)):
        async with engine.connect() as connection:
            yield await in_reach(connection, rulebook, some, tmt, staff.day)


async def unit_names(connection: AsyncConnection, people: Sequence[Upcoming]) -> dict[str, str]:
    """The names of their units."""
    wanted = {entry.placed.unit for entry in people}
    rows = await connection.execute(select(units.c.unit, units.c.name).where(units.c.unit.in_(sorted(wanted))))
    return {row.unit: row.name for row in rows}


async def _proposed(connection: AsyncConnection, subjects: Sequence[str], tmt: date) -> dict[str, str]:
    claims = open_claims.c
    rows = await connection.execute(
        select(claims.subject_ref, claims.proposal_id).where(
            claims.subject_ref.in_(subjects), claims.matter == "promotion", claims.target_tmt == tmt
        )
    )
    return {row.subject_ref: row.proposal_id for row in rows}
