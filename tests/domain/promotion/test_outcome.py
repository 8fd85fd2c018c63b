from __future__ import annotations

from datetime import date

import pytest

from activities.rule_files import read_rulebook
from domain.promotion.outcome import rank_after
from domain.register.events import FactsRecorded, RankChanged
from domain.register.facts import RankHeld
from domain.register.person import Person, evolve
from domain.vocabulary import Grade
from tests.support.careers import SOURCE

REFERENCE = read_rulebook().reference
TMT = date(2026, 2, 1)


def holder(grade: str, years: int, months: int, since: date = date(2021, 12, 1)) -> Person:
    """Somebody in a rank, with the pay service that its decree stated."""
    rank = RankHeld(valid_from=since, grade=Grade(grade), service_years=years, service_months=months)
    return evolve(Person(subject="a" * 32), FactsRecorded(facts=[rank], source=SOURCE))


@pytest.mark.parametrize(
    ("grade", "before", "target", "after"),
    [
        ("III/b", (9, 3), "III/c", (13, 5)),
        ("III/b", (9, 11), "III/c", (14, 1)),
        ("I/d", (9, 3), "II/a", (7, 5)),
        ("II/d", (9, 3), "III/a", (8, 5)),
        ("III/d", (9, 3), "IV/a", (13, 5)),
        ("I/d", (1, 0), "II/a", (0, 0)),
    ],
    ids=["same golongan", "months carry over", "into II", "into III", "into IV", "never below zero"],
)
def test_the_pay_service_grows_and_is_cut_when_golongan_changes(
    grade: str, before: tuple[int, int], target: str, after: tuple[int, int]
) -> None:
    """Four years and two months more, less six years into golongan II and five into III."""
    rank = rank_after(holder(grade, *before), Grade(target), TMT, "823/1/2026", REFERENCE)

    assert after == (rank.service_years, rank.service_months)
    assert (Grade(target), TMT, "823/1/2026") == (rank.grade, rank.valid_from, rank.decree)


def test_the_new_rank_ends_the_old_one_on_the_tmt() -> None:
    """The day before, the old rank holds; on the TMT, the new one."""
    person = holder("III/b", 9, 3)
    rank = rank_after(person, Grade("III/c"), TMT, "823/1/2026", REFERENCE)
    promoted = evolve(person, RankChanged(rank=rank, proposal_id="1"))

    held = [promoted.rank_on(day) for day in (date(2026, 1, 31), TMT)]
    assert [rank.grade for rank in held if rank] == ["III/b", "III/c"]


def test_computed_again_after_the_effect_it_is_the_same_rank() -> None:
    """A repeated effect changes nothing."""
    person = holder("III/b", 9, 3)
    rank = rank_after(person, Grade("III/c"), TMT, "823/1/2026", REFERENCE)

    assert rank == rank_after(
        evolve(person, RankChanged(rank=rank, proposal_id="1")), Grade("III/c"), TMT, "823/1/2026", REFERENCE
    )


def test_without_a_known_rank_the_service_is_zero() -> None:
    """Nothing is invented."""
    rank = rank_after(Person(subject="a" * 32), Grade("III/c"), TMT, "823/1/2026", REFERENCE)

    assert (rank.service_years, rank.service_months) == (0, 0)
