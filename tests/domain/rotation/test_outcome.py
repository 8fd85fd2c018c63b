from __future__ import annotations

from datetime import date

from domain.register.events import FactsRecorded, PostChanged
from domain.register.facts import Assignment, PostHeld, PostKind
from domain.register.person import Person, evolve
from domain.rotation.moves import Move
from domain.rotation.outcome import posts_after
from tests.support.careers import SOURCE

TMT = date(2026, 2, 1)
EVE = date(2026, 1, 31)
MOVE = Move(
    subject="a" * 32,
    from_post="X",
    to_post="Y",
    to_unit="UNIT-2",
    to_name="Kepala Seksi",
    to_kind=PostKind.STRUCTURAL,
    to_eselon="41",
    to_class=9,
)


def holder(*acting: PostHeld) -> Person:
    """The holder of X, who may be acting elsewhere."""
    held = PostHeld(
        valid_from=date(2023, 6, 1), post="X", name="X", post_kind=PostKind.STRUCTURAL, unit="UNIT-1", eselon="41"
    )
    return evolve(Person(subject="a" * 32), FactsRecorded(facts=[held, *acting], source=SOURCE))


def acting(post: str) -> PostHeld:
    """An acting post since last year."""
    return PostHeld(
        valid_from=date(2025, 9, 1),
        post=post,
        name=post,
        post_kind=PostKind.STRUCTURAL,
        unit="UNIT-2",
        assignment=Assignment.PLT,
    )


def moved(person: Person) -> Person:
    """The person after the rotation took effect."""
    return evolve(person, PostChanged(posts=posts_after(MOVE, person, TMT, "821/1/2026"), proposal_id="1"))


def test_the_old_post_holds_until_the_eve_and_the_new_one_from_the_tmt() -> None:
    """One definitive post on each day, and the new one as the move describes it."""
    person = moved(holder())
    before, after = person.post_on(EVE), person.post_on(TMT)

    assert before is not None
    assert before.post == "X"
    assert after == PostHeld(
        valid_from=TMT,
        post="Y",
        name="Kepala Seksi",
        post_kind=PostKind.STRUCTURAL,
        unit="UNIT-2",
        eselon="41",
        job_class=9,
        decree="821/1/2026",
    )


def test_acting_for_the_post_ends_when_it_becomes_ones_own() -> None:
    """Who was Plt of Y holds it definitively now; acting elsewhere goes on."""
    person = moved(holder(acting("Y"), acting("Z")))

    assert sorted(_acting_on(person, EVE)) == ["Y", "Z"]
    assert _acting_on(person, TMT) == ["Z"]


def _acting_on(person: Person, day: date) -> list[str]:
    return [
        post.post for post in person.of(PostHeld) if post.assignment is not Assignment.DEFINITIVE and post.holds_on(day)
    ]


def test_a_functional_post_is_recorded_with_its_level() -> None:
    """The level (jenjang) is what later ranks, credits and ages are read by."""
    into = MOVE.model_copy(update={"to_kind": PostKind.FUNCTIONAL, "to_eselon": "", "to_career_level": "ahli-muda"})
    [post] = posts_after(into, holder(), TMT, "821/1/2026")

    assert (post.post_kind, post.career_level) == (PostKind.FUNCTIONAL, "ahli-muda")
