"""`jenjang rulebook check`: the shipped files are fine, and every planted fault is named with file, line and cure."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from activities.rule_files import read_rulebook
from api.commands.rules import check

SHIPPED = Path(str(files("domain.rulebook") / "tables"))
SECOND_CEILINGS = """
- valid_from: 2025-03-01
  legal_basis: {regulation: PP 99/2000, article: pasal 8, confidence: sourced, source: S7}
  ceilings: {"40": III/d}
"""
OF_NO_KIND = """
- code: OF_NO_KIND
  matter: promotion
  applies_when: kind == 'RGE'
  inputs: [kind]
  passes_when: kind != ''
  severity: block
  message: {id: Jenis usul., en: The kind of proposal.}
  cure: {id: Ubah., en: Change it.}
  valid_from: 2000-11-17
  legal_basis: {regulation: PP 99/2000, article: pasal 7, confidence: sourced, source: S7}
"""
PLANTED = {
    "a gap between two versions of a table": (
        "education.yaml",
        lambda text: text.replace("  ceilings:", "  valid_to: 2025-02-01\n  ceilings:") + SECOND_CEILINGS,
        "no version of the table from 2025-02-01 to 2025-03-01; write `valid_from: 2025-02-01`",
    ),
    "two versions of a table that hold at once": (
        "education.yaml",
        lambda text: text + SECOND_CEILINGS,
        "write `valid_to: 2025-03-01` in the earlier entry",
    ),
    "a parameter that ends": (
        "parameters.yaml",
        lambda text: text.replace("valid_from: 2000-11-17", "valid_from: 2000-11-17\n  valid_to: 2030-01-01", 1),
        "the last version of skp-cutoff-month ends; remove its valid_to",
    ),
    "no calendar at all": ("periods.yaml", lambda _: "[]", "there is no calendar; add an entry"),
    "a table without an article": (
        "structural_ladder.yaml",
        lambda text: text.replace("    article: ", "    # article: "),
        "no article of law; add `article:` to legal_basis",
    ),
    "a step without an article": (
        "routes/kp_reg.yaml",
        lambda text: text.replace("article: surat pengantar kepala OPD", 'article: ""'),
        "no article of law; add `article:` to legal_basis",
    ),
    "a title in one language": (
        "routes/kp_reg.yaml",
        lambda text: text.replace("en: Verification by BKPSDM", 'en: " "'),
        "steps.1.title has no text in `en`; write the sentence",
    ),
    "a name in one language": (
        "freezes.yaml",
        lambda text: text.replace("en: freeze before the regional elections of 2024", 'en: ""'),
        "name has no text in `en`; write the sentence",
    ),
    "a rule for a kind without a route": (
        "requirements/another.yaml",
        lambda _: OF_NO_KIND,
        "applies_when: no route takes the kind `RGE`; write `REG`",
    ),
    "a brace that is not closed": (
        "requirements/promotion_common.yaml",
        lambda text: text.replace("    id: ", "    id: Usul {", 1),
        "message has a brace in `id` that belongs to no {name}; close it, or leave it out",
    ),
    "an objection without its last day": (
        "objections.yaml",
        lambda text: text.replace("by {until}", "by {untill}"),
        "text (en) shows {untill}; write `until`",
    ),
    "a reason for a kind without a route": (
        "reasons.yaml",
        lambda text: text.replace("kinds: [STR]", "kinds: [STK]", 1),
        "unknown in `kinds`: STK; write `STR`",
    ),
    "a reason that names a requirement which is not there": (
        "reasons.yaml",
        lambda text: text.replace("[LEADERSHIP_TRAINING]", "[LEADERSHIP_TRAINIG]"),
        "unknown in `requirements`: LEADERSHIP_TRAINIG; write `LEADERSHIP_TRAINING`",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rule files, to be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "tables"))


def test_the_shipped_rules_are_fine_and_weak_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Version, counts, and every rule that only warns because nobody could check its source."""
    rulebook = read_rulebook()
    weak = {rule.requirement.code for rule in rulebook.rules if rule.requirement.legal_basis.confidence == "weak"}

    assert check() == 0
    said = capsys.readouterr().out
    assert f"{rulebook.version}: {len(rulebook.rules)} rules" in said
    assert weak
    assert weak == {line.strip().partition(":")[0] for line in said.splitlines() if line.startswith("  ")}


def test_an_undamaged_copy_is_fine(folder: Path) -> None:
    """The control of every fault below."""
    assert check(folder) == 0


def test_a_line_number_is_no_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Between colons, 100 would be printed as a smiling symbol."""
    edition = folder / "edition.yaml"
    edition.write_text("\n" * 99 + "edition: 7\n", encoding="utf-8")

    assert check(folder) == 1
    assert "✗ edition.yaml:100: -: `edition` is 7, not text" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "damage", "told"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, damage: Callable[[str], str], told: str
) -> None:
    """File and line, what is wrong, and what to write instead; the command fails."""
    file = folder / name
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(damage(before), encoding="utf-8")

    assert file.read_text(encoding="utf-8") != before
    assert check(folder) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if told in line]
    assert lines
    assert all(line.startswith(f"✗ {name}:") for line in lines)
