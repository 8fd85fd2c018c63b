from __future__ import annotations

import re
from datetime import date

import pytest

from domain.errors import RouteMissing
from domain.rulebook.load import load
from domain.rulebook.model import Severity, Text
from domain.rulebook.problems import ParsedFile
from domain.rulebook.rulebook import digest, route_hash
from tests.support.rules import FILES, requirement, rule_files, step

DAY = date(2026, 1, 1)


def test_the_version_names_label_and_content() -> None:
    """The label of the edition, then twelve hexadecimal digits of the content."""
    assert re.fullmatch(r"test-[0-9a-f]{12}", load(rule_files()).version)


def test_the_version_is_the_same_for_the_same_content() -> None:
    """The order in which files and keys are read does not matter."""
    shuffled = [
        ParsedFile(file.name, dict(reversed(file.data.items())) if isinstance(file.data, dict) else file.data)
        for file in reversed(rule_files())
    ]

    assert load(rule_files()).version == load(shuffled).version


def test_the_version_changes_with_any_value() -> None:
    """One word of one message is another rulebook."""
    changed = rule_files(requirements__promotion=[requirement(cure={"id": "Tunggu", "en": "Wait."})])

    assert load(rule_files()).version != load(changed).version


def test_canonical_content_has_a_known_hash() -> None:
    """Pinned, so that no machine and no release computes another one."""
    content = {"b": date(2026, 1, 1), "a": ["–", 1, True, None]}

    assert digest(content) == "abced5acada4799aab0c829984da6ed5d8f523749c323294c0a31e8294f434de"


def test_a_route_is_found_by_kind_and_day() -> None:
    """The route in force on the day, and none before it."""
    rulebook = load(rule_files())

    assert rulebook.route("promotion", "REG", DAY).code == "R"
    with pytest.raises(RouteMissing):
        rulebook.route("promotion", "REG", date(1999, 12, 31))


@pytest.mark.parametrize(("matter", "kind"), [("promotion", "STR"), ("rotation", "REG")])
def test_no_route_for_another_kind_or_matter(matter: str, kind: str) -> None:
    """A kind that no route takes is refused, by its name."""
    with pytest.raises(RouteMissing) as refused:
        load(rule_files()).route(matter, kind, DAY)  # type: ignore[arg-type]

    assert refused.value.kind == kind


def test_the_hash_of_a_route_follows_its_steps() -> None:
    """The same route has the same hash; one changed day has another."""
    changed = FILES["routes/promotion.yaml"][0] | {"steps": [step(due_after=6, escalate_after=6)]}
    routes = [load(files).routes[0] for files in (rule_files(), rule_files(), rule_files(routes__promotion=[changed]))]

    first, same, other = map(route_hash, routes)
    assert first == same
    assert first != other


def test_the_law_of_the_day_is_asked() -> None:
    """Of two versions of a rule, the one in force on the TMT answers."""
    rulebook = load(
        rule_files(
            requirements__promotion=[
                requirement(valid_to=DAY),
                requirement(valid_from=DAY, passes_when="years_in_rank >= 2", severity="warn"),
            ]
        )
    )

    assert [r.severity for r in rulebook.requirements("promotion", date(2025, 12, 31))] == [Severity.BLOCK]
    assert [r.severity for r in rulebook.requirements("promotion", DAY)] == [Severity.WARN]
    assert rulebook.requirements("rotation", DAY) == []


def test_a_sentence_is_filled_with_dashes_for_what_is_unknown() -> None:
    """No reader sees a placeholder."""
    text = Text(id="{a} dan {b}, {c}", en="{a} and {b}, {c}").filled({"a": "1", "c": ""})

    assert (text.id, text.en) == ("1 dan –, –", "1 and –, –")
