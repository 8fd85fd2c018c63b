"""The long tier: `python -m tests.faults.lab.simulation --steps 100000 --seed 1`.

A failure prints the one seed that repeats it, after the shortest way to it that was found.
"""

from __future__ import annotations

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence

import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.lab.simulation.machine import Simulation
from tests.faults.lab.simulation.tally import Tally

STEPS = 50
"""Steps of one case before its end."""
CASES = 20
"""Cases of one seed."""


def simulate(seed: int, cases: int = CASES, machine: type[Simulation] = Simulation, *, shrink: bool = False) -> Tally:
    """Play these cases; the same seed plays the same. Raises the first failure, with how it came about."""
    tally = Tally()
    counted = type(machine.__name__, (machine,), {"tally": tally})
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    run_state_machine_as_test(
        seeded(seed)(counted),
        settings=settings(
            max_examples=cases,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            derandomize=False,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tally


def main(arguments: Sequence[str], machine: type[Simulation] = Simulation) -> int:
    """Simulate until so many steps are done; the answer is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.lab.simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shrink", action=argparse.BooleanOptionalAction, default=True, help="look for a shorter way")
    asked = parser.parse_args(arguments)
    total, seed = Tally(), asked.seed
    while total.steps < asked.steps:
        try:
            total += simulate(seed, machine=machine, shrink=asked.shrink)
        except Exception as failure:  # noqa: BLE001 - whatever it is, its seed must be told
            traceback.print_exception(failure, limit=-4)
            say(f"FAILED with seed {seed}; repeat with: {parser.prog} --steps 1 --seed {seed}")
            return 1
        seed += 1
    say(total.table())
    say(f"seeds {asked.seed} to {seed - 1}")
    return 0


def say(text: str) -> None:
    """To whoever started it."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    # Every fault is one that the desk and the relay would tell an operator of.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main(sys.argv[1:]))
