"""`jenjang rulebook mutants` and `replay` as a policy officer runs them; `check` has a test of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from activities.settings import Settings
from activities.wiring import Backbone
from api.cli import app
from domain.calendar import first_of_month
from domain.register.changes import PersonFacts
from tests.faults.lab.planted import ROOT
from tests.support.people import STAFF, everybody, staff_facts
from tests.support.story import Office

DEAD = """
- code: PLANTED_DEAD
  matter: promotion
  applies_when: target_level > 17
  inputs: [target_level]
  passes_when: target_level < 20
  severity: block
  message: {id: Terlalu lama., en: Too long.}
  cure: {id: Tidak ada., en: There is none.}
  valid_from: 2000-11-17
  legal_basis: {regulation: PP 99/2000, article: pasal 7, confidence: sourced, source: S7}
"""
WRITTEN = ROOT / "tests" / "rulebook" / "situations"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy of the shipped rule files, to be changed."""
    return Path(shutil.copytree(Path(str(files("domain.rulebook") / "tables")), tmp_path / "draft"))


@pytest.fixture
def situations(tmp_path: Path) -> Path:
    """The shipped situations of regular promotions alone: they are quickly asked."""
    folder = tmp_path / "situations"
    folder.mkdir()
    shutil.copy(WRITTEN / "promotion_reg.yaml", folder)
    return folder


def mutants(*words: str) -> int:
    """The exit code of the command."""
    code: int = app(["rulebook", "mutants", *words], result_action="return_value")
    return code


def test_a_rule_that_situations_try_from_both_sides_is_alive(
    situations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every change of the shipped rule about the ceiling of education is noticed by some shipped situation."""
    assert mutants("--situations", str(situations), "--only", "EDUCATION_CEILING") == 0
    assert "0 of them noticed by no situation" in capsys.readouterr().out


def test_a_dead_rule_planted_in_the_shipped_files_is_named(
    draft: Path, situations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With file and line; nobody is promoted beyond the highest grade."""
    (draft / "requirements" / "planted.yaml").write_text(DEAD, encoding="utf-8")

    assert mutants("--rules", str(draft), "--situations", str(situations), "--only", "PLANTED_DEAD") == 1
    said = capsys.readouterr().out
    assert "✗ requirements/planted.yaml:7: PLANTED_DEAD: severity: block → warn" in said
    assert "✗ requirements/planted.yaml:6: PLANTED_DEAD: passes_when: target_level < ⟨20 → 21⟩" in said


def test_mutants_of_files_that_are_wrong_are_not_made(draft: Path, situations: Path) -> None:
    """Neither of rules that would not load, nor with situations that cannot be asked."""
    (draft / "edition.yaml").write_text("edition: 7\n", encoding="utf-8")
    assert mutants("--rules", str(draft), "--situations", str(situations)) == 2
    (situations / "bad.yaml").write_text("asks: {}\n", encoding="utf-8")
    assert mutants("--situations", str(situations)) == 2
    assert mutants("--situations", str(draft)) == 2


def test_a_misspelt_name_is_no_success(situations: Path) -> None:
    """Nothing was changed, so nothing was noticed either."""
    assert mutants("--only", "NO_SUCH_RULE", "--situations", str(situations)) == 2


async def command(settings: Settings, *words: str, **chosen: str) -> tuple[int | None, list[str]]:
    """Exit code and lines of the command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JENJANG_", "TEMPORAL_"))}
    secrets = {"database_url": settings.database_url, "token_key": settings.token_key, "vault_key": settings.vault_key}
    given = {f"JENJANG_{name.upper()}": secret.get_secret_value() for name, secret in secrets.items() if secret}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "api.cli", "rulebook", *words),
        env={**kept, "JENJANG_MODE": "test", **given, **chosen, "PYTHONPATH": str(ROOT)},
        cwd=settings.data_dir,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    return process.returncode, [*out.decode().splitlines(), *errors.decode().splitlines()]


async def test_a_draft_is_replayed_over_past_and_open_cases(parts: Backbone, settings: Settings, draft: Path) -> None:
    """Unchanged it flips nothing; a year more in rank flips the case, told before and after; a broken one is told."""
    office = Office(parts)
    half_way = PersonFacts(subject=STAFF, facts=staff_facts(rank_from=first_of_month(await office.today(), -54)))
    await office.settle_in([half_way, *(person for person in everybody() if person.subject != STAFF)])
    case = await office.submitted()

    code, lines = await command(settings, "replay", "--draft", str(draft))
    assert (code, lines[-1]) == (0, "nothing flips")

    terms = draft / "terms.yaml"
    terms.write_text(terms.read_text().replace("kind: REG\n  years_in_rank: 4", "kind: REG\n  years_in_rank: 5"))
    code, lines = await command(settings, "replay", "--draft", str(draft))
    assert code == 1
    assert lines[0].startswith(f"submissions re-assessed under {parts.rulebook.version} and ")
    assert [line for line in lines if line.startswith(f"{case}, round 1, lodged ") and "in-review" in line] == lines[1:]
    assert lines[1].endswith(f"TIME_IN_RANK ({STAFF[:8]}): met → blocks")
    assert "earliest TMT: " in lines[2]

    (draft / "edition.yaml").write_text("edition: 7\n", encoding="utf-8")
    code, lines = await command(settings, "replay", "--draft", str(draft))
    assert (code, lines) == (2, ['edition.yaml:1: -: `edition` is 7, not text; write "7" in quotes'])


async def test_editions_say_which_rules_are_in_force(parts: Backbone, settings: Settings, draft: Path) -> None:
    """Those of the folder; with a faulty file the last good ones, and what is wrong with the file."""
    code, lines = await command(settings, "editions")
    assert (code, len(lines)) == (0, 1)
    assert lines[0].startswith(f"{parts.rulebook.version}  ")
    assert lines[0].endswith("in force")

    (draft / "edition.yaml").write_text('edition: "7"\n', encoding="utf-8")
    for _ in range(2):
        code, lines = await command(settings, "editions", JENJANG_RULES_DIR=str(draft))
        assert (code, len(lines)) == (0, 2)
        assert lines[0].endswith("in force")
        assert lines[1].startswith("at the next start: 7-")

    (draft / "edition.yaml").write_text("edition: 7\n", encoding="utf-8")
    code, lines = await command(settings, "editions", JENJANG_RULES_DIR=str(draft))
    told = [line for line in lines if line.startswith((parts.rulebook.version, "✗"))]
    assert code == 1
    assert told[0].endswith("in force")
    assert told[1] == '✗ edition.yaml:1: -: `edition` is 7, not text; write "7" in quotes'
