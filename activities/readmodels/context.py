"""Gathers what a decision may look at, inside its transaction: desks, organisation, people, rules, calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels import units
from activities.readmodels.careers import CONSTANTS, DESKS, incumbencies
from activities.store.driver import fetch
from activities.store.editions import kept_rulebook
from domain.calendar import WorkingCalendar
from domain.proposal import commands as c
from domain.proposal.facts import Facts
from domain.proposal.matter import Matter, Promotion, Rotation
from domain.proposal.proposal import Nothing, Proposal, Returned
from domain.register.events import UnitDescribed
from domain.register.facts import SEAT, Assignment, place_of
from domain.register.organisation import Head, Organisation
from domain.register.person import Person
from domain.rulebook.rulebook import Rulebook
from domain.vocabulary import Role

SLICE = f"""
    {units.CHAIN}
    SELECT
        (SELECT coalesce(jsonb_agg(chain), '[]') FROM chain) AS units,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(desk, acting)), '[]') FROM ({DESKS}) desks) AS desks,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(led, subject_ref, post, assignment)
                                   ORDER BY led, subject_ref, post, assignment), '[]')
         FROM chain CROSS JOIN LATERAL (
             SELECT unit AS led, subject_ref, post, assignment FROM incumbencies
             WHERE post = %(seat)s || chain.unit AND during @> CAST(%(day)s AS date) OFFSET 0) held) AS heads,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(role, subject_ref) ORDER BY role, subject_ref), '[]')
         FROM roles_held WHERE agency = %(agency)s AND during @> CAST(%(day)s AS date)) AS roles
"""  # noqa: S608 - a constant
"""Units with their ancestors, who leads them, who holds which role, and the subject's own desks: one round trip.

`OFFSET 0` keeps PostgreSQL from reading every post of the register: it takes a recursive chain for a long one.
"""
NEEDS_PEOPLE = (
    c.CreateDraft,
    c.ChangeDraft,
    c.AttachDocument,
    c.OverrideRequirement,
    c.Submit,
    c.SystemCommand,
)


class Reading(Protocol):
    """The open transaction, as far as gathering needs it."""

    async def now(self) -> datetime:
        """The database's time."""

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Folded people."""


@dataclass(frozen=True)
class Context:
    """The rulebook and calendar in force, and where to read the rest; `older` remembers rules of older cases."""

    rulebook: Rulebook
    calendar: WorkingCalendar
    older: dict[str, Rulebook] = field(default_factory=dict)

    async def rules_for(self, connection: AsyncConnection, state: Proposal) -> Rulebook:
        """The rules in force; for a correction those that it was lodged under, unless newer ones say otherwise."""
        version = state.case.lodged_under if isinstance(state, Returned) else ""
        if version in {"", self.rulebook.version} or self.rulebook.open_cases == "follow":
            return self.rulebook
        if version not in self.older:
            self.older[version] = await kept_rulebook(connection, version) or self.rulebook
        return self.older[version]

    async def facts_for(
        self, connection: AsyncConnection, transaction: Reading, command: c.Command, state: Proposal
    ) -> Facts:
        """Only what this command can need is read."""
        at = await transaction.now()
        today = self.calendar.local_date(at)
        agency = command.agency if isinstance(command, c.CreateDraft) else _agency(state)
        subjects, targets, tmt = _asked(command, state)
        people: dict[str, Person] = {}
        if isinstance(command, NEEDS_PEOPLE):
            known = await transaction.people(subjects)
            people = {ref: person for ref, person in known.items() if person.agency == agency}
        start = {post.unit for person in people.values() if (post := person.post_on(today))}
        start |= _units(state) | {place_of(target)[1] for target in targets}
        found, desks = await organisation_and_desks(connection, agency, sorted(start), command.actor, today)
        return Facts(
            at=at,
            calendar=self.calendar,
            rulebook=await self.rules_for(connection, state),
            organisation=found,
            people=people,
            incumbents=await incumbents(connection, targets, tmt or today),
            desks=frozenset(desks),
            acting_desks=frozenset(desk for desk, acting in desks.items() if acting),
        )


async def organisation_and_desks(
    connection: AsyncConnection, agency: str, start: Sequence[str], actor: str, day: date
) -> tuple[Organisation, dict[str, bool]]:
    """The slice above the given units, with heads and role holders of the day; and the actor's desks.

    The desks are as `desks_of` has them; the system has none.
    """
    asked = {"agency": agency, "start": list(start), "subject": actor, "day": day, **CONSTANTS}
    [row] = await fetch(connection, SLICE, asked)
    heads: dict[str, tuple[Head, ...]] = {}
    for unit, subject, post, assignment in row.heads:
        heads[unit] = (*heads.get(unit, ()), Head(subject, post, Assignment(assignment)))
    roles: dict[Role, tuple[str, ...]] = {}
    for role, subject in row.roles:
        roles[Role(role)] = (*roles.get(Role(role), ()), subject)
    described = {unit["unit"]: UnitDescribed(**unit) for unit in row.units}
    desks = {} if actor == c.SYSTEM else {f"person/{actor}": False, **dict(row.desks)}
    return Organisation(described, heads, roles), desks


async def incumbents(connection: AsyncConnection, posts: Sequence[str], day: date) -> dict[str, str | None]:
    """Who holds each seat definitively on the day; None where it is vacant, nothing for posts that many may hold."""
    seats = [post for post in posts if post.startswith(SEAT)]
    if not seats:
        return {}
    found = await connection.execute(
        select(incumbencies.c.post, incumbencies.c.subject_ref).where(
            incumbencies.c.post.in_(seats),
            incumbencies.c.assignment == Assignment.DEFINITIVE.value,
            incumbencies.c.during.contains(day),
        )
    )
    return dict.fromkeys(seats) | {row.post: row.subject_ref for row in found}


def _agency(state: Proposal) -> str:
    return "" if isinstance(state, Nothing) else state.case.agency


def _units(state: Proposal) -> set[str]:
    if isinstance(state, Nothing):
        return set()
    matter = state.case.matter
    return {matter.unit} if isinstance(matter, Promotion) else {*matter.from_units, *(m.to_unit for m in matter.moves)}


def _asked(command: c.Command, state: Proposal) -> tuple[list[str], list[str], date | None]:
    """Subjects, target posts and TMT of what the command asks for, else of what the proposal asks for."""
    if isinstance(command, c.CreateDraft | c.ChangeDraft):
        asked = command.asked
        if isinstance(asked, c.PromotionAsked):
            return [asked.subject], [], asked.target_tmt
        return [move.subject for move in asked.moves], [move.to_post for move in asked.moves], asked.target_tmt
    if isinstance(state, Nothing):
        return [], [], None
    matter: Matter = state.case.matter
    targets = [move.to_post for move in matter.moves] if isinstance(matter, Rotation) else []
    return matter.subjects, targets, matter.target_tmt
