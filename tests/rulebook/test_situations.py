"""Every written situation, asked of the shipped rulebook: what blocks, what is unknown, what warns, from when on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from activities.rule_files import read_rulebook
from activities.situation_files import read_situations
from activities.yaml_files import read_yaml
from domain.rulebook.model import Assessment, Finding, Verdict
from domain.situations.files import told
from domain.situations.outcomes import outcome_of

RULEBOOK = read_rulebook()
FILES = sorted((Path(__file__).parent / "situations").glob("*.yaml"))
SITUATIONS = {f"{path.stem}: {one.words.name}": one for path in FILES for one in told(read_yaml(path.name, path))}


@cache
def assessed(name: str) -> Assessment:
    """What the rulebook says to the situation."""
    return SITUATIONS[name].situation.assessed(RULEBOOK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_code_is_known(path: Path) -> None:
    """To SIASN, or to a rule, table or route; and every situation says what it expects."""
    assert all(one.expected for one in read_situations(path.name, path, RULEBOOK))


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_rulebook_answers_as_the_law_is_read(name: str) -> None:
    """Exactly the named requirements stand against it, and the whole would pass from the named TMT."""
    expected = SITUATIONS[name].expected

    assert expected is not None
    assert list(outcome_of(assessed(name)).against(expected)) == []


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_gap_in_the_data_never_refuses(name: str) -> None:
    """What cannot be told is returned for completion, with the missing inputs named."""
    gaps = [f for f in assessed(name).findings if f.verdict is Verdict.CANNOT_TELL]

    assert all(gap.missing and not gap.blocks for gap in gaps)


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_sentence_is_filled_from_declared_inputs(name: str) -> None:
    """No reader sees a placeholder, in either language."""
    sentences = [sentence for finding in assessed(name).findings for sentence in _sentences(finding)]

    assert sentences
    assert not [sentence for sentence in sentences if "{" in sentence]


def _sentences(finding: Finding) -> list[str]:
    message, cure = finding.message.filled(finding.inputs), finding.cure.filled(finding.inputs)
    return [message.id, message.en, cure.id, cure.en]


def test_every_requirement_is_met_and_not_met_somewhere() -> None:
    """A rule that no situation can make fail, or pass, is not tested: each code appears with both verdicts."""
    seen = {(f.requirement, f.verdict) for name in SITUATIONS for f in assessed(name).findings}
    wanted = {(rule.requirement.code, verdict) for rule in RULEBOOK.rules for verdict in (Verdict.MET, Verdict.NOT_MET)}

    assert set() == wanted - seen
