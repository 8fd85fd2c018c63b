"""From what a proposer asks to a matter with the register's facts in it, and its assessment."""

from __future__ import annotations

from domain.errors import NotSuperior, PersonUnknown, RegisterGap
from domain.promotion.eligibility import assess_promotion, next_tmt
from domain.promotion.facts import PromotionRequest
from domain.promotion.kinds import own_day, target_grade_for
from domain.proposal.commands import Asked, MoveAsked, PromotionAsked, RotationAsked
from domain.proposal.facts import Facts
from domain.proposal.matter import Filed, Matter, Promotion, Rotation
from domain.register.facts import PostHeld, PostKind, place_of
from domain.register.person import Person
from domain.rotation.eligibility import assess_rotation
from domain.rotation.moves import Move
from domain.rotation.placement import INTERNAL, RotationRequest
from domain.rulebook.model import Assessment

NEW = Filed()
"""Nothing is attached yet, and it was never lodged."""


def worded(asked: Asked, proposer: str, facts: Facts) -> Matter:
    """The matter, prefilled; raises RouteMissing, PersonUnknown, RegisterGap, NotSuperior."""
    facts.rulebook.route(asked.matter, asked.kind, facts.today)
    match asked:
        case PromotionAsked():
            return _promotion(asked, proposer, facts)
        case RotationAsked():
            return _rotation(asked, proposer, facts)


def assessed(matter: Matter, facts: Facts, filed: Filed = NEW) -> Assessment:
    """Every requirement answered, for the matter's TMT, as lodged today or when it first was."""
    lodged_on = facts.calendar.local_date(filed.lodged_at) if filed.lodged_at else facts.today
    match matter:
        case Promotion():
            request = PromotionRequest(
                kind=matter.kind,
                target_grade=matter.target_grade,
                target_tmt=matter.target_tmt,
                submitted_on=lodged_on,
                corrected_on=facts.today,
            )
            return assess_promotion(facts.people.get(matter.subject, Person()), request, facts.rulebook)
        case Rotation():
            moves = RotationRequest(
                kind=matter.kind,
                moves=matter.moves,
                target_tmt=matter.target_tmt,
                submitted_on=lodged_on,
                documents=sorted(filed.documents),
            )
            return assess_rotation(moves, facts.people, facts.incumbents, facts.rulebook)


def _promotion(asked: PromotionAsked, proposer: str, facts: Facts) -> Promotion:
    person = _known(asked.subject, facts)
    post = _post(person, facts)
    _superior(proposer, asked.subject, post.unit, facts)
    reference = facts.rulebook.reference
    rank, target = person.rank_on(facts.today), target_grade_for(asked.kind, person, facts.today, reference)
    if rank is None or target is None:
        raise RegisterGap(fact="rank" if rank is None else "next-grade")
    own = own_day(asked.kind, person, facts.today, reference)
    return Promotion(
        kind=asked.kind,
        subject=asked.subject,
        unit=post.unit,
        grade=rank.grade,
        target_grade=target,
        target_tmt=asked.target_tmt or own or next_tmt(facts.today, facts.rulebook),
    )


def _rotation(asked: RotationAsked, proposer: str, facts: Facts) -> Rotation:
    moves, units = [], []
    for move in asked.moves:
        post = _post(_known(move.subject, facts), facts)
        _superior(proposer, move.subject, post.unit, facts)
        moves.append(_move(move, post, asked.kind, facts))
        units.append(post.unit)
    return Rotation(kind=asked.kind, moves=moves, from_units=units, target_tmt=asked.target_tmt)


def _move(asked: MoveAsked, present: PostHeld, rotation: str, facts: Facts) -> Move:
    kind, unit = place_of(asked.to_post)
    described = facts.organisation.units.get(unit)
    seat = described if kind is PostKind.STRUCTURAL else None
    name = asked.to_name or (seat.head_post or f"Kepala {seat.name}" if seat else "")
    if described is None or not name:
        raise RegisterGap(fact="target-post")
    return Move(
        subject=asked.subject,
        from_post=present.post,
        to_post=asked.to_post,
        to_unit=unit,
        to_name=name,
        to_kind=kind,
        to_eselon=seat.eselon if seat else "",
        to_class=asked.to_class,
        to_career_level=_career_level(asked, present, rotation, facts) if kind is PostKind.FUNCTIONAL else "",
    )


def _career_level(asked: MoveAsked, present: PostHeld, rotation: str, facts: Facts) -> str:
    """The level of the new functional post: as asked, else the official's own one when that can only stay."""
    if not asked.to_career_level and rotation == INTERNAL:
        return present.career_level
    if facts.rulebook.reference.career_level(asked.to_career_level, facts.today) is None:
        raise RegisterGap(fact="career-level")
    return asked.to_career_level


def _known(subject: str, facts: Facts) -> Person:
    person = facts.people.get(subject)
    if person is None or not person.subject:
        raise PersonUnknown(field="subject")
    return person


def _post(person: Person, facts: Facts) -> PostHeld:
    post = person.post_on(facts.today)
    if post is None:
        raise RegisterGap(fact="post")
    return post


def _superior(proposer: str, subject: str, unit: str, facts: Facts) -> None:
    """A head above the person, or one who plans for the whole agency, and never the person."""
    heads = {head.subject for _, head in facts.organisation.superiors_of(subject, unit)}
    planners = facts.desks & {"role/verifier", "role/pyb"}
    if proposer == subject or (proposer not in heads and not planners):
        raise NotSuperior
