"""What the register says about one person's promotion, as the words that rules use."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from itertools import takewhile

from domain.calendar import full_months
from domain.register.facts import AppointmentMade, ExamPassed, RankHeld, TrainingCompleted
from domain.register.person import Person
from domain.rulebook.facts import PromotionFacts
from domain.rulebook.periods import is_tmt, window
from domain.rulebook.reference import Reference
from domain.vocabulary import Frozen, Grade


class PromotionRequest(Frozen):
    """A kind of promotion to a grade on a TMT, lodged on a day."""

    kind: str
    target_grade: Grade
    target_tmt: date
    submitted_on: date


def promotion_facts(person: Person, request: PromotionRequest, reference: Reference) -> PromotionFacts:
    """The person's facts as of the TMT; what the register does not say is None."""
    tmt = request.target_tmt
    rank = person.rank_on(tmt)
    rank_from = _rank_from(person, rank) if rank else None
    post, standing = person.post_on(tmt), person.standing_on(tmt)
    ratings = person.ratings()
    newest = _newest_rated_year(ratings, tmt, reference)
    levels = [diploma.level for diploma in person.education_on(tmt)]
    ceiling = _education_ceiling(levels, request, reference)
    opening = window(reference.periods, tmt)
    return PromotionFacts(
        kind=request.kind,
        submitted_on=request.submitted_on,
        target_tmt=tmt,
        tmt_in_calendar=is_tmt(reference.periods, tmt),
        window_opens=opening.opens if opening else None,
        window_closes=opening.closes if opening else None,
        current_grade=rank.grade if rank else None,
        target_grade=request.target_grade,
        next_grade=rank.grade.next if rank else None,
        target_level=request.target_grade.level,
        rank_from=rank_from,
        years_in_rank=full_months(rank_from, tmt) // 12 if rank_from else None,
        newest_rating=ratings[newest].rating if newest in ratings else None,
        newest_rating_year=newest,
        previous_rating=ratings[newest - 1].rating if newest - 1 in ratings else None,
        previous_rating_year=newest - 1,
        education_levels=levels,
        education_ceiling=ceiling,
        education_ceiling_level=ceiling.level if ceiling else None,
        exams=[exam.code for exam in person.of(ExamPassed) if exam.holds_on(tmt)],
        trainings=[training.code for training in person.of(TrainingCompleted) if training.holds_on(tmt)],
        sanctions=[sanction.level for sanction in person.sanctions_on(tmt)],
        sanctioned_until=person.sanctioned_until(tmt),
        legal_position=standing.legal_position if standing else None,
        in_service=reference.in_service(standing.legal_position, tmt) if standing else None,
        service_status=standing.service_status if standing else None,
        post_kind=post.post_kind if post else None,
    )


def _rank_from(person: Person, rank: RankHeld) -> date:
    held = [earlier for earlier in person.of(RankHeld) if earlier.valid_from <= rank.valid_from]
    same = takewhile(lambda earlier: earlier.grade == rank.grade, reversed(held))
    began = min(earlier.valid_from for earlier in same)
    # PP 99/2000 art. 5: before the first promotion, time counts from the appointment as CPNS.
    appointed = {made.pns_from: made.valid_from for made in person.of(AppointmentMade)}
    return appointed.get(began, began)


def _newest_rated_year(rated: Container[int], tmt: date, reference: Reference) -> int:
    # Early in a year the rating of the year before may not be given yet; then the two before it count.
    cutoff = reference.parameter("skp-cutoff-month", tmt) or 0
    last = tmt.year - 1
    return last - 1 if tmt.month <= cutoff and last not in rated else last


def _education_ceiling(levels: list[str], request: PromotionRequest, reference: Reference) -> Grade | None:
    listed = [reference.ceiling_of(level, request.target_tmt) for level in levels]
    known = max((grade for grade in listed if grade), key=lambda grade: grade.level, default=None)
    # A diploma that the table does not list may reach higher than the listed ones.
    if None in listed and (known is None or known.level < request.target_grade.level):
        return None
    return known
