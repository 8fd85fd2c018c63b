"""Whether a set of moves meets the law, move by move, and from when on it would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain

from domain.calendar import first_of_month
from domain.register.person import Person
from domain.rotation.facts import move_facts
from domain.rotation.placement import Placement, RotationRequest
from domain.rulebook.assess import SEARCHED_MONTHS, assess
from domain.rulebook.model import Assessment
from domain.rulebook.rulebook import Asked, Rulebook


def assess_rotation(
    request: RotationRequest,
    people: Mapping[str, Person],
    incumbents: Mapping[str, str | None],
    rulebook: Rulebook,
) -> Assessment:
    """Every requirement answered for every move; findings name their person.

    `incumbents` says who holds each post that the moves aim at (None: vacant); a post it lacks is unknown.
    The earliest dates are first days of months, with everybody else staying where they are.
    """

    def facts_at(tmt: date) -> list[Asked]:
        placement = Placement(request.model_copy(update={"target_tmt": tmt}), incumbents)
        return [
            Asked(move_facts(move, people.get(move.subject, Person()), placement, rulebook.reference), move.subject)
            for move in request.moves
        ]

    later = (first_of_month(request.target_tmt, n) for n in range(1, SEARCHED_MONTHS + 1))
    return assess(rulebook, "rotation", facts_at, chain([request.target_tmt], later))
