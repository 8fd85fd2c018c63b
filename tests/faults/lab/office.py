"""An invented office for the lab: every role desk has two holders, everybody has a token and an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.settings import Settings
from activities.wiring import Backbone, backbone
from api.tokens import Tokens
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.events import Source, UnitDescribed
from domain.register.facts import (
    AppointmentMade,
    EducationEarned,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    RoleGranted,
    StandingHeld,
)
from domain.vocabulary import Grade, Rating, Role

AGENCY = "LAB"
LONG_AGO = date(2020, 1, 1)
RATED = range(2023, 2041)
OFFICES, SECTIONS = ("DINAS-A", "DINAS-B"), 3
ROLES = (Role.VERIFIER, Role.APPROVER, Role.BOARD, Role.PPK, Role.PYB, Role.ADMINISTRATOR)
TOKEN_LIFE = timedelta(days=60)
"""Longer than any shift of a process's clock."""
CHUNK = 100
NUMBERS = 1_000_000
"""How many proposals of one year another ledger on the same engine may have."""


@dataclass(frozen=True)
class Candidate:
    """Someone to be promoted, and the superior who proposes it."""

    subject: str
    proposer: str


@dataclass(frozen=True)
class Swap:
    """Two heads of units who are to change places."""

    first: str
    second: str
    first_post: str
    second_post: str


@dataclass(frozen=True)
class OfficeOfTheLab:
    """Who is who; candidates and swaps are used once each."""

    tokens: Mapping[str, str] = field(repr=False)
    addresses: Mapping[str, str]
    desks: Mapping[str, Sequence[str]]
    candidates: Iterator[Candidate]
    swaps: Iterator[Swap]

    def at(self, desk: str) -> Sequence[str]:
        """The people at a desk; their own desk is a person's alone."""
        kind, _, name = desk.partition("/")
        return [name] if kind == "person" else self.desks.get(desk, [])

    def reached(self, desk: str) -> dict[str, str]:
        """The addresses that a notice to the desk must reach, by person."""
        return {person: self.addresses[person] for person in self.at(desk)}


@dataclass
class Settling:
    """Collects units and people, numbering everybody."""

    units: list[UnitDescribed] = field(default_factory=list)
    people: list[PersonFacts] = field(default_factory=list)
    desks: dict[str, list[str]] = field(default_factory=dict)

    def unit(self, code: str, parent: str | None = None, eselon: str = "") -> None:
        """Describe a unit; one with an eselon has a head."""
        head_post = f"Kepala {code}" if eselon else ""
        self.units.append(
            UnitDescribed(unit=code, name=code.title(), parent=parent, eselon=eselon, head_post=head_post)
        )
        if eselon:
            self.desks[f"unit/{code}"] = [self.person(_official(code, eselon))]

    def person(self, facts: list[Fact]) -> str:
        """Somebody new; the answer is the reference."""
        subject = f"{len(self.people) + 1:032x}"
        self.people.append(PersonFacts(subject=subject, facts=facts))
        return subject


async def settle(settings: Settings, staff: int) -> OfficeOfTheLab:
    """Bring the office into the ledger: `staff` candidates for promotion, and half as many swaps."""
    found = Settling()
    found.unit("ROOT")
    for office in OFFICES:
        found.unit(office, "ROOT", "22")
    sections = [f"SEKSI-{office[-1]}{n}" for office in OFFICES for n in range(1, SECTIONS + 1)]
    for section in sections:
        found.unit(section, f"DINAS-{section[6]}", "41")
    for role in ROLES:
        granted = RoleGranted(valid_from=LONG_AGO, role=role)
        found.desks[f"role/{role}"] = [found.person([granted]) for _ in range(2)]
    candidates = [_candidate(found, sections[n % len(sections)]) for n in range(staff)]
    swaps = [_swap(found, n) for n in range(max(1, staff // 2))]
    addresses = {person.subject: f"orang-{int(person.subject, 16)}@kantor.test" for person in found.people}
    async with backbone(settings) as parts:
        await _register(parts, found)
    await _address(settings, addresses)
    tokens = Tokens.of(settings)
    issued = {subject: tokens.issue(subject, AGENCY, TOKEN_LIFE) for subject in addresses}
    return OfficeOfTheLab(issued, addresses, found.desks, iter(candidates), iter(swaps))


def _candidate(found: Settling, section: str) -> Candidate:
    return Candidate(found.person(_staff(section)), found.desks[f"unit/{section}"][0])


def _swap(found: Settling, number: int) -> Swap:
    units = [f"BALAI-{office[-1]}{number:04d}" for office in OFFICES]
    for office, unit in zip(OFFICES, units, strict=True):
        found.unit(unit, office, "41")
    first, second = (found.desks[f"unit/{unit}"][0] for unit in units)
    return Swap(first, second, *(f"unit/{unit}" for unit in units))


def _staff(section: str) -> list[Fact]:
    """A diploma that allows the next grade, long in rank, rated good."""
    post = f"jfu/1@{section}"
    return [
        *_standing(),
        EducationEarned(valid_from=date(2013, 7, 1), level="40", year=2013),
        RankHeld(valid_from=LONG_AGO, grade=Grade("III/b"), service_years=7, service_months=9),
        PostHeld(valid_from=LONG_AGO, post=post, name="Analis", post_kind=PostKind.GENERAL, unit=section),
    ]


def _official(unit: str, eselon: str) -> list[Fact]:
    """The definitive head of a unit, long enough in the post to be moved."""
    post = PostHeld(
        valid_from=LONG_AGO,
        post=f"unit/{unit}",
        name=f"Kepala {unit}",
        post_kind=PostKind.STRUCTURAL,
        unit=unit,
        eselon=eselon,
        job_class=9,
    )
    return [*_standing(), RankHeld(valid_from=LONG_AGO, grade=Grade("III/d")), post]


def _standing() -> list[Fact]:
    ratings = [
        RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=Rating.BAIK)
        for year in RATED
    ]
    return [
        StandingHeld(valid_from=date(2014, 3, 1), legal_position="01", service_status="P"),
        AppointmentMade(valid_from=date(2014, 3, 1), pns_from=date(2015, 4, 1)),
        *ratings,
    ]


async def _register(parts: Backbone, found: Settling) -> None:
    """Through the ledger, as any import."""
    shared: dict[str, Any] = {
        "actor": "import",
        "agency": AGENCY,
        "source": Source(file_sha256="0" * 64, file_kind="lab"),
    }
    for start in range(0, len(found.units), CHUNK):
        units = found.units[start : start + CHUNK]
        await parts.ledger.record(ImportUnits(command_id=f"import/lab/units/{start}", units=units, **shared))
    for start in range(0, len(found.people), CHUNK):
        people = found.people[start : start + CHUNK]
        async with parts.store.engine.begin() as connection:
            await parts.keys.provide(connection, [person.subject for person in people])
        await parts.ledger.record(ImportPeople(command_id=f"import/lab/people/{start}", people=people, **shared))


async def _address(settings: Settings, addresses: Mapping[str, str]) -> None:
    """Names and contacts, which no file of the lab brings."""
    assert settings.owner_database_url is not None
    engine = create_async_engine(settings.owner_database_url.get_secret_value())
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO vault.subject_vault (subject_ref, agency, name, contact) "
                "SELECT s, :agency, 'Orang ' || ltrim(s, '0'), c "
                "FROM unnest(CAST(:subjects AS text[]), CAST(:contacts AS text[])) AS found (s, c)"
            ),
            {"agency": AGENCY, "subjects": list(addresses), "contacts": list(addresses.values())},
        )
    await engine.dispose()
