"""The kinds of rank promotion: which ones a career suggests, and the grade that each leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from domain.promotion.diplomas import completed_studies, diploma_grade, running_studies
from domain.promotion.ending import declared_end, service_until
from domain.register.facts import Ending, ExamPassed, HonourGranted, PostKind
from domain.register.person import Person
from domain.rulebook.reference import Reference
from domain.vocabulary import Grade


class PromotionKind(StrEnum):
    """Kinds of rank promotion. Source: PP 99/2000 jo. PP 12/2002, with the project's short codes."""

    REGULAR = "REG"
    STRUCTURAL = "STR"
    FUNCTIONAL = "JF"
    DIPLOMA = "PI"
    ACHIEVEMENT = "PLB"
    DISCOVERY = "PB"
    STUDYING = "TB1"
    STUDIED = "TB2"
    DEDICATION = "PGB"
    POSTHUMOUS = "ANU"


ON_ENDING = frozenset({PromotionKind.DEDICATION, PromotionKind.POSTHUMOUS})
"""Kinds outside the promotion calendar: they take effect on the day the service ends."""

_BY_POST = {
    PostKind.GENERAL: [PromotionKind.REGULAR],
    PostKind.STRUCTURAL: [PromotionKind.STRUCTURAL],
    PostKind.FUNCTIONAL: [PromotionKind.FUNCTIONAL],
    PostKind.DOUBLE: [PromotionKind.STRUCTURAL, PromotionKind.FUNCTIONAL],
}
_BY_HONOUR = {
    "prestasi-luar-biasa": PromotionKind.ACHIEVEMENT,
    "penemuan-baru": PromotionKind.DISCOVERY,
}


def kinds_for(person: Person, day: date, reference: Reference) -> list[PromotionKind]:
    """The kinds that post and register suggest on the day, each once, the most particular first.

    Who has left by the day, or leaves on it, is offered what a service ends with and nothing else.
    """
    declared, until = declared_end(person), service_until(person, day, reference)
    if until and until <= day:
        killed = declared is not None and declared.cause is Ending.KILLED_ON_DUTY
        return [PromotionKind.POSTHUMOUS if killed else PromotionKind.DEDICATION]
    post = person.post_on(day)
    return [*_by_merit(person, day, reference), *(_BY_POST[post.post_kind] if post else [])]


def target_grade_for(kind: str, person: Person, day: date, reference: Reference) -> Grade | None:
    """The grade that a promotion of this kind leads to: the next one, or the one that a diploma opens.

    None when the register does not say, or when there is none above.
    """
    rank = person.rank_on(day)
    if rank is None:
        return None
    opened = diploma_grade([diploma.level for diploma in person.education_on(day)], day, reference)
    if kind == PromotionKind.DIPLOMA:
        return opened if opened and opened.level > rank.grade.level else None
    following = rank.grade.next
    if kind == PromotionKind.STUDIED and opened and following and opened.level > following.level:
        return opened
    return following


def own_day(kind: str, person: Person, day: date, reference: Reference) -> date | None:
    """The day on which a kind outside the calendar takes effect; None for the others, and when it is not known."""
    return service_until(person, day, reference) if kind in ON_ENDING else None


def _by_merit(person: Person, day: date, reference: Reference) -> Iterator[PromotionKind]:
    rank = person.rank_on(day)
    since = rank.valid_from if rank else date.min
    for honour in person.of(HonourGranted):
        if honour.holds_on(day) and honour.valid_from >= since and honour.code in _BY_HONOUR:
            yield _BY_HONOUR[honour.code]
    if running_studies(person, day):
        yield PromotionKind.STUDYING
    elif any(study.valid_to and study.valid_to > since for study in completed_studies(person, day)):
        yield PromotionKind.STUDIED
    passed = any(exam.code == "ukppi" and exam.holds_on(day) for exam in person.of(ExamPassed))
    if passed and target_grade_for(PromotionKind.DIPLOMA, person, day, reference):
        yield PromotionKind.DIPLOMA
