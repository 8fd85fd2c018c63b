"""Who holds which rank, post and role on which day, as we know it now."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, Date, Index, Table, Text, select, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Projection, Row
from activities.store.driver import fetch
from activities.store.tables import metadata
from domain.register.facts import SEAT, Assignment, PostHeld, RankHeld, RoleGranted
from domain.register.person import Person

ranks_held = Table(
    "ranks_held",
    metadata,
    Column("subject_ref", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("during", DATERANGE, nullable=False),
)

incumbencies = Table(
    "incumbencies",
    metadata,
    Column("post", Text, primary_key=True),
    Column("subject_ref", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("assignment", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("during", DATERANGE, nullable=False),
    Index("incumbencies_subject_idx", "subject_ref"),
    Index("incumbencies_unit_idx", "unit"),
)
roles_held = Table(
    "roles_held",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("subject_ref", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("during", DATERANGE, nullable=False),
    Index("roles_held_subject_idx", "subject_ref"),
)


def rank_rows(person: Person) -> list[Row]:
    """Every rank of a person."""
    shared = {"subject_ref": person.subject, "agency": person.agency}
    return [
        {**shared, "valid_from": rank.valid_from, "grade": str(rank.grade), "during": _during(rank)}
        for rank in person.of(RankHeld)
    ]


def incumbency_rows(person: Person) -> list[Row]:
    """Every post of a person, definitive and acting."""
    return [
        {
            "post": post.post,
            "subject_ref": person.subject,
            "valid_from": post.valid_from,
            "assignment": post.assignment.value,
            "agency": person.agency,
            "unit": post.unit,
            "name": post.name,
            "during": _during(post),
        }
        for post in person.of(PostHeld)
    ]


def role_rows(person: Person) -> list[Row]:
    """Every granted role of a person."""
    return [
        {
            "agency": person.agency,
            "role": role.role.value,
            "subject_ref": person.subject,
            "valid_from": role.valid_from,
            "during": _during(role),
        }
        for role in person.of(RoleGranted)
    ]


def _during(fact: PostHeld | RankHeld | RoleGranted) -> Range[date]:
    return Range(fact.valid_from, fact.valid_to, bounds="[)")


RANKS_HELD = Projection("ranks_held", 1, "person", ranks_held, rank_rows)
INCUMBENCIES = Projection("incumbencies", 1, "person", incumbencies, incumbency_rows)
ROLES_HELD = Projection("roles_held", 1, "person", roles_held, role_rows)


DESKS = """
    SELECT %(seat)s || unit AS desk, bool_and(assignment <> %(definitive)s) AS acting FROM incumbencies
    WHERE subject_ref = %(subject)s AND starts_with(post, %(seat)s) AND during @> CAST(%(day)s AS date) GROUP BY unit
    UNION ALL
    SELECT DISTINCT 'role/' || role, false FROM roles_held
    WHERE agency = %(agency)s AND subject_ref = %(subject)s AND during @> CAST(%(day)s AS date)
"""
CONSTANTS = {"seat": SEAT, "definitive": Assignment.DEFINITIVE.value}
"""Values in `DESKS` that never change."""


async def desks_of(connection: AsyncConnection, agency: str, subject: str, day: date) -> dict[str, bool]:
    """The person's desks in the agency on the day, each with whether it is held only as acting.

    A unit's reference is its own everywhere; a role is held in the agency that granted it.
    """
    rows = await fetch(connection, DESKS, {"agency": agency, "subject": subject, "day": day, **CONSTANTS})
    return {f"person/{subject}": False} | {row.desk: row.acting for row in rows}


async def holders(connection: AsyncConnection, agency: str, desk: str, day: date) -> list[str]:
    """The people at a desk on the day."""
    kind, _, name = desk.partition("/")
    if kind == "person":
        return [name]
    table: Any = roles_held if kind == "role" else incumbencies
    query = select(table.c.subject_ref).where(table.c.agency == agency, table.c.during.contains(day)).distinct()
    query = query.where(table.c.role == name if kind == "role" else table.c.post == f"{SEAT}{name}")
    return list((await connection.execute(query)).scalars())


async def agency_of(connection: AsyncConnection, subject: str) -> str | None:
    """The agency a person is registered with."""
    found: str | None = await connection.scalar(
        text("SELECT agency FROM streams WHERE stream_id = 'person/' || :subject"), {"subject": subject}
    )
    return found
