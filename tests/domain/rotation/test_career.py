"""Time at levels of posts, age, retirement and sanctions, as promotions to posts count them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from domain.rotation.career import Career, PostTraits
from tests.support.careers import person

REFERENCE = read_rulebook().reference
DAY = date(2026, 2, 1)


def career(words: dict[str, Any], day: date = DAY) -> Career:
    """The career that the words describe, on a day."""
    return Career(person("a" * 32, words), day, REFERENCE)


def structural(eselon: str, name: str = "X") -> dict[str, str]:
    """A structural post."""
    return {"post": name, "kind": "structural", "eselon": eselon}


def functional(level: str) -> dict[str, str]:
    """A functional post."""
    return {"post": "F", "kind": "functional", "level": level}


@pytest.mark.parametrize(
    ("post", "level"),
    [
        (structural("10"), "jpt-madya"),
        (structural("12"), "jpt-madya"),
        (structural("21"), "jpt-pratama"),
        (structural("II.b"), "jpt-pratama"),
        (structural("31"), "administrator"),
        (structural("32"), "administrator"),
        (structural("41"), "pengawas"),
        (structural("42"), "pengawas"),
        (structural("51"), None),
        (structural(""), None),
        (functional("ahli-utama"), "jpt-pratama"),
        (functional("ahli-madya"), "administrator"),
        (functional("ahli-muda"), "pengawas"),
        (functional("penyelia"), "pengawas"),
        (functional("ahli-pertama"), "pelaksana"),
        (functional("mahir"), "pelaksana"),
        (functional(""), None),
        ({"post": "G", "kind": "general"}, "pelaksana"),
    ],
    ids=str,
)
def test_every_post_has_its_level_or_none(post: dict[str, str], level: str | None) -> None:
    """By eselon, by functional level, or as staff; eselon V and what is not written down have none."""
    kind = PostTraits(post["kind"], post.get("eselon", ""), post.get("level", ""), post["post"])

    assert level == career({}).level(kind)


def test_months_at_a_level_include_the_levels_above() -> None:
    """Three years as pengawas and one as administrator are four at the level of pengawas or above."""
    found = career({"posts": {date(2022, 2, 1): structural("41"), date(2025, 2, 1): structural("31", "Y")}})

    assert [found.months_at(level) for level in ("pelaksana", "pengawas", "administrator", "jpt-pratama")] == [
        48,
        48,
        12,
        0,
    ]


def test_no_started_month_is_lost_between_two_posts() -> None:
    """Two posts that follow each other in the middle of a month are one time."""
    halves = {date(2024, 2, 1): structural("41"), date(2025, 1, 16): structural("42", "Y")}

    assert career({"posts": halves}).months_at("pengawas") == 24


def test_a_level_that_the_table_does_not_know_is_unknown() -> None:
    """A table without the level says nothing about time at it."""
    assert career({"posts": {date(2024, 2, 1): structural("41")}}).months_at("bupati") is None


APPOINTED = {"cpns": date(2014, 3, 1), "pns": date(2015, 3, 1)}


def test_a_career_is_told_from_the_appointment_to_the_day() -> None:
    """Posts of known level from the appointment as PNS on."""
    assert career({"posts": {date(2015, 3, 1): structural("41")}, "appointed": APPOINTED}).is_told()


@pytest.mark.parametrize(
    "posts",
    [
        {date(2015, 4, 1): structural("41")},
        {date(2015, 3, 1): functional(""), date(2020, 1, 1): structural("41")},
        {date(2015, 3, 1): structural("41"), date(2020, 1, 1): functional("")},
        {date(2015, 3, 1): structural("41"), date(2018, 1, 1): functional(""), date(2020, 1, 1): structural("41")},
        {},
    ],
    ids=["begins late", "unknown at first", "unknown at last", "unknown between", "nothing"],
)
def test_a_career_with_a_gap_is_not_told(posts: dict[date, dict[str, str]]) -> None:
    """A post of unknown level is a gap like a missing one."""
    assert not career({"posts": posts, "appointed": APPOINTED}).is_told()


def test_a_career_without_an_appointment_is_never_told() -> None:
    """Nobody knows where it begins."""
    assert not career({"posts": {date(2015, 3, 1): structural("41")}}).is_told()


def test_somebody_retires_on_the_first_of_the_month_after_the_birthday() -> None:
    """The earliest of the posts counts: 60 as JPT, 58 as pengawas."""
    born = career({"born": date(1968, 1, 20)})
    senior, junior = PostTraits("structural", "22", "", ""), PostTraits("structural", "41", "", "")

    assert born.retires_on([senior]) == date(2028, 2, 1)
    assert born.retires_on([senior, junior]) == date(2026, 2, 1)
    assert born.age_months() == 697


def test_retirement_is_unknown_without_a_birth_date_or_for_an_unknown_post() -> None:
    """One unknown post makes the earliest day unknown too."""
    known, unknown = PostTraits("structural", "22", "", ""), PostTraits("functional", "", "", "")

    assert career({}).retires_on([known]) is None
    assert career({"born": date(1968, 1, 20)}).retires_on([known, unknown]) is None


@pytest.mark.parametrize(
    ("sanctions", "months"),
    [
        ([], None),
        ([{"level": "ringan", "from": date(2025, 1, 1), "last_day": date(2025, 1, 1)}], None),
        ([{"level": "sedang", "from": date(2025, 2, 1), "last_day": date(2025, 7, 31)}], 12),
        ([{"level": "berat", "from": date(2025, 2, 1)}], 12),
        ([{"level": "berat", "from": date(2026, 3, 1), "last_day": date(2027, 2, 28)}], None),
        ([{"level": "berat", "from": date(2025, 2, 1), "last_day": date(2025, 1, 31)}], None),
    ],
)
def test_months_since_the_last_medium_or_severe_sanction(sanctions: list[Any], months: int | None) -> None:
    """Light, future and cancelled ones do not count."""
    assert career({"sanctions": sanctions}).months_since_sanction() == months
