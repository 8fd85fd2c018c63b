"""A case that comes back is judged by the rules it was lodged under, unless newer ones say otherwise."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from activities.settings import Settings
from activities.wiring import backbone
from domain.calendar import first_of_month
from domain.errors import RequirementsNotMet
from domain.proposal import commands as c
from domain.register.changes import PersonFacts
from tests.support.people import CHIEF, HEAD, STAFF, VERIFIER, everybody, staff_facts
from tests.support.story import Office

STRICTER = {"terms.yaml": ("kind: REG\n  years_in_rank: 4", "kind: REG\n  years_in_rank: 5")}
FOLLOW = {"edition.yaml": ("open_cases: keep", "open_cases: follow")}
Changes = Mapping[str, tuple[str, str]]


@pytest.fixture
async def office(settings: Settings) -> Office:
    """Somebody with four years and a half in rank was proposed under the shipped rules, and sent back."""
    async with backbone(settings) as parts:
        found = Office(parts)
        half_way = PersonFacts(subject=STAFF, facts=staff_facts(rank_from=first_of_month(await found.today(), -54)))
        await found.settle_in([half_way, *(person for person in everybody() if person.subject != STAFF)])
        await found.submitted()
        await found.approve(CHIEF, "PENGANTAR_OPD")
        why = {"reason_code": "incomplete", "note": "SKP kurang"}
        await found.record(c.ReturnProposal(step="VERIF", round=1, **why, **found.by(VERIFIER)))
    return found


@asynccontextmanager
async def started_anew(office: Office, folder: Path, changes: Changes) -> AsyncIterator[Office]:
    """The service after somebody has changed its rules."""
    rules = Path(shutil.copytree(Path(str(files("domain.rulebook") / "tables")), folder / "rules"))
    for name, (old, new) in changes.items():
        text = (rules / name).read_text(encoding="utf-8")
        assert old in text
        (rules / name).write_text(text.replace(old, new), encoding="utf-8")
    async with backbone(office.parts.settings.model_copy(update={"rules_dir": rules})) as parts:
        yield replace(office, parts=parts)


async def corrected(office: Office) -> str:
    """Lodge it again; the answer is the version of the rules that judged it."""
    await office.record(c.Submit(note="SKP dilengkapi", **office.by(HEAD)))
    reads = reads_of(office)
    viewer = await reads.viewer(HEAD)
    assert viewer
    return (await reads.dossier(office.proposal_id, viewer)).state.case.assessment.rulebook_version


def reads_of(office: Office) -> Reads:
    """The read side."""
    return Reads(office.parts.reads, office.parts.keys, Context(office.parts.rulebook, office.parts.calendar))


async def test_a_correction_keeps_the_rules_it_was_lodged_under(office: Office, tmp_path: Path) -> None:
    """Five years in rank are asked of whoever is proposed from now on, not of who was in time."""
    async with started_anew(office, tmp_path, STRICTER) as later:
        assert office.parts.rulebook.version == await corrected(later) != later.parts.rulebook.version


async def test_newer_rules_may_say_that_they_judge_open_cases_too(office: Office, tmp_path: Path) -> None:
    """The transition rule of an edition that mends a mistake."""
    async with started_anew(office, tmp_path, {**STRICTER, **FOLLOW}) as later:
        with pytest.raises(RequirementsNotMet):
            await corrected(later)


async def test_another_tmt_is_another_question_for_the_rules_of_today(office: Office, tmp_path: Path) -> None:
    """Who words it anew asks the rules in force."""
    async with started_anew(office, tmp_path, STRICTER) as later:
        other = c.PromotionAsked(subject=STAFF, target_tmt=first_of_month(await later.today(), 3))
        await later.record(c.ChangeDraft(asked=other, **later.by(HEAD)))
        with pytest.raises(RequirementsNotMet) as refused:
            await corrected(later)

    assert "TIME_IN_RANK" in refused.value.requirements


async def test_actions_ask_the_same_rules_as_the_call(office: Office, tmp_path: Path) -> None:
    """What is shown as allowed is allowed."""
    async with started_anew(office, tmp_path, STRICTER) as later:
        reads = reads_of(later)
        viewer = await reads.viewer(HEAD)
        assert viewer
        _, found = await reads.actions(later.proposal_id, viewer)

    assert next(action for action in found if action.verb == "submit").allowed
