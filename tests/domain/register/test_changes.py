"""Importing: what is new is recorded once, what is known already is not."""

from __future__ import annotations

from datetime import date

from domain.register.changes import (
    ImportPeople,
    ImportUnits,
    PersonFacts,
    evolve_units,
    news,
    record_people,
    record_units,
)
from domain.register.events import FactsRecorded, PersonRegistered, UnitsDescribed
from domain.register.facts import EducationEarned, RankHeld
from domain.register.person import Person, fold
from domain.vocabulary import Grade
from tests.support.people import (
    AGENCY,
    OFFICE,
    OTHER_OFFICE,
    SECTION,
    SOURCE,
    STAFF,
    UNITS,
    VERIFIER,
    everybody,
    staff_facts,
)

NOBODY = Person()
RANK = RankHeld(valid_from=date(2021, 12, 1), grade=Grade("III/b"), service_years=7)


def importing(*people: PersonFacts) -> ImportPeople:
    """One chunk of a file."""
    return ImportPeople(command_id="import-1", actor="import", agency=AGENCY, source=SOURCE, people=list(people))


def test_somebody_new_is_registered_with_all_facts() -> None:
    """In the order registered, then known by."""
    chunk = importing(PersonFacts(subject=STAFF, facts=staff_facts()))

    assert record_people(chunk, {STAFF: NOBODY}) == {
        STAFF: [
            PersonRegistered(subject=STAFF, agency=AGENCY),
            FactsRecorded(facts=staff_facts(), source=SOURCE),
        ]
    }


def test_somebody_without_facts_is_registered_only() -> None:
    """An empty list of facts makes no event."""
    chunk = importing(PersonFacts(subject=STAFF, facts=[]))

    assert record_people(chunk, {STAFF: NOBODY}) == {STAFF: [PersonRegistered(subject=STAFF, agency=AGENCY)]}


def test_the_same_file_again_changes_nothing() -> None:
    """Nobody gets an event."""
    chunk = importing(*everybody())
    known = {subject: fold(events) for subject, events in record_people(chunk, _nobody(chunk)).items()}

    assert record_people(chunk, known) == {}


def _nobody(chunk: ImportPeople) -> dict[str, Person]:
    return {entry.subject: NOBODY for entry in chunk.people}


def test_only_what_is_new_is_recorded() -> None:
    """One changed rank among many facts is one fact."""
    known = {STAFF: fold([FactsRecorded(facts=staff_facts(), source=SOURCE)], Person(STAFF, AGENCY))}
    changed = [*staff_facts(), RankHeld(valid_from=date(2026, 1, 1), grade=Grade("III/c"))]

    assert record_people(importing(PersonFacts(subject=STAFF, facts=changed)), known) == {
        STAFF: [FactsRecorded(facts=changed[-1:], source=SOURCE)]
    }


def test_a_bare_fact_does_not_erase_known_details() -> None:
    """A list that leaves the service out is no news about it; one that says another is."""
    known = fold([FactsRecorded(facts=[RANK], source=SOURCE)])
    bare = RankHeld(valid_from=RANK.valid_from, grade=RANK.grade)

    assert news(known, [bare]) == []
    assert news(known, [RANK.model_copy(update={"service_years": 8})]) != []


def test_a_detail_that_was_missing_is_news() -> None:
    """The year of a diploma, said later."""
    known = fold([FactsRecorded(facts=[EducationEarned(valid_from=date(2013, 7, 1), level="40")], source=SOURCE)])
    fuller = EducationEarned(valid_from=date(2013, 7, 1), level="40", year=2013)

    assert news(known, [fuller]) == [fuller]


def test_what_is_said_twice_of_one_day_is_settled_once() -> None:
    """The last one counts, completed by the others; reading the file again says nothing new."""
    said = [
        RankHeld(valid_from=date(2021, 12, 1), grade=Grade("III/a"), decree="SK-1"),
        RankHeld(valid_from=date(2021, 12, 1), grade=Grade("III/b")),
    ]
    first = news(NOBODY, said)
    known = fold([FactsRecorded(facts=first, source=SOURCE)])

    assert first == [RankHeld(valid_from=date(2021, 12, 1), grade=Grade("III/b"), decree="SK-1")]
    assert news(known, said) == []


def test_somebody_named_twice_in_a_chunk_loses_nothing() -> None:
    """Two rows of one person are told one after the other, and registered once."""
    rows = [PersonFacts(subject=STAFF, facts=[fact]) for fact in staff_facts()[:3]]
    events = record_people(importing(*rows, rows[0]), {STAFF: NOBODY})[STAFF]

    assert [type(event) for event in events] == [PersonRegistered, *[FactsRecorded] * 3]
    assert list(fold(events).facts.values()) == staff_facts()[:3]


def test_each_person_has_events_of_their_own() -> None:
    """Nothing of one person lies on another's stream."""
    chunk = importing(*everybody())
    found = record_people(chunk, _nobody(chunk))

    assert set(found) == {entry.subject for entry in everybody()}
    assert found[VERIFIER][0] == PersonRegistered(subject=VERIFIER, agency=AGENCY)


def units(*described: object) -> ImportUnits:
    """One chunk of the unit tree."""
    return ImportUnits(command_id="import-2", actor="import", agency=AGENCY, source=SOURCE, units=list(described))


def test_new_units_are_described_in_one_event() -> None:
    """With their source."""
    assert record_units(units(*UNITS), {}) == [UnitsDescribed(agency=AGENCY, units=UNITS, source=SOURCE)]


def test_known_units_are_not_described_again() -> None:
    """The same tree changes nothing; a renamed unit is described alone."""
    known = evolve_units({}, UnitsDescribed(agency=AGENCY, units=UNITS, source=SOURCE))
    renamed = OFFICE.model_copy(update={"name": "Dinas A dan Aset"})

    assert record_units(units(*UNITS), known) == []
    assert record_units(units(renamed, SECTION), known) == [
        UnitsDescribed(agency=AGENCY, units=[renamed], source=SOURCE)
    ]


def test_a_unit_described_later_replaces_the_older() -> None:
    """By its reference; the others stay."""
    known = evolve_units({}, UnitsDescribed(agency=AGENCY, units=UNITS, source=SOURCE))
    closed = OTHER_OFFICE.model_copy(update={"active": False})
    after = evolve_units(known, UnitsDescribed(agency=AGENCY, units=[closed], source=SOURCE))

    assert after == {**known, OTHER_OFFICE.unit: closed}
