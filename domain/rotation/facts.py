"""What the register and the rest of the set say about one move, as the words that rules use."""

from __future__ import annotations

from datetime import date
from itertools import takewhile

from domain.calendar import full_months
from domain.register.facts import PostHeld
from domain.register.person import Person
from domain.rotation.moves import Move
from domain.rotation.placement import Placement
from domain.rulebook.facts import MoveFacts
from domain.rulebook.reference import Reference


def move_facts(move: Move, person: Person, placement: Placement, reference: Reference) -> MoveFacts:
    """The move's facts as of the set's TMT; what the register does not say is None."""
    request = placement.request
    tmt = request.target_tmt
    held, standing = person.post_on(tmt), person.standing_on(tmt)
    post_from = _post_from(person, held) if held else None
    here = reference.eselon(held.eselon) if held else None
    there = reference.eselon(move.to_eselon)
    return MoveFacts(
        kind=request.kind,
        submitted_on=request.submitted_on,
        target_tmt=tmt,
        held_post=held.post if held else None,
        held_kind=held.post_kind if held else None,
        from_post=move.from_post,
        post_from=post_from,
        months_in_post=full_months(post_from, tmt) if post_from else None,
        to_post=move.to_post,
        to_kind=move.to_kind,
        from_eselon=here.name if here else None,
        from_eselon_order=here.order if here else None,
        to_eselon=there.name if there else None,
        to_eselon_order=there.order if there else None,
        from_class=held.job_class if held else None,
        to_class=move.to_class,
        target_vacant=placement.is_free(move.to_post),
        moves_of_subject=placement.moves_of(move.subject),
        moves_to_post=placement.moves_to(move.to_post),
        sanctions=[sanction.level for sanction in person.sanctions_on(tmt)],
        sanctioned_until=person.sanctioned_until(tmt),
        legal_position=standing.legal_position if standing else None,
        in_service=reference.in_service(standing.legal_position, tmt) if standing else None,
        freezes=[freeze.code for freeze in reference.freezes_on(tmt)],
        freeze_consent=request.freeze_consent,
    )


def _post_from(person: Person, held: PostHeld) -> date:
    # A post that was confirmed again (pengukuhan) is one time in post.
    until = [post for post in person.of(PostHeld) if post.slot == held.slot and post.valid_from <= held.valid_from]
    return min(post.valid_from for post in takewhile(lambda post: post.post == held.post, reversed(until)))
