"""Whether a promotion meets the law, requirement by requirement, and from when on it would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from domain.calendar import first_of_month
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.promotion.kinds import ON_ENDING, own_day
from domain.register.person import Person
from domain.rulebook.assess import SEARCHED_MONTHS, assess
from domain.rulebook.model import Assessment
from domain.rulebook.periods import tmt_for, tmts_between, window
from domain.rulebook.rulebook import Asked, Rulebook


def assess_promotion(person: Person, request: PromotionRequest, rulebook: Rulebook) -> Assessment:
    """Every requirement answered for the asked TMT; the earliest dates are those of the promotion calendar.

    A kind outside the calendar has one day only: the one on which the service ends.
    """

    def facts_at(tmt: date) -> list[Asked]:
        lodged = _lodged_for(request, tmt, rulebook)
        return [Asked(promotion_facts(person, lodged, rulebook.reference), person.subject or None)]

    return assess(rulebook, "promotion", facts_at, chain([request.target_tmt], _other_tmts(person, request, rulebook)))


def next_tmt(day: date, rulebook: Rulebook) -> date:
    """The TMT for which a proposal lodged on this day comes in time: the one whose window contains the day."""
    return tmt_for(rulebook.reference.periods, day)


def _other_tmts(person: Person, request: PromotionRequest, rulebook: Rulebook) -> Iterator[date]:
    asked, last = request.target_tmt, first_of_month(request.target_tmt, SEARCHED_MONTHS)
    if request.kind not in ON_ENDING:
        return tmts_between(rulebook.reference.periods, asked, last)
    ends = own_day(request.kind, person, asked, rulebook.reference)
    return iter([ends] if ends and ends != asked and ends <= last else [])


def _lodged_for(request: PromotionRequest, tmt: date, rulebook: Rulebook) -> PromotionRequest:
    if tmt == request.target_tmt:
        return request
    opening = window(rulebook.reference.periods, tmt)
    lodged = max(request.submitted_on, opening.opens) if opening else request.submitted_on
    other = {"target_tmt": tmt, "submitted_on": lodged, "corrected_on": None, "foreseen": tmt > request.target_tmt}
    return request.model_copy(update=other)
