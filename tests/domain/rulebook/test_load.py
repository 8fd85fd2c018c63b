from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.rulebook.load import load
from domain.rulebook.problems import ParsedFile, Problem, RulebookUnusable
from tests.support.rules import BASIS, FILES, SINCE, requirement, rule_files, step


def problems(**changes: Any) -> list[Problem]:
    """What is wrong with the smallest rulebook after the change."""
    with pytest.raises(RulebookUnusable) as refused:
        load(rule_files(**changes))
    return refused.value.problems


def of_requirement(**changes: Any) -> Problem:
    """The one thing wrong with the changed requirement."""
    (problem,) = problems(requirements__promotion=[requirement(**changes)])
    return problem


def of_step(**changes: Any) -> Problem:
    """The one thing wrong with the changed step."""
    route = FILES["routes/promotion.yaml"][0] | {"steps": [step(**changes)]}
    (problem,) = problems(routes__promotion=[route])
    return problem


def test_the_smallest_rulebook_loads() -> None:
    """The control of every refusal below: unchanged, the files are fine."""
    rulebook = load(rule_files())

    assert [r.code for r in rulebook.requirements("promotion", date(2026, 1, 1))] == ["TIME_IN_RANK"]
    assert rulebook.version.startswith("test-")


@pytest.mark.parametrize(
    ("changes", "wrong", "instead"),
    [
        ({"passes_when": "years_in_rankk >= 4"}, "unknown variable `years_in_rankk`", "write `years_in_rank`"),
        ({"passes_when": "years_in_rank >= 4 && in_service"}, "uses `in_service`, which is not", "add `in_service`"),
        ({"inputs": ["years_in_rank", "years"]}, "`years` is no fact of a promotion", "write"),
        ({"inputs": ["years_in_rank", "exams"]}, "input `exams` is declared and never used", "remove `exams`"),
        ({"passes_when": "years_in_rank >="}, "passes_when: ", "write a condition"),
        ({"passes_when": "years_in_rank >= 'four'"}, "cannot be answered", "values of one kind"),
        ({"applies_when": "years_in_rank"}, "neither true nor false", "true or false"),
        ({"applies_when": "years_in_rank == 1000 && years_in_rank > 'x'"}, "cannot be answered", "values of one kind"),
        ({"message": {"id": "{years}", "en": "{years_in_rank}"}}, "message (id) shows `{years}`", "years_in_rank"),
        ({"cure": {"id": "Tunggu.", "en": " "}}, "cure has no text in `en`", "write the sentence"),
        ({"cure": {"id": "Tunggu."}}, "`cure.en` is missing", "add `en:`"),
        ({"severity": "stop"}, "`severity` is 'stop'", "'block', 'warn' or 'return'"),
        ({"valid_from": "2026-02-30"}, "`valid_from` is '2026-02-30'", "a real date"),
        ({"valid_to": date(1999, 1, 1)}, "valid_to 1999-01-01 is not after", "write the first day"),
        ({"severty": "block"}, "`severty` is unknown", "correct its spelling"),
        ({"code": 7}, "`code` is 7, not text", "in quotes"),
        ({"legal_basis": BASIS | {"article": ""}}, "no article of law", "add `article:`"),
        ({"legal_basis": BASIS | {"regulation": " "}}, "no regulation", "add `regulation:`"),
        ({"legal_basis": BASIS | {"source": ""}}, "no source", "add `source:`"),
        ({"legal_basis": BASIS | {"source": "S7, S999"}}, "unknown source S999", "add it to sources.yaml"),
        ({"legal_basis": BASIS | {"confidence": "weak"}}, "severity block on a weak source", "`severity: warn`"),
    ],
)
def test_a_faulty_requirement_is_refused(changes: dict[str, Any], wrong: str, instead: str) -> None:
    """The problem says which entry, what is wrong and what to write instead."""
    problem = of_requirement(**changes)

    assert wrong in problem.wrong
    assert instead in problem.instead
    assert problem.file == "requirements/promotion.yaml"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"return_to": "NOWHERE"}, "returns to NOWHERE"),
        ({"return_to": "VERIF"}, "returns to VERIF"),
        ({"holders": []}, "`steps.0.holders` is []"),
        ({"holders": [{"by": "calendar"}]}, "only the effect waits for the calendar"),
        ({"kind": "effect"}, "only the effect waits for the calendar"),
        ({"remind_after": [6]}, "reminds after it is due"),
        ({"escalate_after": 4}, "in another order"),
        ({"stalled_after": 4}, "in another order"),
        ({"legal_basis": BASIS | {"source": "S999"}}, "unknown source S999"),
    ],
)
def test_a_faulty_step_is_refused(changes: dict[str, Any], wrong: str) -> None:
    """A route leads from the proposer to an end, on desks that exist, in times that follow each other."""
    assert wrong in of_step(**changes).wrong


def test_a_step_code_is_used_once() -> None:
    """Returns and decisions name a step by its code."""
    route = FILES["routes/promotion.yaml"][0] | {"steps": [step(), step()]}
    (problem,) = problems(routes__promotion=[route])

    assert "step VERIF: appears twice" in problem.wrong


@pytest.mark.parametrize(("ends", "refused"), [(None, True), (date(2026, 1, 2), True), (date(2026, 1, 1), False)])
def test_versions_of_one_rule_do_not_overlap(ends: date | None, refused: bool) -> None:  # noqa: FBT001
    """On every day at most one version of a rule holds; the earlier one ends on the later one's first day."""
    changes = {
        "requirements__promotion": [requirement(valid_to=ends), requirement(valid_from=date(2026, 1, 1))],
    }

    if not refused:
        assert len(load(rule_files(**changes)).rules) == 2
        return
    (problem,) = problems(**changes)
    assert "holds from 2026-01-01, while promotion TIME_IN_RANK of 2000-01-01 still holds" in problem.wrong
    assert problem.instead == "write `valid_to: 2026-01-01` in the earlier entry"


def test_routes_of_one_kind_do_not_overlap() -> None:
    """A proposal finds one route, whatever the routes are called."""
    route = FILES["routes/promotion.yaml"][0]

    assert "REG" in problems(routes__promotion=[route, route | {"code": "OTHER", "kinds": ["STR", "REG"]}])[0].wrong


@pytest.mark.parametrize(
    ("periods", "wrong"),
    [
        (
            [{"valid_to": date(2024, 2, 1)}, {"valid_from": date(2024, 3, 1)}],
            "no version of the calendar from 2024-02-01 to",
        ),
        ([{"valid_to": date(2024, 2, 1)}], "the last version of the calendar ends"),
        ([{"months": [13]}], "`months.0` is 13"),
    ],
)
def test_the_promotion_calendar_has_no_holes(periods: list[dict[str, Any]], wrong: str) -> None:
    """Every day must lie in one window."""
    calendar = {"months": [4], "closes_months_before": 1, "closes_on_day": 15, **SINCE}

    assert wrong in problems(periods=[calendar | period for period in periods])[0].wrong


def test_a_missing_file_and_a_file_that_nobody_reads_are_named() -> None:
    """A misspelt file name is found from both ends."""
    files = [ParsedFile("educaton.yaml" if f.name == "education.yaml" else f.name, f.data) for f in rule_files()]
    with pytest.raises(RulebookUnusable) as refused:
        load(files)

    assert [(problem.file, problem.wrong) for problem in refused.value.problems] == [
        ("education.yaml", "the file is missing"),
        ("educaton.yaml", "nobody reads this file"),
    ]


def test_all_problems_are_listed_at_once() -> None:
    """An editor corrects everything in one go; the text has a line for each."""
    faulty = [requirement(severity="stop"), requirement(passes_when="x", cure={"id": "Tunggu.", "en": ""})]
    with pytest.raises(RulebookUnusable) as refused:
        load(rule_files(requirements__promotion=faulty))

    assert [problem.wrong for problem in refused.value.problems] == [
        "`severity` is 'stop'",
        "cure has no text in `en`",
        "passes_when: unknown variable `x`",
    ]
    assert len(str(refused.value).splitlines()) == 3
