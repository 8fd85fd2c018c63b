"""Whether a promotion meets the law, requirement by requirement, and from when on it would."""

from __future__ import annotations

from datetime import date
from itertools import chain

from domain.calendar import first_of_month
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.register.person import Person
from domain.rulebook.assess import SEARCHED_MONTHS, assess
from domain.rulebook.model import Assessment
from domain.rulebook.periods import tmt_for, tmts_between, window
from domain.rulebook.rulebook import Asked, Rulebook


def assess_promotion(person: Person, request: PromotionRequest, rulebook: Rulebook) -> Assessment:
    """Every requirement answered for the asked TMT; the earliest dates are those of the promotion calendar."""

    def facts_at(tmt: date) -> list[Asked]:
        lodged = _lodged_for(request, tmt, rulebook)
        return [Asked(promotion_facts(person, lodged, rulebook.reference), person.subject or None)]

    last = first_of_month(request.target_tmt, SEARCHED_MONTHS)
    later = tmts_between(rulebook.reference.periods, request.target_tmt, last)
    return assess(rulebook, "promotion", facts_at, chain([request.target_tmt], later))


def next_tmt(day: date, rulebook: Rulebook) -> date:
    """The TMT for which a proposal lodged on this day comes in time: the one whose window contains the day."""
    return tmt_for(rulebook.reference.periods, day)


def _lodged_for(request: PromotionRequest, tmt: date, rulebook: Rulebook) -> PromotionRequest:
    if tmt == request.target_tmt:
        return request
    opening = window(rulebook.reference.periods, tmt)
    lodged = max(request.submitted_on, opening.opens) if opening else request.submitted_on
    return request.model_copy(update={"target_tmt": tmt, "submitted_on": lodged})
