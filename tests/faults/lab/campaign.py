"""Rounds of faults on a crowd at work, by a schedule with a seed; the table of what they did, and of what was lost."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from cyclopts import App
from rich.console import Console

from tests.faults.lab.faults import FAULTS
from tests.faults.lab.harm.database import small_disk, why_no_disk
from tests.faults.lab.report import Outcome, Report
from tests.faults.lab.schedule import Round, rounds
from tests.faults.lab.trial import trial

CASES, MORE = 50, 20
"""Proposals at once in the first round, and how many each later round adds to those that are still open."""
SPREAD = 10.0
"""Seconds within which the faults of a round begin."""
STRETCHES = (0, 1, 9)
"""Days that may pass between two rounds."""
SHORTEST_ROUND = 30.0
STAFF_BEYOND = 60
"""People for a round's later waves."""
OUT = Path("out/faults")
WIDTH = 120
"""Of the table, when it goes to a file."""

app = App(name="campaign", help="Rounds of faults on real processes; exit 1 when a promise was broken.")


@app.default
async def main(
    *, minutes: float = 3, seed: int = 1, only: int | None = None, first: int = CASES, more: int = MORE, out: Path = OUT
) -> int:
    """Strike for so many minutes, let everything end, print the table, and every broken promise with the seed.

    `only` runs that one round of the seed's schedule. `first` and `more` are how many proposals begin at once in the
    quiet round and in each later one.
    """
    _end_well_on_sigterm()
    skipped = {fault.name: reason for fault in FAULTS.values() if (reason := fault.needs())}
    schedule = rounds(seed, [fault for fault in FAULTS.values() if fault.name not in skipped], SPREAD)
    report = Report(out / f"seed-{seed}.jsonl", _about(seed))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    staff = first + int(minutes * 60 / SHORTEST_ROUND + 2) * (more + STAFF_BEYOND)
    with _place() as (folder, database_folder):
        async with trial(folder, staff=staff, seed=seed, database_folder=database_folder) as running:
            for plan in _plans(schedule, minutes, only):
                running.cases = more if plan.number else first
                report.add(await running.round(plan, Random(f"{plan.seed}/days").choice(STRETCHES)))
                console.print(_told(report.outcomes[-1]), highlight=False)
            report.add(await running.finish(len(report.outcomes)))
        if report.findings:
            shutil.copytree(running.machine.folder.root / "log", out / f"seed-{seed}-log", dirs_exist_ok=True)
    console.print(report.table(skipped))
    for finding in report.findings:
        console.print(f"✗ {finding.invariant}: {finding.what}", highlight=False, markup=False)
    console.print(f"seed {seed}: {len(report.findings)} promises broken; every round is a line in {report.path}")
    return 1 if report.findings else 0


def _plans(schedule: Iterator[Round], minutes: float, only: int | None) -> Iterator[Round]:
    """That one round; else the quiet one first, then others for so many minutes."""
    if only is not None:
        yield next(islice(schedule, only, None))
        return
    yield next(schedule)
    give_up = monotonic() + minutes * 60
    while monotonic() < give_up:
        yield next(schedule)


def _end_well_on_sigterm() -> None:
    """A disk that was mounted is gone however we end."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


@contextmanager
def _place() -> Iterator[tuple[Path, Path | None]]:
    """Where everything lies, and the database on a small disk of its own when this machine can have one."""
    with TemporaryDirectory(prefix="jenjang-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if why_no_disk():
            yield folder, None
        else:
            with small_disk(folder / "database" / "postgres", folder / "disk"):
                yield folder, folder / "database"


def _told(outcome: Outcome) -> str:
    recovery = "" if outcome.recovery is None else f", recovered in {outcome.recovery:.1f} s"
    strikes = ", ".join(f"{name} ×{times}" for name, times in outcome.strikes.items()) or "quiet"
    broken = f", ✗ {len(outcome.findings)} promises broken" if outcome.findings else ""
    took = f"{outcome.count.commands} commands in {outcome.seconds:.0f} s"
    return f"{outcome.number:>3} {strikes}: {took}{recovery}{broken}"


def _about(seed: int) -> dict[str, str]:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    versions = {name: version(name) for name in ("temporalio", "sqlalchemy", "fastapi", "psycopg")}
    return {"campaign": str(seed), "commit": commit, **versions}


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
