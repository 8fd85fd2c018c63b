"""Brings a file of personnel data into the register: first the difference, then, once confirmed, the facts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import select, text

from activities.readmodels.units import units as units_table
from activities.siasn.employees import PersonRow
from activities.siasn.history import HistoryRow
from activities.siasn.reader import ReadResult, Row, read_file
from activities.siasn.roles import RoleRow
from activities.store import vault
from activities.store.loading import load
from activities.store.vault import Identity
from activities.wiring import Backbone
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts, RegisterCommand, news
from domain.register.events import Source, UnitDescribed
from domain.register.facts import Fact
from domain.register.person import Person, fold

CHUNK = 200
"""Rows of one transaction. Source: design decision, keeps the counter row free for decisions."""
SHOWN = 20
Progress = Callable[[int], None]


@dataclass
class Difference:
    """What a file would change, counted; a few people are named by reference with their changed facts."""

    checked: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    unknown_owners: int = 0
    examples: list[tuple[str, list[Fact]]] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether applying would record anything."""
        return bool(self.new or self.changed)


@dataclass(frozen=True)
class RegisterImport:
    """Reads a file in bounded memory, in two passes: preview writes nothing, apply goes through the ledger."""

    parts: Backbone
    actor: str

    async def read(self, path: Path, progress: Progress | None = None) -> ReadResult:
        """Check the whole file; the result offers its good rows and every problem."""
        settings = self.parts.settings
        known = await self._units()
        async with self.parts.reads.connect() as connection:
            now = await connection.scalar(text("SELECT ledger_now()"))
        return read_file(
            path,
            invented_people=settings.invented_people,
            agency=settings.agency,
            units=known or None,
            as_of=self.parts.calendar.local_date(now),
            progress=progress,
        )

    async def preview(self, result: ReadResult) -> Difference:
        """What applying the file would change; nothing is written."""
        difference = Difference(checked=result.checked)
        known_units = await self._units()
        for chunk in _chunks(result.rows):
            for unit in (row for row in chunk if isinstance(row, UnitDescribed)):
                _count(difference, known=unit.unit in known_units, differs=known_units.get(unit.unit) != unit)
            people, missing = await self._people(chunk)
            difference.unknown_owners += missing
            for subject, facts, person in people:
                changes = news(person, facts)
                _count(difference, known=bool(person.subject), differs=bool(changes))
                if changes and person.subject and len(difference.examples) < SHOWN:
                    difference.examples.append((subject, changes))
        return difference

    async def apply(self, result: ReadResult, progress: Progress | None = None) -> int:
        """Record what is new, chunk by chunk; the answer is how many rows were taken in.

        Stopping half-way leaves whole chunks, and applying again records only the rest.
        """
        run, done = uuid.uuid4().hex, 0
        for number, chunk in enumerate(_chunks(result.rows)):
            if command := await self._command(f"import/{run}/{number}", result, chunk):
                await self.parts.ledger.record(command)
            done += len(chunk)
            if progress:
                progress(done)
        return done

    async def _command(self, command_id: str, result: ReadResult, chunk: Sequence[Row]) -> RegisterCommand | None:
        source = Source(file_sha256=result.sha256, file_kind=str(result.kind or ""))
        agency = self.parts.settings.agency
        if units := [row for row in chunk if isinstance(row, UnitDescribed)]:
            return ImportUnits(command_id=command_id, actor=self.actor, agency=agency, source=source, units=units)
        if people := await self._provided(chunk):
            return ImportPeople(command_id=command_id, actor=self.actor, agency=agency, source=source, people=people)
        return None

    async def _people(self, chunk: Sequence[Row]) -> tuple[list[tuple[str, list[Fact], Person]], int]:
        """Reference, said facts and known person of each row's owner, and how many owners are unknown."""
        async with self.parts.reads.connect() as connection:
            owners = [identity for row in chunk if (identity := _identity(row))]
            known = await vault.known(connection, self.parts.settings.agency, owners)
            said = _said(chunk, known)
            streams = await load(connection, [f"person/{subject}" for subject in said])
        found = [
            (subject, facts, fold(recorded.event for recorded in streams[f"person/{subject}"].history))
            for subject, facts in said.items()
        ]
        fresh = [row for row in chunk if _makes_known(row) and _ref(row, known) is None]
        missing = sum(isinstance(row, HistoryRow) and _ref(row, known) is None for row in chunk)
        return found + [("", _facts(row), Person()) for row in fresh], missing

    async def _provided(self, chunk: Sequence[Row]) -> list[PersonFacts]:
        """The chunk's people with references and keys, made where they are missing."""
        agency = self.parts.settings.agency
        async with self.parts.store.engine.begin() as connection:
            makers = [identity for row in chunk if _makes_known(row) and (identity := _identity(row))]
            references = await vault.references(connection, agency, makers)
            if references:
                await self.parts.keys.provide(connection, references)
            owners = [identity for row in chunk if (identity := _identity(row))]
            known = await vault.known(connection, agency, owners)
        return [PersonFacts(subject=subject, facts=facts) for subject, facts in _said(chunk, known).items()]

    async def _units(self) -> dict[str, UnitDescribed]:
        async with self.parts.reads.connect() as connection:
            rows = await connection.execute(select(units_table))
            return {row["unit"]: UnitDescribed.model_validate(dict(row)) for row in rows.mappings()}


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _makes_known(row: Row) -> bool:
    """Whether the row introduces a person; a history belongs to somebody who is known already."""
    return isinstance(row, PersonRow | RoleRow)


def _identity(row: Row) -> Identity | None:
    match row:
        case PersonRow():
            titles = {"front": row.front_title, "back": row.back_title}
            return Identity(row.siasn_id, row.nip, row.name, titles, row.born_on, row.sex)
        case RoleRow():
            return Identity(row.siasn_id or None, row.nip, row.name)
        case HistoryRow():
            return Identity(row.siasn_id or None, row.nip, "")
        case UnitDescribed():
            return None


def _ref(row: Row, known: dict[str, str]) -> str | None:
    identity = _identity(row)
    if identity is None:
        return None
    return known.get(identity.siasn_id or "") or known.get(str(identity.nip or ""))


def _said(chunk: Sequence[Row], known: dict[str, str]) -> dict[str, list[Fact]]:
    said: dict[str, list[Fact]] = {}
    for row in chunk:
        if subject := _ref(row, known):
            said.setdefault(subject, []).extend(_facts(row))
    return said


def _facts(row: Row) -> list[Fact]:
    match row:
        case PersonRow():
            return row.facts
        case RoleRow() | HistoryRow():
            return [row.fact]
        case UnitDescribed():
            return []


def _count(difference: Difference, *, known: bool, differs: bool) -> None:
    if not known:
        difference.new += 1
    elif differs:
        difference.changed += 1
    else:
        difference.same += 1
