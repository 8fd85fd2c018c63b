"""Mutants: every value is changed in turn, what a situation notices is alive, and a planted dead value is found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.rulebook.mutants import Mutant, mutants
from domain.rulebook.neighbours import days_near, expressions_near, values_near
from domain.rulebook.problems import ParsedFile
from domain.situations.files import told
from domain.situations.trial import Trial
from tests.support.rules import BASIS, SINCE, requirement, rule_files

PERSON = {"ranks": {date(2022, 4, 1): "III/a"}, "education": ["40"]}
ASKS = {"kind": "REG", "grade": "III/b", "tmt": date(2026, 4, 1), "lodged": date(2026, 3, 1)}
ENOUGH = {"situation": "exactly four years", "person": PERSON, "asks": ASKS}
SHORT = {"situation": "a month short", "like": "exactly four years", "person": {"ranks": {date(2022, 5, 1): "III/a"}}}
UNKNOWN = {"situation": "no rank", "like": "exactly four years", "person": {"ranks": {}}}
CEILING = requirement(
    code="EDUCATION_CEILING",
    inputs=["target_level", "education_ceiling_level"],
    passes_when="target_level <= education_ceiling_level",
    message={"id": "{target_level}", "en": "{education_ceiling_level}"},
)


def trial(*situations: dict[str, Any], **files: Any) -> Trial:
    """The smallest rulebook, changed, and the situations that try it."""
    return Trial(rule_files(**files), [one.situation for one in told(ParsedFile("situations", list(situations)))])


def dead(tried: Trial, only: str = "") -> list[str]:
    """What no situation notices, as place and change."""
    found = [mutant for mutant in tried.mutants(only) if not tried.noticed(mutant)]
    return [f"{'.'.join(map(str, mutant.place[1:]))}: {mutant.change}" for mutant in found]


def test_a_rule_with_situations_on_each_side_is_alive() -> None:
    """The control of everything below: four years and a month less notice every change of the rule."""
    assert dead(trial(ENOUGH, SHORT, UNKNOWN), "TIME_IN_RANK") == []


def test_a_threshold_without_a_situation_on_its_other_side_is_dead() -> None:
    """Whoever has four years and more does not notice that three would do."""
    assert "passes_when: years_in_rank >= ⟨4 → 3⟩" in dead(trial(ENOUGH, UNKNOWN), "TIME_IN_RANK")


def test_a_planted_dead_rule_is_found() -> None:
    """A rule that is asked of nobody: whatever becomes of it, nothing changes."""
    of_nobody = requirement(code="DEAD", applies_when="years_in_rank > 100")
    tried = trial(ENOUGH, SHORT, requirements__promotion=[requirement(), of_nobody])
    found = dead(tried, "DEAD")

    assert found[:2] == ["severity: block → warn", "applies_when: years_in_rank > 100 → false"]
    assert "passes_when: years_in_rank >= 4 → true" in found
    assert dead(tried, "TIME_IN_RANK") == []


def test_a_planted_dead_cell_is_found() -> None:
    """The ceiling of S-2 is nobody's in these situations; that of S-1 is met, and passed by one grade."""
    above = {"situation": "above the ceiling", "like": "exactly four years", "asks": {"grade": "IV/a"}}
    at_it = {"situation": "at the ceiling", "like": "exactly four years", "asks": {"grade": "III/d"}}
    ceilings = [{"ceilings": {"40": "III/d", "45": "IV/a"}, **SINCE}]
    tried = trial(ENOUGH, at_it, above, education=ceilings, requirements__promotion=[CEILING])

    assert dead(tried, "education") == ["ceilings.45: IV/a → IV/b", "ceilings.45: IV/a → III/d"]


def test_what_the_checks_refuse_is_noticed() -> None:
    """Without its one calendar the rulebook would not load; a shape's limit is no dead value either."""
    tried = trial(ENOUGH)
    (left_out,) = [
        mutant for mutant in tried.mutants("periods") if mutant.change.endswith("left out") and len(mutant.place) == 1
    ]

    assert tried.noticed(left_out)


def made(**files: Any) -> list[Mutant]:
    """Every mutant of these files alone, from 2020 on."""
    named = {name.replace("__", "/") + ".yaml" for name in files}
    written = [file for file in rule_files(**files) if file.name in named]
    return list(mutants(written, date(2020, 1, 1), days_near))


def changes(**files: Any) -> list[str]:
    """The same as place and change."""
    return [f"{'.'.join(map(str, mutant.place[1:]))}: {mutant.change}" for mutant in made(**files)]


def test_a_rule_is_changed_in_every_part_that_decides() -> None:
    """Severity, both conditions as a whole, each number and each operator; words and law stay."""
    assert changes(requirements__promotion=[requirement()]) == [
        "severity: block → warn",
        "applies_when: true → false",
        "passes_when: years_in_rank >= 4 → true",
        "passes_when: years_in_rank >= 4 → !(years_in_rank >= 4)",
        "passes_when: years_in_rank ⟨>= → >⟩ 4",
        "passes_when: years_in_rank ⟨>= → <⟩ 4",
        "passes_when: years_in_rank >= ⟨4 → 5⟩",
        "passes_when: years_in_rank >= ⟨4 → 3⟩",
    ]


def test_the_day_between_two_versions_is_one_value() -> None:
    """It moves in both entries at once; the first of all days moves never, a last day alone."""
    first = {
        "code": "x",
        "value": 1,
        "valid_from": date(2000, 1, 1),
        "valid_to": date(2025, 5, 20),
        "legal_basis": BASIS,
    }
    second = {
        "code": "x",
        "value": 2,
        "valid_from": date(2025, 5, 20),
        "valid_to": date(2026, 1, 1),
        "legal_basis": BASIS,
    }
    found = made(parameters=[first, second])
    days = [mutant.change for mutant in found if str(mutant.place[-1]).startswith("valid")]
    moved = next(mutant for mutant in found if mutant.place == (1, "valid_from"))

    assert days == [
        "2025-05-20 → 2025-05-21",
        "2025-05-20 → 2025-05-19",
        "2026-01-01 → 2026-01-02",
        "2026-01-01 → 2025-12-01",
    ]
    assert moved.file.data[0]["valid_to"] == moved.file.data[1]["valid_from"] == date(2025, 5, 21)


def test_a_day_of_promotions_moves_past_a_tmt() -> None:
    """What changes on 20 May 2025 is seen on the TMTs around it: here 1 April and 1 October."""
    old = requirement(valid_to=date(2025, 5, 20))
    asked = {"situation": "in 2020", "person": PERSON, "asks": {**ASKS, "tmt": date(2020, 4, 1)}}
    tried = trial(asked, requirements__promotion=[old, requirement(valid_from=date(2025, 5, 20))])
    days = [mutant.change for mutant in tried.mutants() if mutant.place == (1, "valid_from")]

    assert days == ["2025-05-20 → 2025-10-02", "2025-05-20 → 2025-04-01"]


def test_files_that_no_assessment_reads_are_left_alone() -> None:
    """Desks, deadlines, holidays, sources and labels."""
    unread = {"routes", "edition", "holidays_overlay", "sources"}
    found = {m.original.name.partition("/")[0].partition(".")[0] for m in mutants(rule_files(), date.min, days_near)}

    assert found
    assert not found & unread


@pytest.mark.parametrize(
    ("value", "near"),
    [
        (4, [5, 3]),
        (True, [False]),
        (date(2025, 5, 20), [date(2025, 5, 21), date(2025, 5, 19)]),
        (date(2025, 10, 1), [date(2025, 10, 2), date(2025, 9, 1)]),
        ("12.5", ["12.6", "12.4"]),
        ("III/d", ["IV/a", "III/c"]),
        ("IV/e", ["IV/d"]),
        ("baik", ["butuh-perbaikan", "sangat-baik"]),
        ("ahli-muda", []),
        (None, []),
    ],
)
def test_a_cell_has_the_neighbours_of_its_kind(value: object, near: list[object]) -> None:
    """Numbers, days, grades and ratings have some; before the first of a month comes the month before."""
    assert list(values_near(value)) == near


def test_an_expression_changes_one_word_at_a_time() -> None:
    """Numbers in quotes are words, and elements of a list are left out one by one."""
    found = [new for new, _ in expressions_near("kind in ['REG', 'STR'] && x != '7' || y")]

    assert found == [
        "kind in ['STR'] && x != '7' || y",
        "kind in ['REG'] && x != '7' || y",
        "kind in ['REG', 'STR'] || x != '7' || y",
        "kind in ['REG', 'STR'] && x == '7' || y",
        "kind in ['REG', 'STR'] && x != '7' && y",
    ]
