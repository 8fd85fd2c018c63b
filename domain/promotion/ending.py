"""When and why a service ends: declared by the register, or foreseen from age and post."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import first_of_month
from domain.register.facts import Assignment, BirthKnown, Ending, PostHeld, ServiceEnded
from domain.register.person import Person
from domain.rulebook.expression import Plain
from domain.rulebook.reference import Reference

ONE_DAY = timedelta(days=1)


def retires_on(person: Person, day: date, reference: Reference) -> date | None:
    """The first day of retirement by the age (BUP) of the post held on the day; None without a known birth or age.

    Source: the month after the birthday, general knowledge.
    """
    age = _retirement_age(person, day, reference)
    births = person.of(BirthKnown)
    return first_of_month(births[-1].valid_from, 12 * age + 1) if births and age else None


def declared_end(person: Person) -> ServiceEnded | None:
    """The end of the service as the register declares it, whenever it is."""
    ends = person.of(ServiceEnded)
    return ends[-1] if ends else None


def service_until(person: Person, day: date, reference: Reference) -> date | None:
    """The first day after the service: as declared, else by the retirement age of the post held on the day."""
    declared = declared_end(person)
    return declared.valid_from if declared else retires_on(person, day, reference)


def ending_facts(person: Person, seen_on: date, reference: Reference) -> dict[str, Plain]:
    """The facts about the end of a service; in the last month before it, retirement need not be declared."""
    declared, by_age = declared_end(person), retires_on(person, seen_on, reference)
    until = declared.valid_from if declared else by_age
    last_month = first_of_month(until - ONE_DAY) if until else None
    foreseen = Ending.RETIREMENT if last_month and seen_on >= last_month else None
    return {
        "retirement_age": _retirement_age(person, seen_on, reference),
        "retires_on": by_age,
        "ended_on": declared.valid_from if declared else None,
        "ending": declared.cause if declared else foreseen,
        "service_until": until,
        "last_month": last_month,
    }


def _retirement_age(person: Person, day: date, reference: Reference) -> int | None:
    # Whoever has no post on the day retires at the age of the one before.
    held = (post for post in person.of(PostHeld) if post.assignment is Assignment.DEFINITIVE)
    posts = [post for post in held if post.valid_from <= day]
    if not posts:
        return None
    post = posts[-1]
    eselon = reference.eselon(post.eselon, day)
    name = eselon.name if eselon else ""
    return reference.retirement_age(post.post_kind, name, post.career_level, day, post.name)
