"""Who is this person in the register, on which day, and as known when? And: find somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.careers import incumbencies, ranks_held
from activities.readmodels.units import units
from activities.readmodels.visibility import PERSONNEL, Viewer, leads
from activities.store.loading import load
from activities.store.tables import events, subject_vault
from activities.store.vault import Identity, identity
from domain.register.facts import Assignment
from domain.register.person import Person, fold

MAX_FOUND = 50


@dataclass(frozen=True)
class PersonFile:
    """A person's facts as known at a position of the log, and who it is; erased people have no identity."""

    ref: str
    identity: Identity | None
    person: Person
    unit_names: dict[str, str]


@dataclass(frozen=True)
class Found:
    """One person found, with today's unit, post and rank (None when the register has none)."""

    ref: str
    name: str
    unit: str | None
    unit_name: str | None
    post_name: str | None
    grade: str | None


async def may_see_person(connection: AsyncConnection, ref: str, agency: str | None, who: Viewer) -> bool:
    """The person, superiors, and personnel officers of the person's agency."""
    if agency != who.agency:
        return False
    return ref == who.ref or bool(who.roles & PERSONNEL) or await leads(connection, who, [ref])


async def person_file(connection: AsyncConnection, ref: str, as_at: int | None) -> PersonFile | None:
    """The person as known once the log had reached `as_at` (inclusive; None: now); None when unknown then."""
    stream_id = f"person/{ref}"
    history = (await load(connection, [stream_id]))[stream_id].history
    if as_at is not None:
        known = await connection.scalar(
            select(func.count()).where(events.c.stream_id == stream_id, events.c.position <= as_at)
        )
        history = history[:known]
    if not history:
        return None
    person = fold(recorded.event for recorded in history)
    described = await connection.execute(select(units.c.unit, units.c.name).where(units.c.unit.in_(_units_of(person))))
    return PersonFile(ref, await identity(connection, ref), person, {row.unit: row.name for row in described})


def _units_of(person: Person) -> list[str]:
    return sorted({fact.unit for fact in person.facts.values() if fact.kind == "post"})


async def search(connection: AsyncConnection, who: Viewer, nip: str | None, name: str) -> list[Found]:
    """People by NIP, or by part of the name: own subordinates, or for personnel officers the whole agency."""
    person = subject_vault.c
    matching = person.nip == nip if nip else person.name.icontains(name, autoescape=True)
    query = _placed(who.today).where(person.agency == who.agency, matching)
    if not who.roles & PERSONNEL:
        led = await below(connection, who.units)
        query = query.where(incumbencies.c.unit.in_(led), person.subject_ref != who.ref)
    rows = await connection.execute(query.order_by(person.name, person.subject_ref).limit(MAX_FOUND))
    return [Found(*row) for row in rows]


def _placed(day: date) -> Select[Any]:
    """Everybody in the vault with the definitive post, its unit and the rank of the day."""
    person, post, rank = subject_vault.c, incumbencies.c, ranks_held.c
    holding = and_(
        post.subject_ref == person.subject_ref,
        post.assignment == Assignment.DEFINITIVE.value,
        post.during.contains(day),
    )
    ranked = and_(rank.subject_ref == person.subject_ref, rank.during.contains(day))
    return (
        select(person.subject_ref, person.name, post.unit, units.c.name, post.name, rank.grade)
        .select_from(subject_vault)
        .outerjoin(incumbencies, holding)
        .outerjoin(units, units.c.unit == post.unit)
        .outerjoin(ranks_held, ranked)
    )


async def below(connection: AsyncConnection, start: frozenset[str]) -> list[str]:
    """The units and everything under them."""
    found = await connection.execute(
        text(
            "WITH RECURSIVE tree AS (SELECT unit FROM units WHERE unit = ANY(:start) "
            "UNION SELECT child.unit FROM units child JOIN tree ON child.parent = tree.unit) SELECT unit FROM tree"
        ),
        {"start": sorted(start)},
    )
    return list(found.scalars())
