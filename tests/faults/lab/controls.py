"""Positive controls: a lab that finds nothing proves something only if it finds what is broken on purpose.

Each protection in turn is taken away in a copy of the source, and the promise that it kept must be found broken.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from cyclopts import App
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.lab import invariants
from tests.faults.lab.book import Book
from tests.faults.lab.driver import Crowd, Habits
from tests.faults.lab.judging.evidence import Evidence, Finding
from tests.faults.lab.judging.log import read
from tests.faults.lab.machine import machine
from tests.faults.lab.office import settle
from tests.faults.lab.planted import CRASH_POINTS, Edit, planted
from tests.faults.lab.switched_off import CONTROLS
from tests.faults.lab.switched_off.control import Control, Scene

CASES = 14
HABITS = Habits(twins=0.2, rivals=0.5)
"""A crowd that is often of two minds."""
HURRY = (Edit("workflows/relay.py", "RECONCILE = 60.0\n", "RECONCILE = 2.0\n"),)
PATIENCE = 10.0
"""Seconds until every open case has its workflow, when reconciliations are two seconds apart."""


@dataclass(frozen=True)
class Verdict:
    """What the lab found; a control must be red, an intact service must not."""

    control: Control
    intact: bool
    seconds: float
    findings: Sequence[Finding] = ()
    fault: str = ""
    counts: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(finding.invariant for finding in self.findings))

    @property
    def right(self) -> bool:
        """Whether the lab said what it had to say."""
        if self.intact:
            return not self.findings and not self.fault
        wanted = self.control.expected.items()
        return all(any(f.invariant == name and words in f.what for f in self.findings) for name, words in wanted)


@dataclass(frozen=True)
class Conditions:
    """How a control is tried: `intact` does its harm to the service as it is; so many proposals at once."""

    intact: bool = False
    seed: int = 1
    cases: int = CASES


async def tried(control: Control, folder: Path, conditions: Conditions) -> Verdict:
    """Run the control in a folder of its own. Whatever breaks down on the way is told beside the findings."""
    begun, fault = monotonic(), ""
    found: list[Finding] = []
    try:
        found = await _findings(control, folder, conditions)
    except Exception as error:  # noqa: BLE001 - the next control is tried all the same
        fault = f"{type(error).__name__}: {error}"
    return Verdict(control, conditions.intact, monotonic() - begun, found, fault)


async def _findings(control: Control, folder: Path, conditions: Conditions) -> list[Finding]:
    intact = conditions.intact
    source = planted(folder / "source", [*CRASH_POINTS.values(), *HURRY, *(() if intact else control.edits)])
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(machine(folder / "machine", source=source, workers=1, relays=1))
        office = await settle(running.settings, 2 * conditions.cases)
        book = stack.enter_context(Book(folder / "book.jsonl"))
        if not intact:
            await _change(running.owner_url, control.database)
        habits = HABITS if intact else replace(HABITS, patience=control.patience, repeats=control.repeats)
        crowd = await stack.enter_async_context(Crowd(running.apis, office, book, Random(conditions.seed), habits))
        owner = create_async_engine(running.owner_url, pool_pre_ping=True)
        stack.push_async_callback(owner.dispose)
        await control.reveal(Scene(running, crowd, owner, conditions.cases))
        strays = []
        if intact or "I5" in control.expected:
            strays = await invariants.engine(running.owner_url, await running.client(), PATIENCE)
        log = await read(running.owner_url)
        return strays + invariants.judge(Evidence(log, book.entries(), running.mailbox.deliveries, office.reached))


async def _change(owner_url: str, statements: Sequence[str]) -> None:
    """Take away what the database itself guards."""
    owner = create_async_engine(owner_url, isolation_level="AUTOCOMMIT")
    async with owner.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await owner.dispose()


app = App(name="controls", help="Protections switched off one by one; exit 1 when the lab does not notice one.")


@app.default
async def main(*, only: str = "", intact: bool = False, seed: int = 1) -> int:
    """Try every control, or those whose name begins with `only`.

    With `intact` the harm of each is done to the service as it is, which must withstand it: then red means something.
    """
    console, verdicts = Console(), []
    with TemporaryDirectory(prefix="jenjang-controls-", ignore_cleanup_errors=True) as name:
        # Compiled once for all machines: most of the start of a process is compiling.
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(name) / "compiled"))
        for control in _chosen(only, once=intact):
            if reason := control.needs():
                console.print(f"- {control.name}: skipped, {reason}", highlight=False)
                continue
            verdicts.append(await tried(control, Path(name) / control.name, Conditions(intact, seed)))
            console.print(_told(verdicts[-1]), highlight=False, markup=False)
            shutil.rmtree(Path(name) / control.name, ignore_errors=True)
    console.print(_table(verdicts))
    wrong = [verdict.control.name for verdict in verdicts if not verdict.right]
    console.print(
        f"{len(verdicts) - len(wrong)} of {len(verdicts)} as they must be" + "".join(f"\n✗ {w}" for w in wrong)
    )
    return 1 if wrong else 0


def _chosen(only: str, *, once: bool) -> list[Control]:
    """By name; `once` leaves one for each kind of harm."""
    named = [control for control in CONTROLS if control.name.startswith(only)]
    return list({control.reveal: control for control in reversed(named)}.values())[::-1] if once else named


def _told(verdict: Verdict) -> str:
    mark = "✓" if verdict.right else "✗"
    counts = ", ".join(f"{name} ×{count}" for name, count in sorted(verdict.counts.items())) or "nothing found"
    wanted = verdict.control.expected
    examples = [
        min((f for f in verdict.findings if f.invariant == name), key=lambda f: wanted.get(name, "") not in f.what).what
        for name in sorted(verdict.counts)
    ]
    lines = [
        f"{mark} {verdict.control.name}: {counts} ({verdict.seconds:.0f} s)",
        *(f"    {what}" for what in examples),
    ]
    return "\n".join([*lines, *([f"    {verdict.fault}"] if verdict.fault else [])])


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table("control", "without", "must break", "found", "seconds", box=None, title="Positive controls")
    for verdict in verdicts:
        control, found = verdict.control, " ".join(sorted(verdict.counts)) or "nothing"
        table.add_row(
            control.name, control.without, " ".join(sorted(control.expected)), found, f"{verdict.seconds:.0f}"
        )
    return table


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
