"""Commands that arrive at one instant at two APIs: one winner each, and whoever loses knows to whom, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.wiring import Backbone
from tests.conftest import Database
from tests.faults.lab.races import OFTEN, Answer, Place, Race, Sent, arena, misanswered
from tests.support.people import CHIEF, HEAD, VERIFIER

AT = "2026-04-09T07:03:00Z"
RECEIPT = {"recorded_at": AT, "first_version": 7, "version": 8}
CLOSED = {"code": "step-closed", "decided_by": CHIEF, "decided_at": "2026-04-09T07:03:00+00:00"}
STALE = {"code": "stale-version", "changed_by": CHIEF, "changed_at": AT}
WON = Answer(Sent(CHIEF, "approval", "command-1"), 200, RECEIPT)
LOST = Answer(Sent(VERIFIER, "approval", "command-2"), 409, CLOSED)
LATE = Answer(Sent(HEAD, "withdrawal", "command-2"), 412, STALE)
TWIN = replace(WON, repeated=True)


@pytest.mark.slow
async def test_every_race_has_one_winner_and_without_the_keys_it_has_not(
    parts: Backbone, database: Database, tmp_path: Path
) -> None:
    """Sixty races with each kind among them; then the keys that make them fair are dropped, and that is seen."""
    async with arena(parts, tmp_path) as fair:
        await fair.race(pairs=60, seed=1)
        assert [str(finding) for finding in fair.findings] == []
        assert Counter(race.kind for race in fair.races).keys() == OFTEN.keys()

        await without_keys(database)
        unfair = replace(fair, races=[], findings=[])
        await unfair.race(pairs=12, seed=2)
    assert {finding.logged for finding in unfair.findings} == {True, False}
    assert [finding for finding in unfair.findings if "2 winners" in finding.what]
    assert [finding for finding in unfair.findings if "decided 2 times" in finding.what]


async def without_keys(database: Database) -> None:
    """Nothing in the database stands against a second decision any more."""
    keys = {"events": "stream_version_key", "command_receipts": "pkey", "decisions": "pkey", "inbox": "pkey"}
    engine = create_async_engine(database.owner_url)
    async with engine.begin() as connection:
        for table, key in keys.items():
            await connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{key}"))
    await engine.dispose()


def faults(kind: str, *answers: Answer) -> list[str]:
    """What is found wrong with the answers of a race."""
    return list(misanswered(Race(kind, "KP-2026-000001", Place("VERIF", 1, 6), answers, 0.1)))


@pytest.mark.parametrize(
    ("kind", "answers"),
    [("two holders", (WON, LOST)), ("withdrawal", (LATE, WON)), ("same id", (TWIN, WON, TWIN))],
)
def test_a_fair_race_is_found_fair(kind: str, answers: tuple[Answer, ...]) -> None:
    """One winner, and everybody knows what there is to know."""
    assert faults(kind, *answers) == []


def but(told: Mapping[str, Any], **changes: Any) -> Mapping[str, Any]:
    """The same words with some of them changed."""
    return {**told, **changes}


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("two holders", (WON, WON)),
        ("two holders", (LOST, LOST)),
        ("two holders", (WON, replace(LOST, told=but(CLOSED, decided_by="")))),
        ("two holders", (WON, replace(LOST, told=but(CLOSED, decided_at=None)))),
        ("two holders", (WON, replace(LOST, told=but(CLOSED, decided_by=VERIFIER)))),
        ("two holders", (WON, replace(LOST, status=500, told={"code": "unexpected"}))),
        ("withdrawal", (WON, replace(LATE, told=but(STALE, changed_by=HEAD)))),
        ("id reused", (WON, replace(LOST, sent=WON.sent))),
        ("same id", (WON, WON, TWIN)),
        ("same id", (WON, TWIN, replace(TWIN, told=but(RECEIPT, version=9)))),
        ("same id", (WON, TWIN, replace(LOST, sent=WON.sent))),
    ],
)
def test_an_unfair_race_is_found_out(kind: str, answers: tuple[Answer, ...]) -> None:
    """Two winners or none, a loser who is not told, two receipts for one command: each is a finding."""
    assert len(faults(kind, *answers)) == 1
