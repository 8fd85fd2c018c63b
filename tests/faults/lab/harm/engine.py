"""The engine forgets everything, or what it knew last; signals come doubled, disordered, late and out of the blue."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.lab.machine import Machine
from workflows.poke import Poker

ABSURD = (0, 1, -1, 10**9)
STRAYS = 20


async def lose(machine: Machine, random: Random, seconds: float) -> int:
    """Killed in the middle of its work, and its database deleted; then `rebuild-engine`, as the handbook says."""
    await asyncio.sleep(random.uniform(0, seconds / 2))
    async with machine.down("temporal"):
        shutil.rmtree(_home(machine))
        await asyncio.sleep(random.uniform(0, seconds / 2))
    await _rebuild(machine)
    return 1


async def put_back(machine: Machine, random: Random, seconds: float) -> int:
    """Killed, and its database replaced by an older copy of itself; then `rebuild-engine`."""
    database, backup = _home(machine) / "temporal.db", machine.folder.root / "older.db"
    await asyncio.to_thread(_copy, database, backup)
    await asyncio.sleep(random.uniform(seconds / 2, seconds))
    async with machine.down("temporal"):
        for file in _home(machine).glob("temporal.db*"):
            file.unlink()
        backup.rename(database)
    await _rebuild(machine)
    return 1


async def stray_pokes(machine: Machine, random: Random, seconds: float) -> int:
    """Pokes that nobody owes: doubled, backwards, with absurd versions, to open cases and to those that have ended."""
    poker, poked = Poker(await machine.client(), machine.settings.temporal_task_queue), 0
    for _ in range(STRAYS):
        cases = await _cases(machine)
        if cases:
            number, matter, version = random.choice(cases)
            versions = [*ABSURD, version, version, version + 1, *range(max(1, version - 3), version)]
            random.shuffle(versions)
            pokes = (poker.poke(number, matter, absurd) for absurd in versions)
            answers = await asyncio.gather(*pokes, return_exceptions=True)
            poked += sum(answer is None for answer in answers)
        await asyncio.sleep(random.uniform(0, seconds / STRAYS))
    return poked


def _home(machine: Machine) -> Path:
    return machine.folder.root / "temporal"


async def _rebuild(machine: Machine) -> None:
    """Once, whatever it says: people go on meanwhile, and other things may be broken. The invariants judge."""
    await machine.up("temporal")
    rebuild = machine.command("rebuild-engine", "--patience", "0")
    await rebuild.start()
    await rebuild.ended()


def _copy(database: Path, backup: Path) -> None:
    """A consistent copy while the server works."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)


async def _cases(machine: Machine) -> list[tuple[str, str, int]]:
    """Every case, open or not; none when the database is away."""
    engine = create_async_engine(machine.owner_url)
    try:
        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT proposal_id, matter, version FROM cases"))
            return [tuple(row) for row in rows]
    except OSError:
        return []
    finally:
        await engine.dispose()
