from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.register.facts import PostKind
from domain.rotation.moves import Move
from domain.rotation.placement import Placement, RotationRequest

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def move(subject: str, from_post: str, to_post: str) -> Move:
    """A move between structural posts."""
    return Move(
        subject=subject,
        from_post=from_post,
        to_post=to_post,
        to_unit="U",
        to_name=to_post,
        to_kind=PostKind.STRUCTURAL,
    )


def placed(moves: list[Move], incumbents: dict[str, str | None]) -> Placement:
    """The set of moves among these holders."""
    day = date(2026, 2, 1)
    return Placement(RotationRequest(kind="internal", moves=moves, target_tmt=day, submitted_on=day), incumbents)


def test_in_a_chain_every_post_is_free_when_the_last_one_is_vacant() -> None:
    """A follows B, B follows C, C goes to a vacant post."""
    chain = placed([move(A, "X", "Y"), move(B, "Y", "Z"), move(C, "Z", "W")], {"Y": B, "Z": C, "W": None})

    assert [chain.is_free(post) for post in ("Y", "Z", "W")] == [True, True, True]


def test_a_chain_that_ends_on_a_held_post_is_not_free_there() -> None:
    """Somebody would have to leave W first."""
    chain = placed([move(A, "X", "Y"), move(B, "Y", "W")], {"Y": B, "W": C})

    assert [chain.is_free(post) for post in ("Y", "W")] == [True, False]


def test_a_holder_who_leaves_another_post_frees_nothing() -> None:
    """The move must leave this very post."""
    assert placed([move(A, "X", "Y"), move(B, "Q", "Z")], {"Y": B}).is_free("Y") is False


def test_a_post_that_nobody_asked_about_is_unknown() -> None:
    """Absence from the list is not vacancy."""
    assert placed([move(A, "X", "Y")], {}).is_free("Y") is None


def test_moves_are_counted_by_person_and_by_post() -> None:
    """Duplicates in a set are seen from both ends."""
    doubled = placed([move(A, "X", "Y"), move(A, "X", "Z"), move(B, "Q", "Z")], {})

    assert (doubled.moves_of(A), doubled.moves_of(B)) == (2, 1)
    assert (doubled.moves_to("Y"), doubled.moves_to("Z")) == (1, 2)


def test_a_rotation_moves_somebody() -> None:
    """An empty set is no rotation."""
    with pytest.raises(ValidationError):
        placed([], {})
