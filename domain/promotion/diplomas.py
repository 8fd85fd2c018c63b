"""What somebody studied: the grades that diplomas open or end at, and studies on assignment."""

from __future__ import annotations

from datetime import date

from domain.register.facts import StudyAssigned
from domain.register.person import Person
from domain.rulebook.expression import Plain
from domain.rulebook.reference import Reference
from domain.vocabulary import Grade


def diploma_grade(levels: list[str], day: date, reference: Reference) -> Grade | None:
    """The highest grade that one of these diplomas starts at; None when none of them is listed."""
    return _highest([reference.diploma_grade(level, day) for level in levels])


def running_studies(person: Person, day: date) -> list[StudyAssigned]:
    """Studies on assignment under way on the day."""
    return [study for study in person.of(StudyAssigned) if study.holds_on(day)]


def completed_studies(person: Person, day: date) -> list[StudyAssigned]:
    """Studies on assignment that are over by the day and whose diploma is recorded."""
    levels = {diploma.level for diploma in person.education_on(day)}
    studies = [study for study in person.of(StudyAssigned) if study.level in levels]
    return [study for study in studies if study.valid_to and study.valid_to <= day]


def diploma_facts(person: Person, day: date, target: Grade, reference: Reference) -> dict[str, Plain]:
    """The facts about diplomas, read for a proposed grade, and about studies."""
    levels = [diploma.level for diploma in person.education_on(day)]
    ceiling = _as_far_as_known([reference.ceiling_of(level, day) for level in levels], target)
    opened = _as_far_as_known([reference.diploma_grade(level, day) for level in levels], target)
    return {
        "education_levels": levels,
        "education_ceiling": ceiling,
        "education_ceiling_level": ceiling.level if ceiling else None,
        "diploma_grade": opened,
        "studies": [study.level for study in running_studies(person, day)],
        "studies_completed": [study.level for study in completed_studies(person, day)],
        "studies_assigned": [study.level for study in person.of(StudyAssigned) if study.valid_from <= day],
    }


def _as_far_as_known(listed: list[Grade | None], target: Grade) -> Grade | None:
    # A diploma that the table does not list may reach higher than the listed ones.
    known = _highest(listed)
    return None if None in listed and (known is None or known.level < target.level) else known


def _highest(listed: list[Grade | None]) -> Grade | None:
    return max((grade for grade in listed if grade), key=lambda grade: grade.level, default=None)
