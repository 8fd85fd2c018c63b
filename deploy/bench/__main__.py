"""`python -m deploy.bench`: what the service costs. A table for people; the last line is JSON for programs."""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import uvloop
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from deploy.bench.backstage import Log, NotWhole, crowd, profiled
from deploy.bench.doors import WARM, Counts, Deciding, Decisions, Growing, Lists, RanOut, Status
from deploy.bench.floors import Floor
from deploy.bench.measure import Findings, Foreign, Timed, say
from deploy.bench.rules import Rules
from deploy.bench.stand import Stand, Workshop, workshop
from deploy.bench.wire import Refused
from deploy.local.process import StartFailed

PARTS = ("decision", "status", "lists", "growth", "log", "rules", "engine")
TARGETS = {
    "decision_p50_over_floor": ("≤", 12.0),
    "decision_rate_over_floor": ("≥", 0.08),
    "decision_p99_over_p50": ("≤", 4.0),
    "status_read_over_bare": ("≥", 0.8),
    "inbox_p95_growth": ("≤", 1.5),
    "stalled_p95_growth": ("≤", 2.0),
    "decision_p95_growth": ("≤", 1.3),
    "rebuild_over_select": ("≥", 0.5),
    "verify_over_select": ("≥", 0.5),
    "memory_growth": ("≤", 1.3),
}
"""What a figure should be. Source: design decision."""
NOISE = 0.15
"""Share of the machine from which on others spoil a round."""
PAPER = 140
"""Columns of a table that nobody watches."""
app = App(name="bench", help="Speed and memory, as ratios to floors measured in the same run.")


@dataclass(frozen=True)
class Plan:
    """What is measured, and how much of it."""

    only: Annotated[str, Parameter(help=f"Some of {','.join(PARTS)}.")] = ",".join(PARTS)
    cases: Annotated[int, Parameter(help="Open cases, where many are.")] = 100_000
    few: Annotated[int, Parameter(help="Open cases, where few are.")] = 1_000
    open: Annotated[int, Parameter(help="Open cases whose workflows wait, and whose deadline comes at once.")] = 2_000
    open_few: Annotated[int, Parameter(help="The same, where few are.")] = 100
    offices: Annotated[int, Parameter(help="Offices, each with a desk of its own; two at least.")] = 200
    rounds: Annotated[int, Parameter(help="Rounds; figures are medians of them.")] = 3
    alone: Annotated[int, Parameter(help="Calls of one client in a round.")] = 200
    crowd: Annotated[int, Parameter(help="Calls of all clients together in a round.")] = 640
    clients: Annotated[int, Parameter(help="Clients that ask at once.")] = 16
    lists: Annotated[int, Parameter(help="Calls of each list in a round, and decisions beside them.")] = 100

    @property
    def counts(self) -> Counts:
        """Calls of one round."""
        return Counts(self.alone, self.crowd, self.clients, self.lists)

    @property
    def parts(self) -> list[str]:
        """What is measured, in order."""
        return [part for part in PARTS if part in self.only.split(",")]

    @property
    def at_doors(self) -> bool:
        """Whether anything but the engine is measured."""
        return self.parts != ["engine"]

    @property
    def decided(self) -> int:
        """Open cases that the decisions take: three of five wait for their first desk, and some are left over."""
        return ((self.alone + self.crowd) * self.rounds + 3 * WARM) * 5 // 3


class Part(Protocol):
    """Something that is measured in rounds."""

    async def round(self, found: Findings) -> None:
        """One round."""


@app.default
def main(plan: Annotated[Plan, Parameter(name="*")] = Plan(), *, profile: bool = False) -> int:
    """Measure, and print a table and a line of JSON.

    Parameters
    ----------
    plan
        What is measured.
    profile
        Print where the time of decisions goes, without HTTP, instead of measuring.

    """
    try:
        if profile:
            Console().print(uvloop.run(profile_of(plan)), highlight=False, markup=False, soft_wrap=True)
            return 0
        found = uvloop.run(measured(plan))
        show(found)
        return int(found.failed)
    except (Refused, RanOut, NotWhole) as failure:
        say(f"✗ {type(failure).__name__}: {' '.join(map(str, failure.args))}")
        return 1
    except StartFailed as failure:
        say(f"✗ {failure.name} did not start: {failure.last_lines}")
        return 1


async def measured(plan: Plan) -> Findings:
    """Everything that the plan asks for, on servers of its own. Raises Refused, RanOut, NotWhole."""
    task = asyncio.current_task()
    assert task is not None
    # Told to end by SIGTERM, it ends as by Ctrl-C: with every process and folder of its own gone.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with workshop(plan.offices) as shop:
        return await measure(shop, plan)


async def measure(shop: Workshop, plan: Plan) -> Findings:
    """Everything that the plan asks for. Raises Refused, RanOut, NotWhole: figures with errors in them mean nothing.

    Where the engine's part breaks off, what was measured before it stands.
    """
    found = Findings()
    if plan.at_doors:
        async with AsyncExitStack() as stack:
            parts = await _parts(shop, plan, stack)
            for number in range(plan.rounds):
                foreign = Foreign()
                for part in parts:
                    await part.round(found)
                found.foreign.append(foreign.share)
                say(f"round {number + 1} of {plan.rounds}, others used {foreign.share:.0%}")
    if "engine" in plan.parts:
        foreign = Foreign()
        try:
            await crowd(shop, plan.open_few, plan.open, found)
        except NotWhole as failure:
            found.fail(f"the engine's part broke off: {', '.join(map(str, failure.args))}")
        found.foreign.append(foreign.share)
    return found


async def _parts(shop: Workshop, plan: Plan, stack: AsyncExitStack) -> list[Part]:
    stands = Stands(shop, (await stack.enter_async_context(shop.engine())).address, stack)
    parts: list[Part] = []
    if "decision" in plan.parts:
        floor = Floor(await shop.database("floor"))
        await floor.make()
        parts.append(Deciding(floor, await stands.decisions(plan.decided, plan.clients), plan.counts))
    if "status" in plan.parts:
        parts.append(await Status.on(await stands.of(plan.decided), plan.counts))
    sizes = (plan.few, plan.cases)
    if "lists" in plan.parts:
        parts.append(Lists([await stands.of(cases) for cases in sizes], plan.counts))
    if "growth" in plan.parts:
        decisions = [await stands.decisions(cases) for cases in sizes]
        parts.append(Growing([await stands.of(cases) for cases in sizes], decisions, plan.counts))
    if "log" in plan.parts:
        parts.append(Log(await stands.of(plan.few)))
    if "rules" in plan.parts:
        parts.append(Rules.on(await stands.of(plan.few)))
    return parts


@dataclass
class Stands:
    """Stands by their size, made when one is first asked for; parts of one size share."""

    shop: Workshop
    engine: str
    stack: AsyncExitStack
    made: dict[int, Stand] = field(default_factory=dict)
    begun: dict[int, Decisions] = field(default_factory=dict)

    async def of(self, cases: int) -> Stand:
        """The stand with as many open cases."""
        if cases not in self.made:
            self.made[cases] = await self.stack.enter_async_context(self.shop.stand(cases, self.engine))
        return self.made[cases]

    async def decisions(self, cases: int, clients: int = 1) -> Decisions:
        """What can be decided there."""
        if cases not in self.begun:
            self.begun[cases] = await Decisions.on(await self.of(cases), clients)
        return self.begun[cases]


async def profile_of(plan: Plan) -> str:
    """The profile of decisions, as a table."""
    async with workshop(plan.offices) as shop:
        return await profiled(await shop.filled(plan.decided), plan.crowd)


def show(found: Findings) -> None:
    """Print it."""
    console = Console(width=None if sys.stdout.isatty() else PAPER)
    console.print(_times(found.times))
    console.print(_figures(found.figures))
    worst = max(found.foreign, default=0.0)
    console.print(f"others used {worst:.0%} of the machine at most", highlight=False)
    if worst > NOISE:
        console.print("! more than 15 %: measure again on a machine that is left alone", highlight=False)
    for note in found.notes:
        console.print(f"! {note}", highlight=False)
    medians = {name: round(statistics.median(values), 3) for name, values in found.figures.items()}
    print(json.dumps(medians))  # noqa: T201 - for programs


def _times(times: dict[str, list[Timed]]) -> Table:
    table = Table("median of rounds (least to most)", "p50 ms", "p95 ms", "p99 ms", "per second", box=None)
    for name, rounds in times.items():
        columns = [[timed.p50 * 1e3 for timed in rounds], [timed.p95 * 1e3 for timed in rounds]]
        columns += [[timed.p99 * 1e3 for timed in rounds], [timed.rate for timed in rounds]]
        table.add_row(name, *map(_spread, columns))
    return table


def _figures(figures: dict[str, list[float]]) -> Table:
    table = Table("figure", "median of rounds (least to most)", "target", "", box=None)
    for name, values in figures.items():
        sign, target = TARGETS.get(name, ("", 0.0))
        median = statistics.median(values)
        met = median <= target if sign == "≤" else median >= target
        table.add_row(
            name, _spread(values), f"{sign} {target:g}" if sign else "", ("✓" if met else "✗") if sign else ""
        )
    return table


def _spread(values: Sequence[float]) -> str:
    return f"{_number(statistics.median(values))} ({_number(min(values))} to {_number(max(values))})"


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004 - three digits are enough


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
