"""What a proposer need not say: grade and day of every kind of promotion follow from the register."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import RegisterGap
from domain.proposal import commands as c
from domain.proposal.matter import Promotion
from domain.register.facts import EducationEarned, Ending, Fact, ServiceEnded
from tests.support.builders import OFFICE, TMT, create
from tests.support.given import given
from tests.support.people import STAFF, staff_facts

DIED_ON = date(2026, 1, 12)


def worded(kind: str, *known: Fact) -> Promotion:
    """What a promotion of the kind is worded as, for a member of staff of whom this is known too."""
    world = OFFICE.knowing(STAFF, *staff_facts(grade="II/c"), *known)
    drafted = given().where(world).when(create(asked=c.PromotionAsked(kind=kind, subject=STAFF))).events[0]
    assert isinstance(drafted.matter, Promotion)
    return drafted.matter


@pytest.mark.parametrize(("kind", "grade"), [("REG", "II/d"), ("PLB", "II/d"), ("PI", "III/a"), ("TB2", "III/a")])
def test_the_kind_says_which_grade_is_proposed(kind: str, grade: str) -> None:
    """The next one, or the one at which the S-1 starts."""
    assert worded(kind).target_grade == grade


@pytest.mark.parametrize(
    ("kind", "cause"), [("PGB", Ending.DEATH), ("ANU", Ending.KILLED_ON_DUTY)], ids=["dedication", "posthumous"]
)
def test_what_a_service_ends_with_is_proposed_for_that_day(kind: str, cause: Ending) -> None:
    """Not for the next TMT of the calendar."""
    ended = ServiceEnded(valid_from=DIED_ON, cause=cause)

    assert worded(kind, ended).target_tmt == DIED_ON
    assert worded("REG", ended).target_tmt == TMT


def test_a_diploma_that_opens_no_higher_grade_cannot_be_asked_for() -> None:
    """The gap names the grade that the register does not give."""
    world = OFFICE.knowing(STAFF, *staff_facts(), EducationEarned(valid_from=date(2013, 7, 1), level="40"))

    given().where(world).when(create(asked=c.PromotionAsked(kind="PI", subject=STAFF))).then(
        RegisterGap(fact="next-grade")
    )
