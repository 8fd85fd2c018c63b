from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.register.events import FactsRecorded
from domain.register.facts import PostHeld, PostKind
from domain.register.person import Person, evolve
from domain.register.spans import unbroken_since
from tests.support.careers import SOURCE, person

GENERAL = {"post": "S", "kind": "general"}
FUNCTIONAL = {"post": "P", "kind": "functional"}


def since(posts: dict[date, dict[str, Any]]) -> date:
    """Since when the post held in 2026 belongs to an unbroken run of functional posts."""
    known = person("a" * 32, {"posts": posts})
    held = known.post_on(date(2026, 1, 1))
    assert held is not None
    return unbroken_since(known, held, lambda post: post.post_kind is PostKind.FUNCTIONAL)


def test_a_run_begins_with_its_first_post() -> None:
    """Whatever the posts are called."""
    assert since({date(2020, 1, 1): FUNCTIONAL, date(2023, 1, 1): FUNCTIONAL | {"post": "Q"}}) == date(2020, 1, 1)


def test_another_kind_of_post_breaks_the_run() -> None:
    """What came before it does not count."""
    posts = {date(2018, 1, 1): FUNCTIONAL, date(2020, 1, 1): GENERAL, date(2023, 1, 1): FUNCTIONAL}

    assert since(posts) == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("ended", "began"),
    [(date(2022, 12, 31), date(2023, 1, 1)), (date(2023, 1, 1), date(2018, 1, 1)), (None, date(2018, 1, 1))],
    ids=["a day between", "no day between", "ended by its successor"],
)
def test_time_without_a_post_breaks_the_run(ended: date | None, began: date) -> None:
    """One day is enough."""
    posts = [
        PostHeld(valid_from=day, valid_to=to, post="P", name="P", post_kind=PostKind.FUNCTIONAL, unit="U")
        for day, to in ((date(2018, 1, 1), ended), (date(2023, 1, 1), None))
    ]
    known = evolve(Person(), FactsRecorded(facts=posts, source=SOURCE))

    assert unbroken_since(known, posts[-1], lambda _: True) == began
