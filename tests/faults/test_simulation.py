"""The short tier of the simulation, what it finds when a protection is missing, and how a failure is repeated."""

from __future__ import annotations

import re

import pytest

from tests.faults.lab.simulation.__main__ import main, simulate
from tests.faults.lab.simulation.faults import LEDGER, POKING
from tests.faults.lab.simulation.machine import Simulation
from tests.faults.lab.simulation.planted import PLANTED
from tests.faults.lab.simulation.tally import Tally
from tests.faults.lab.simulation.world import Parts

SEED = 2026
CASES, STEPS = 30, 1_000
"""What the short tier promises. The long one is `python -m tests.faults.lab.simulation --steps 100000 --seed 1`."""
CONTROL_SEEDS = 6
"""Seeds within which a planted bug must be found; most are found with the first."""


def broken(parts: Parts) -> type[Simulation]:
    """The simulation of a world with these parts."""
    return type("Broken", (Simulation,), {"parts": parts})


@pytest.fixture(scope="module")
def tally() -> Tally:
    """The short tier, played once."""
    return simulate(SEED, CASES)


def test_every_case_keeps_the_laws_and_comes_to_its_end(tally: Tally) -> None:
    """Whatever failed on its way; and at every port of the ledger something did."""
    assert tally.steps >= STEPS
    assert tally.cases >= CASES
    assert tally.ends["closed"] > 0
    assert {port for port, _ in tally.struck} >= {*LEDGER, *POKING}
    assert tally.resolved > CASES


def test_the_same_seed_plays_the_same() -> None:
    """No clock of the machine, no chance and no order of a set has a part in it."""
    assert simulate(1, 5) == simulate(1, 5)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    """Each protection is needed: without it a law is broken, or a case does not end."""

    def play() -> None:
        for seed in range(CONTROL_SEEDS):
            simulate(seed, CASES, broken(PLANTED[bug]))

    with pytest.raises(AssertionError):
        play()


def test_a_failure_prints_one_seed_that_repeats_it(capsys: pytest.CaptureFixture[str]) -> None:
    """However many seeds came before it, the same way leads to the same failure."""
    machine = broken(PLANTED["a notice is marked before it is sent"])
    assert main(["--no-shrink", "--steps", "100000", "--seed", "1"], machine) == 1
    found = capsys.readouterr()
    seed = re.search(r"FAILED with seed (\d+)", found.out)
    assert seed is not None
    assert "never arrived" in found.err
    assert main(["--no-shrink", "--steps", "1", "--seed", seed[1]], machine) == 1
    assert capsys.readouterr().err == found.err


def test_the_table_tells_what_was_done(tally: Tally) -> None:
    """Steps and cases, faults by port, and unknown outcomes that became known."""
    said = tally.table()
    assert f"{tally.steps} steps in {tally.cases} cases" in said
    assert f"{tally.resolved} unknown resolved" in said
    assert re.search(r"^commit( +\d+){4}$", said, re.MULTILINE)
