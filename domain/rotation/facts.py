"""What the register and the rest of the set say about one move, as the words that rules use."""

from __future__ import annotations

from datetime import date
from itertools import takewhile

from domain.calendar import full_months
from domain.promotion.terms import rating_facts
from domain.register.facts import ExamPassed, PostHeld, TrainingCompleted
from domain.register.person import Person
from domain.rotation.career import Career, PostTraits
from domain.rotation.moves import Move
from domain.rotation.placement import Placement
from domain.rulebook.expression import Plain
from domain.rulebook.facts import MoveFacts
from domain.rulebook.reference import Reference
from domain.vocabulary import Grade


def move_facts(move: Move, person: Person, placement: Placement, reference: Reference) -> MoveFacts:
    """The move's facts as of the set's TMT; what the register does not say is None."""
    tmt = placement.request.target_tmt
    held, career = person.post_on(tmt), Career(person, tmt, reference)
    return MoveFacts.model_validate(
        _asked(move, placement, reference)
        | _held(held, career)
        | _target(move, career)
        | _merits(person, tmt)
        | rating_facts(person, tmt, reference)
        | _experience(career)
        | _standing(career)
        | {"retires_on": career.retires_on([PostTraits.of(held), _traits(move)]) if held else None}
    )


def _asked(move: Move, placement: Placement, reference: Reference) -> dict[str, Plain]:
    request = placement.request
    return {
        "kind": request.kind,
        "submitted_on": request.submitted_on,
        "target_tmt": request.target_tmt,
        "from_post": move.from_post,
        "target_vacant": placement.is_free(move.to_post),
        "moves_of_subject": placement.moves_of(move.subject),
        "moves_to_post": placement.moves_to(move.to_post),
        "freezes": [freeze.code for freeze in reference.freezes_on(request.target_tmt)],
        "documents": request.documents,
    }


def _held(held: PostHeld | None, career: Career) -> dict[str, Plain]:
    since = _post_from(career.person, held) if held else None
    eselon = career.reference.eselon(held.eselon, career.day) if held else None
    level = career.level(PostTraits.of(held)) if held else None
    return {
        "held_post": held.post if held else None,
        "held_kind": held.post_kind if held else None,
        "held_level": level,
        "held_level_order": career.order(level),
        "post_from": since,
        "months_in_post": full_months(since, career.day) if since else None,
        "from_eselon": eselon.name if eselon else None,
        "from_eselon_order": eselon.order if eselon else None,
        "from_class": held.job_class if held else None,
    }


def _target(move: Move, career: Career) -> dict[str, Plain]:
    eselon = career.reference.eselon(move.to_eselon, career.day)
    level = career.level(_traits(move))
    lowest = _lowest_grade(eselon.name if eselon else "", move.to_career_level, career)
    return {
        "to_post": move.to_post,
        "to_kind": move.to_kind,
        "to_career_level": move.to_career_level or None,
        "to_eselon": eselon.name if eselon else None,
        "to_eselon_order": eselon.order if eselon else None,
        "to_class": move.to_class,
        "to_level": level,
        "to_level_order": career.order(level),
        "lowest_grade": lowest,
        "lowest_grade_level": lowest.level if lowest else None,
    }


def _merits(person: Person, tmt: date) -> dict[str, Plain]:
    rank = person.rank_on(tmt)
    return {
        "current_grade": rank.grade if rank else None,
        "current_grade_level": rank.grade.level if rank else None,
        "education_levels": [diploma.level for diploma in person.education_on(tmt)] or None,
        "exams": [exam.code for exam in person.of(ExamPassed) if exam.holds_on(tmt)],
        "trainings": [training.code for training in person.of(TrainingCompleted) if training.holds_on(tmt)],
    }


def _experience(career: Career) -> dict[str, Plain]:
    return {
        "months_in_posts": career.months_at("pelaksana"),
        "months_as_pengawas": career.months_at("pengawas"),
        "months_as_administrator": career.months_at("administrator"),
        "months_as_jpt_pratama": career.months_at("jpt-pratama"),
        "post_history_complete": career.is_told() or None,
        "age_months": career.age_months(),
    }


def _standing(career: Career) -> dict[str, Plain]:
    person, tmt = career.person, career.day
    standing = person.standing_on(tmt)
    levels: list[str] = [sanction.level for sanction in person.sanctions_on(tmt)]
    return {
        "sanctions": levels,
        "sanctioned_until": person.sanctioned_until(tmt),
        "months_since_sanction": career.months_since_sanction(),
        "legal_position": standing.legal_position if standing else None,
        "in_service": career.reference.in_service(standing.legal_position, tmt) if standing else None,
        "service_status": standing.service_status if standing else None,
    }


def _traits(move: Move) -> PostTraits:
    return PostTraits(move.to_kind, move.to_eselon, move.to_career_level, move.to_name)


def _lowest_grade(eselon: str, career_level: str, career: Career) -> Grade | None:
    """The grade at which the ladder of an eselon, or else of a functional level, begins."""
    if ladder := career.reference.ladder_of(eselon, career.day):
        return ladder.lowest
    level = career.reference.career_level(career_level, career.day)
    return level.grades[0] if level else None


def _post_from(person: Person, held: PostHeld) -> date:
    # A post that was confirmed again (pengukuhan) is one time in post.
    until = [post for post in person.of(PostHeld) if post.slot == held.slot and post.valid_from <= held.valid_from]
    return min(post.valid_from for post in takewhile(lambda post: post.post == held.post, reversed(until)))
