"""What the register says about one person's promotion, as the words that rules use."""

from __future__ import annotations

from datetime import date

from domain.promotion.diplomas import diploma_facts
from domain.promotion.ending import ONE_DAY, ending_facts
from domain.promotion.kinds import ON_ENDING, own_day
from domain.promotion.ladders import functional_facts, structural_facts
from domain.promotion.terms import owed, rank_facts, rating_facts, terms_for, years_in_post
from domain.register.discipline import months_since_sanction
from domain.register.facts import ExamPassed, HonourGranted, TrainingCompleted
from domain.register.person import Person
from domain.rulebook.expression import Plain
from domain.rulebook.facts import PromotionFacts
from domain.rulebook.periods import is_tmt, window
from domain.rulebook.reference import Reference
from domain.vocabulary import Frozen, Grade


class PromotionRequest(Frozen):
    """A kind of promotion to a grade on a TMT, lodged on a day; the superior's grade where the proposer knows it.

    Corrected on is the day of the version in question, where it was sent back since it was lodged.
    Foreseen is a TMT that is later than the one asked for: credit points may still be earned until then.
    """

    kind: str
    target_grade: Grade
    target_tmt: date
    submitted_on: date
    corrected_on: date | None = None
    superior_grade: Grade | None = None
    foreseen: bool = False


def promotion_facts(person: Person, request: PromotionRequest, reference: Reference) -> PromotionFacts:
    """The person's facts as of the TMT; what the register does not say is None.

    For a kind that ends a service, post and standing are those of the last day in service.
    """
    tmt, rank = request.target_tmt, person.rank_on(request.target_tmt)
    left_on = own_day(request.kind, person, tmt, reference)
    seen_on = min(tmt, left_on - ONE_DAY) if left_on else tmt
    grade = rank.grade if rank else None
    terms = terms_for(person, request.kind, grade, seen_on, reference)
    return PromotionFacts.model_validate(
        _asked(request, reference)
        | owed(terms)
        | rank_facts(person, rank, tmt)
        | rating_facts(person, tmt, reference)
        | diploma_facts(person, tmt, request.target_grade, reference)
        | structural_facts(person, grade, seen_on, reference)
        | functional_facts(person, grade, seen_on, reference, foreseen=request.foreseen)
        | {"years_in_post": years_in_post(person, seen_on, tmt, reference)}
        | _merits(person, tmt)
        | _standing(person, seen_on, tmt, reference)
        | ending_facts(person, seen_on, reference)
    )


def _asked(request: PromotionRequest, reference: Reference) -> dict[str, Plain]:
    opening = window(reference.periods, request.target_tmt)
    superior = request.superior_grade
    return {
        "kind": request.kind,
        "periodic": request.kind not in ON_ENDING,
        "submitted_on": request.submitted_on,
        "corrected_on": request.corrected_on or request.submitted_on,
        "target_tmt": request.target_tmt,
        "target_grade": request.target_grade,
        "target_level": request.target_grade.level,
        "superior_grade": superior,
        "superior_level": superior.level if superior else None,
        "tmt_in_calendar": is_tmt(reference.periods, request.target_tmt),
        "window_opens": opening.opens if opening else None,
        "window_closes": opening.closes if opening else None,
    }


def _merits(person: Person, tmt: date) -> dict[str, Plain]:
    return {
        "exams": [exam.code for exam in person.of(ExamPassed) if exam.holds_on(tmt)],
        "trainings": [training.code for training in person.of(TrainingCompleted) if training.holds_on(tmt)],
        "honours": [honour.code for honour in person.of(HonourGranted) if honour.holds_on(tmt)],
    }


def _standing(person: Person, seen_on: date, tmt: date, reference: Reference) -> dict[str, Plain]:
    standing, post = person.standing_on(seen_on), person.post_on(seen_on)
    return {
        "sanctions": [sanction.level for sanction in person.sanctions_on(seen_on)],
        "sanctioned_until": person.sanctioned_until(seen_on),
        "months_since_sanction": months_since_sanction(person, tmt),
        "legal_position": standing.legal_position if standing else None,
        "in_service": reference.in_service(standing.legal_position, seen_on) if standing else None,
        "service_status": standing.service_status if standing else None,
        "post_kind": post.post_kind if post else None,
    }
