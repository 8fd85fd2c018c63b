"""Staff of the invented office who are in reach of a promotion, each in another way."""

from __future__ import annotations

from datetime import date

from domain.calendar import first_of_month
from domain.register.changes import PersonFacts
from domain.register.facts import BirthKnown, EducationEarned, Fact
from tests.support.people import STAFF, everybody, ref, staff_facts

BORN = BirthKnown(valid_from=date(1990, 1, 1))
SOON, FAR, UNSCHOOLED, UNPLACED = (ref(number) for number in range(30, 34))
"""In rank for four years soon, and in years; without a diploma on record, and without a post."""


def hopefuls(tmt: date) -> list[PersonFacts]:
    """The whole office, with four more members of the section beside its eligible one."""
    soon, far = (staff_facts(first_of_month(tmt, months - 48)) for months in (2, 30))
    known: dict[str, list[Fact]] = {
        SOON: soon,
        FAR: far,
        UNSCHOOLED: [fact for fact in staff_facts() if not isinstance(fact, EducationEarned)],
        UNPLACED: [fact for fact in staff_facts() if fact.kind != "post"],
    }
    others = [person for person in everybody() if person.subject != STAFF]
    known |= {STAFF: staff_facts()}
    return [*others, *(PersonFacts(subject=subject, facts=[*facts, BORN]) for subject, facts in known.items())]
