"""Time in rank, in post and in service, ratings, and how much of them a kind of promotion asks for."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from itertools import takewhile
from typing import TypeVar

from domain.calendar import full_months
from domain.promotion.ladders import is_below_ladder
from domain.register.facts import AppointmentMade, PostHeld, PostKind, RankHeld
from domain.register.person import Person
from domain.register.spans import unbroken_since
from domain.rulebook.career_tables import Term
from domain.rulebook.expression import Plain
from domain.rulebook.reference import Reference
from domain.vocabulary import Grade, Rating

T = TypeVar("T")
FUNCTIONAL = (PostKind.FUNCTIONAL, PostKind.DOUBLE)


def terms_for(person: Person, kind: str, grade: Grade | None, day: date, reference: Reference) -> list[Term | None]:
    """The term that holds for the person; two where the register does not say on which side of a ladder they stand."""
    levels = [diploma.level for diploma in person.education_on(day)]
    below = is_below_ladder(person, grade, day, reference)
    return [
        reference.term(kind, day, levels, grade, below_ladder=side)
        for side in ([False, True] if below is None else [below])
    ]


def owed(terms: list[Term | None]) -> dict[str, Plain]:
    """The facts about what is asked for; unknown where the terms differ, nothing where there is no term."""
    best_first: list[str] = list(Rating)
    lowest = _agreed(term.lowest_rating if term else None for term in terms)
    return {
        "years_needed": _agreed(term.years_in_rank if term else 0 for term in terms),
        "years_in_post_needed": _agreed(term.years_in_post if term else 0 for term in terms),
        "ratings_needed": _agreed(term.ratings if term else 0 for term in terms),
        "lowest_rating": lowest,
        "accepted_ratings": best_first[: best_first.index(lowest) + 1] if lowest else None,
        "term_basis": _agreed(_basis(term) for term in terms),
    }


def rank_facts(person: Person, rank: RankHeld | None, tmt: date) -> dict[str, Plain]:
    """The facts about the present rank and the service."""
    began = _rank_from(person, rank) if rank else None
    months = full_months(began, tmt) if began else None
    appointed = person.of(AppointmentMade)
    return {
        "current_grade": rank.grade if rank else None,
        "current_level": rank.grade.level if rank else None,
        "next_grade": rank.grade.next if rank else None,
        "rank_from": began,
        "months_in_rank": months,
        "years_in_rank": months // 12 if months is not None else None,
        "service_from": appointed[-1].valid_from if appointed else None,
        "service_years": full_months(appointed[-1].valid_from, tmt) // 12 if appointed else None,
    }


def rating_facts(person: Person, tmt: date, reference: Reference) -> dict[str, Plain]:
    """The two annual ratings that count on the TMT."""
    ratings = person.ratings()
    newest = _newest_rated_year(ratings, tmt, reference)
    return {
        "newest_rating": ratings[newest].rating if newest in ratings else None,
        "newest_rating_year": newest,
        "previous_rating": ratings[newest - 1].rating if newest - 1 in ratings else None,
        "previous_rating_year": newest - 1,
    }


def years_in_post(person: Person, seen_on: date, tmt: date, reference: Reference) -> int | None:
    """Full years on the TMT in posts of one eselon, or in functional posts, or else in this very post.

    Source: time in posts of the same eselon adds up, general knowledge.
    """
    held = person.post_on(seen_on)
    if held is None:
        return None
    eselon = reference.eselon(held.eselon, seen_on)

    def alike(other: PostHeld) -> bool:
        if eselon:
            return reference.eselon(other.eselon, seen_on) == eselon
        if held.post_kind in FUNCTIONAL:
            return other.post_kind in FUNCTIONAL
        return other.post == held.post

    return full_months(unbroken_since(person, held, alike), tmt) // 12


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


def _basis(term: Term | None) -> str | None:
    return f"{term.legal_basis.regulation}, {term.legal_basis.article}" if term else None


def _agreed(values: Iterable[T]) -> T | None:
    first, *others = values
    return first if all(other == first for other in others) else None
