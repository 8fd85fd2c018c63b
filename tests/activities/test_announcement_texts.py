"""The words of announcements: numbers and dates in both languages, through the same door as every other notice."""

from __future__ import annotations

from typing import Any

import pytest

from activities.announcement_texts import BODIES, SUBJECTS
from activities.notice_texts import worded
from domain.promotion.announcements import Turn

NOTICE: dict[str, Any] = {
    "agency": "DEMO",
    "tmt": "2026-06-01",
    "closes": "2026-05-15",
    "desk": "unit/SEKSI-A1",
    "eligible": 3,
    "nearly": 0,
    "data_gaps": 2,
    "unproposed": 1,
}


def test_each_turn_has_words_in_both_languages() -> None:
    """And nothing else has."""
    texts = (*SUBJECTS.values(), *BODIES.values())

    assert SUBJECTS.keys() == BODIES.keys() == {f"period-{turn}" for turn in Turn}
    assert all(text.id and text.en and text.id != text.en for text in texts)


@pytest.mark.parametrize("template", SUBJECTS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_supervisor_is_told_of_the_tmt_and_the_last_day(template: str, language: str) -> None:
    """No placeholder is left, and nobody's desk is named."""
    subject, body = worded(NOTICE | {"template": template}, language)

    assert "01-06-2026" in subject
    assert (subject in body, "15-05-2026" in body) == (True, True)
    assert [mark for mark in ("{", "–", "SEKSI-A1") if mark in subject + body] == []


def test_the_numbers_are_those_of_the_desk() -> None:
    """At first how many are eligible, at last how many are not proposed yet; none is a number too."""
    first, body = worded(NOTICE | {"template": "period-first"}, "en")
    last, _ = worded(NOTICE | {"template": "period-last"}, "en")

    assert first == "Promotions of 01-06-2026: 3 of your staff are eligible, 0 nearly"
    assert "Not proposed yet: 1\nData incomplete: 2\n" in body
    assert last == "Promotions of 01-06-2026: 1 of your staff are not proposed yet"
