"""Commands that change the register by import, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.register.events import (
    FactsRecorded,
    PersonRegistered,
    RegisterEvent,
    Source,
    UnitDescribed,
    UnitsDescribed,
)
from domain.register.facts import Fact
from domain.register.person import Person, fold
from domain.vocabulary import AgencyRef, Frozen, SubjectRef


class PersonFacts(Frozen):
    """What a file says of one person."""

    subject: SubjectRef
    facts: list[Fact]


class ImportPeople(Frozen):
    """Record what one chunk of a file says of people."""

    command_id: str
    actor: str
    agency: AgencyRef
    source: Source
    people: list[PersonFacts]


class ImportUnits(Frozen):
    """Record what one chunk of a file says of units."""

    command_id: str
    actor: str
    agency: AgencyRef
    source: Source
    units: list[UnitDescribed]


RegisterCommand = ImportPeople | ImportUnits
Units = Mapping[str, UnitDescribed]


def record_people(command: ImportPeople, known: Mapping[str, Person]) -> dict[str, list[RegisterEvent]]:
    """Events by subject; someone of whom nothing is new gets none, someone named twice is told as once."""
    changed: dict[str, list[RegisterEvent]] = {}
    for entry in command.people:
        person = fold(changed.get(entry.subject, []), known[entry.subject])
        events: list[RegisterEvent] = []
        if not person.subject:
            events.append(PersonRegistered(subject=entry.subject, agency=command.agency))
        if new := news(person, entry.facts):
            events.append(FactsRecorded(facts=new, source=command.source))
        if events:
            changed.setdefault(entry.subject, []).extend(events)
    return changed


def news(person: Person, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that say something new, each completed by what is known: a bare fact erases no detail.

    Of several with the same slot and first day the last one counts, so that a file that is read again says nothing new.
    """
    said: dict[tuple[str, date], Fact] = {}
    for fact in facts:
        key = _key(fact)
        said[key] = _completed(fact, said.get(key, person.facts.get(key)))
    return [fact for key, fact in said.items() if fact != person.facts.get(key)]


def _completed(fact: Fact, known: Fact | None) -> Fact:
    if type(known) is not type(fact):
        return fact
    return known.model_copy(update={name: getattr(fact, name) for name in fact.model_fields_set})


def _key(fact: Fact) -> tuple[str, date]:
    return fact.slot, fact.valid_from


def record_units(command: ImportUnits, known: Units) -> list[UnitsDescribed]:
    """One event with the units that are new or differ, or none."""
    changed = [unit for unit in command.units if known.get(unit.unit) != unit]
    return [UnitsDescribed(agency=command.agency, units=changed, source=command.source)] if changed else []


def evolve_units(units: Units, event: UnitsDescribed) -> Units:
    """The units after one more event."""
    return {**units, **{unit.unit: unit for unit in event.units}}
