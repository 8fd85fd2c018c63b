"""Every submission of the ledger assessed anew: with the register as it was known then, under two rulebooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.audit.canonical import parse
from activities.store.codec import decode
from activities.store.loading import load
from domain.calendar import WorkingCalendar
from domain.proposal.asking import assessed
from domain.proposal.events import DraftChanged, ProposalDrafted, ProposalEvent, ProposalSubmitted
from domain.proposal.facts import Facts
from domain.proposal.guards import existing
from domain.proposal.matter import Filed, Matter, Rotation
from domain.proposal.proposal import Case, Ended, Nothing, Open, Proposal, Recorded, evolve, fold
from domain.register.events import FactsRecorded, PostChanged
from domain.register.facts import SEAT, Assignment, PostHeld
from domain.register.person import Person
from domain.register.person import evolve as evolve_person
from domain.rulebook.flips import Flip, flips
from domain.rulebook.model import Assessment
from domain.rulebook.rulebook import Rulebook

WORDED = [ProposalDrafted.event_type, DraftChanged.event_type]
LOG = text(
    """
    SELECT stream_id, recorded_at, actor_ref, entry FROM events
    WHERE type = ANY(:types) OR stream_id = ANY(:streams) ORDER BY position
    """
)
HOLDERS = text(
    """
    SELECT DISTINCT stream_id
    FROM events, jsonb_path_query(convert_from(entry, 'UTF8')::jsonb, '$.data.*[*].post') post
    WHERE type = ANY(:types) AND post #>> '{}' = ANY(:seats)
    """
)
"""Everybody of whom it was ever recorded that they hold one of the seats."""


@dataclass(frozen=True)
class Replayed:
    """One submission: the assessment it was lodged with, the one of the rules in force, and the one of the draft."""

    proposal_id: str
    round: int
    lodged_on: date
    stored: Assessment
    in_force: Assessment
    draft: Assessment

    @property
    def flips(self) -> list[Flip]:
        """The requirements that come to something else under the draft."""
        return flips(self.in_force, self.draft)

    @property
    def flipped(self) -> bool:
        """Whether the outcome is another under the draft."""
        return bool(self.flips) or self.in_force.earliest_tmt != self.draft.earliest_tmt

    @property
    def unfaithful(self) -> bool:
        """Whether the rules it was lodged under answer otherwise now: the register or the code has lost something."""
        return self.stored.rulebook_version == self.in_force.rulebook_version and self.stored != self.in_force


async def replay(
    connection: AsyncConnection, calendar: WorkingCalendar, rulebook: Rulebook, draft: Rulebook
) -> AsyncIterator[Replayed]:
    """Every submission in the order of the log, which is read in one snapshot; nothing is written."""
    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    concerned = await _concerned(connection)
    known, lodgings = _Register(), _Lodgings()
    async for row in _log(connection, [*WORDED, ProposalSubmitted.event_type], concerned):
        match event := decode(parse(row.entry)):
            case ProposalDrafted() | DraftChanged():
                lodgings.learn(row, event)
            case ProposalSubmitted():
                case = lodgings.learn(row, event)
                matter, filed = case.matter, Filed(frozenset(event.documents), case.lodged_at)
                facts = known.facts(case.agency, matter, Facts(row.recorded_at, calendar, rulebook))
                yield Replayed(
                    proposal_id=row.stream_id.removeprefix("proposal/"),
                    round=event.round,
                    lodged_on=facts.today,
                    stored=event.assessment,
                    in_force=assessed(matter, facts, filed),
                    draft=assessed(matter, replace(facts, rulebook=draft), filed),
                )
            case _:
                known.learn(row.stream_id.removeprefix("person/"), event)


async def states(connection: AsyncConnection, proposal_ids: Iterable[str]) -> dict[str, Open | Ended]:
    """Where proposals stand now."""
    streams = await load(connection, [f"proposal/{proposal_id}" for proposal_id in proposal_ids])
    found = {stream_id.removeprefix("proposal/"): fold(stream.history) for stream_id, stream in streams.items()}
    return {proposal_id: state for proposal_id, state in found.items() if not isinstance(state, Nothing)}


@dataclass
class _Lodgings:
    """Cases as far as their words and lodgings tell them."""

    states: defaultdict[str, Proposal] = field(default_factory=lambda: defaultdict(Nothing))

    def learn(self, row: Any, event: ProposalEvent) -> Case:
        recorded = Recorded(event, row.actor_ref, row.recorded_at, row.stream_id)
        state = self.states[row.stream_id] = evolve(self.states[row.stream_id], recorded)
        return existing(state, row.stream_id).case


@dataclass
class _Register:
    """The people whom proposals are about, or who hold the seats that they aim at, as known so far."""

    people: dict[str, Person] = field(default_factory=dict)
    holders: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, subject: str, event: Any) -> None:
        self.people[subject] = evolve_person(self.people.get(subject, Person()), event)
        for fact in (*getattr(event, "facts", ()), *getattr(event, "posts", ())):
            if isinstance(fact, PostHeld) and fact.post.startswith(SEAT):
                self.holders[fact.post].add(subject)

    def facts(self, agency: str, matter: Matter, asked: Facts) -> Facts:
        """What the submission could look at."""
        known = {subject: self.people.get(subject, Person()) for subject in matter.subjects}
        return replace(
            asked,
            people={subject: person for subject, person in known.items() if person.agency == agency},
            incumbents={seat: self._holder(seat, matter.target_tmt) for seat in _seats(matter)},
        )

    def _holder(self, seat: str, day: date) -> str | None:
        for subject in sorted(self.holders[seat]):
            for post in self.people[subject].of(PostHeld):
                if post.post == seat and post.assignment is Assignment.DEFINITIVE and post.holds_on(day):
                    return subject
        return None


async def _concerned(connection: AsyncConnection) -> Sequence[str]:
    """The streams of everybody whom a submission could have looked at."""
    subjects, seats = set[str](), set[str]()
    async for row in _log(connection, WORDED, []):
        matter: Matter = decode(parse(row.entry)).matter
        subjects |= {f"person/{subject}" for subject in matter.subjects}
        seats |= set(_seats(matter))
    held = {"types": [FactsRecorded.event_type, PostChanged.event_type], "seats": sorted(seats)}
    holders = (await connection.execute(HOLDERS, held)).scalars() if seats else ()
    return sorted(subjects | set(holders))


def _seats(matter: Matter) -> list[str]:
    moves = matter.moves if isinstance(matter, Rotation) else []
    return [move.to_post for move in moves if move.to_post.startswith(SEAT)]


async def _log(connection: AsyncConnection, types: Sequence[str], streams: Sequence[str]) -> AsyncIterator[Any]:
    async for row in await connection.stream(LOG, {"types": list(types), "streams": list(streams)}):
        yield row
