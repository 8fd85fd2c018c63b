"""Every written situation, asked of the shipped rulebook: what blocks, what is unknown, what warns, from when on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from activities.rule_files import read_rulebook
from domain.rulebook.model import Assessment, Finding, Severity, Verdict
from domain.situations.questions import situation_of

RULEBOOK = read_rulebook()
FOLDER = Path(__file__).parent / "situations"


def situations() -> list[Any]:
    """Every situation of every file; `like` names an earlier one of the file whose people and question it changes."""
    return list(_told())


def _told() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        told: dict[str, dict[str, Any]] = {}
        for words in yaml.safe_load(path.read_text(encoding="utf-8")):
            like = told.get(words.get("like", ""), {})
            inherited = {key: _over(like.get(key), words.get(key)) for key in ("person", "people", "asks")}
            told[words["situation"]] = inherited
            yield pytest.param(inherited | {"expect": words["expect"]}, id=f"{path.stem}: {words['situation']}")


def _over(old: Any, new: Any) -> Any:
    if new is None:
        return old
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new


def assessed(words: dict[str, Any]) -> Assessment:
    """What the rulebook says to the situation."""
    return situation_of({key: value for key, value in words.items() if value and key != "expect"}).assessed(RULEBOOK)


def _answers(assessment: Assessment) -> dict[str, list[str]]:
    def codes(verdict: Verdict, *, warn: bool) -> list[str]:
        found = [f for f in assessment.findings if f.verdict is verdict and (f.severity is Severity.WARN) is warn]
        return sorted({f.requirement for f in found})

    return {
        "blocks": codes(Verdict.NOT_MET, warn=False),
        "unknown": codes(Verdict.CANNOT_TELL, warn=False),
        "warns": codes(Verdict.NOT_MET, warn=True),
    }


@pytest.mark.parametrize("words", situations())
def test_the_rulebook_answers_as_the_law_is_read(words: dict[str, Any]) -> None:
    """Exactly the named requirements stand against it, and the whole would pass from the named TMT."""
    expected = words["expect"]
    assessment = assessed(words)

    assert {
        "blocks": sorted(expected.get("blocks", [])),
        "unknown": sorted(expected.get("unknown", [])),
        "warns": sorted(expected.get("warns", [])),
    } == _answers(assessment)
    assert expected.get("earliest") == assessment.earliest_tmt


@pytest.mark.parametrize("words", situations())
def test_a_gap_in_the_data_never_refuses(words: dict[str, Any]) -> None:
    """What cannot be told is returned for completion, with the missing inputs named."""
    gaps = [f for f in assessed(words).findings if f.verdict is Verdict.CANNOT_TELL]

    assert all(gap.missing and not gap.blocks for gap in gaps)


@pytest.mark.parametrize("words", situations())
def test_every_sentence_is_filled_from_declared_inputs(words: dict[str, Any]) -> None:
    """No reader sees a placeholder, in either language."""
    sentences = [sentence for finding in assessed(words).findings for sentence in _sentences(finding)]

    assert sentences
    assert not [sentence for sentence in sentences if "{" in sentence]


def _sentences(finding: Finding) -> list[str]:
    message, cure = finding.message.filled(finding.inputs), finding.cure.filled(finding.inputs)
    return [message.id, message.en, cure.id, cure.en]


def test_every_requirement_is_met_and_not_met_somewhere() -> None:
    """A rule that no situation can make fail, or pass, is not tested: each code appears with both verdicts."""
    seen = {(f.requirement, f.verdict) for item in situations() for f in assessed(item.values[0]).findings}
    wanted = {(rule.requirement.code, verdict) for rule in RULEBOOK.rules for verdict in (Verdict.MET, Verdict.NOT_MET)}

    assert set() == wanted - seen
