"""`python -m tests.faults.lab.engine_rebuild --cases 1000`: the engine's database is deleted, and made anew by command.

Real workers on real servers. While there is no engine, a third of the cases is decided. Afterwards the engine's list
must have the hash of a control: every case, folded from its events one by one. Ends with 1 when it has not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from activities.settings import Settings
from activities.wiring import backbone
from deploy.local.services import JENJANG
from tests.faults.lab.machine import machine
from tests.support.caseload import Caseload
from workflows.census import Census, state_hash
from workflows.worker import relay

WORKERS = 2


async def rebuild_engine(settings: Settings, address: str, *words: str) -> tuple[int, str]:
    """Run the operators' command; its exit code and what it printed."""
    running = await asyncio.create_subprocess_exec(
        *(*JENJANG, "rebuild-engine", *words),
        env={**os.environ, **_variables(settings), "TEMPORAL_ADDRESS": address},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    assert running.returncode is not None
    return running.returncode, said.decode()


def _variables(settings: Settings) -> dict[str, str]:
    plain = {
        name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in settings if v is not None
    }
    return {f"JENJANG_{name.upper()}": value for name, value in plain.items()}


@dataclass
class Watch:
    """How long each part took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        """The part that ends now."""
        now = time.perf_counter()
        self.seconds[name], self.since = now - self.since, now


@dataclass(frozen=True)
class Outcome:
    """What a run found."""

    before: Census
    after: Census
    control: str
    code: int
    said: str
    watch: Watch

    @property
    def equal(self) -> bool:
        """Whether command, ledger, engine and control agree."""
        hashes = {state_hash(found.values()) for found in (self.after.ledger, self.after.engine)}
        return self.code == 0 and hashes == {self.control} and not self.before.differences


async def run(folder: Path, cases: int) -> Outcome:
    """Open the cases, lose the engine, decide, rebuild."""
    watch = Watch()
    async with (
        machine(folder, apis=0, workers=WORKERS, relays=0, through_proxy=False) as lab,
        backbone(lab.settings) as parts,
    ):
        watch.lap("servers and workers started")
        caseload = await Caseload.opened(parts, cases)
        watch.lap("cases opened in the ledger")
        relaying = relay(await lab.client(), parts)
        before = await caseload.settled(relaying)
        watch.lap("each has its workflow")
        async with lab.down("temporal"):
            shutil.rmtree(folder / "temporal")
            await caseload.decide()
            watch.lap("decided while there is no engine")
        await lab.up("temporal")
        watch.lap("an empty engine serves")
        code, said = await rebuild_engine(lab.settings, lab.temporal.address)
        watch.lap("jenjang rebuild-engine")
        after = await caseload.settled(relaying)
        watch.lap("until every notice is sent")
        return Outcome(before, after, await caseload.state_hash(), code, said, watch)


def tell(outcome: Outcome, console: Console) -> None:
    """Times and hashes, for people."""
    table = Table("part", "seconds", box=None)
    for name, seconds in outcome.watch.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    console.print(table)
    console.print(outcome.said, highlight=False, markup=False, end="")
    hashes = {
        "before, ledger": state_hash(outcome.before.ledger.values()),
        "before, engine": state_hash(outcome.before.engine.values()),
        "after, control": outcome.control,
        "after, engine": state_hash(outcome.after.engine.values()),
    }
    for name, found in hashes.items():
        console.print(f"{name}  {found}", highlight=False, soft_wrap=True)
    console.print("equal" if outcome.equal else "DIFFERENT", highlight=False)


def main() -> int:
    """Run once in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="jenjang-lab-", ignore_cleanup_errors=True) as folder:
        outcome = asyncio.run(run(Path(folder), given.cases))
    tell(outcome, Console())
    return 0 if outcome.equal else 1


if __name__ == "__main__":
    sys.exit(main())
