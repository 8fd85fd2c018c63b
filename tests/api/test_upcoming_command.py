"""`jenjang upcoming`: the list as an operator sees it, and the same as JSON for programs."""

from __future__ import annotations

import asyncio
import json
import os
import sys

import pytest

from activities.settings import Settings
from activities.wiring import Backbone
from domain.promotion.eligibility import next_tmt
from domain.proposal.commands import PromotionAsked
from tests.faults.lab.planted import ROOT
from tests.support.hopefuls import FAR, SOON, UNPLACED, UNSCHOOLED, hopefuls
from tests.support.named import give_names
from tests.support.people import STAFF
from tests.support.story import Office


async def said(settings: Settings, *words: str) -> str:
    """What the command prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JENJANG_", "TEMPORAL_"))}
    secrets = {"database_url": settings.database_url, "token_key": settings.token_key, "vault_key": settings.vault_key}
    given = {f"JENJANG_{name.upper()}": secret.get_secret_value() for name, secret in secrets.items() if secret}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "api.cli", "upcoming", *words),
        env={**kept, "JENJANG_MODE": "test", **given, "PYTHONPATH": str(ROOT), "COLUMNS": "400"},
        cwd=settings.data_dir,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """The invented office with its hopeful staff, of whom one has a name and a draft."""
    found = Office(parts)
    await found.settle_in(hopefuls(next_tmt(await found.today(), parts.rulebook)))
    await give_names(parts)
    await found.draft(PromotionAsked(subject=STAFF))
    return found


async def test_people_are_shown_by_unit_with_what_is_missing_and_its_cure(office: Office, settings: Settings) -> None:
    """Names where there are any, the proposal that is open, and a count of each outlook."""
    told = await said(settings, "--locale", "en")
    before, _, section = told.partition("Seksi A1")

    assert UNPLACED[:8] in before.partition("Without a unit")[2]
    assert "not recorded: post" in before
    assert "Sekar Ayu Wulandari, S.E." in section
    assert office.proposal_id in section
    assert "nearly eligible" in section
    assert "Propose for a TMT after" in section
    assert told.strip().splitlines()[-1].startswith("eligible: ")


async def test_programs_get_the_same_people_for_the_tmt_they_ask_for(office: Office, settings: Settings) -> None:
    """In the language they ask for."""
    tmt = next_tmt(await office.today(), office.parts.rulebook)
    told = json.loads(await said(settings, "--tmt", f"{tmt}", "--json", "--locale", "id"))
    found = {row["subject"]: row for row in told["items"]}

    assert told["tmt"] == f"{tmt}"
    assert {STAFF, SOON, UNSCHOOLED, UNPLACED} <= found.keys()
    assert FAR not in found
    assert found[STAFF]["proposal_id"] == office.proposal_id
    assert found[SOON]["outlook_text"] == "hampir memenuhi syarat"
    assert told["names"][STAFF] == "Sekar Ayu Wulandari, S.E."
    assert told["units"]["SEKSI-A1"] == "Seksi A1"
