"""Positive controls: with a protection switched off in a copy of the source, the lab must find what it lets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.lab.controls import HURRY, Conditions, tried
from tests.faults.lab.invariants import CHECKS
from tests.faults.lab.planted import CRASH_POINTS, planted
from tests.faults.lab.switched_off import CONTROLS
from tests.faults.lab.switched_off.control import Control

FASTEST = ("workflow-without-end", "id-of-the-request")


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_every_control_fits_the_source_as_it_is(control: Control, tmp_path: Path) -> None:
    """Its edits find what they replace, and leave code that compiles."""
    source = planted(tmp_path / "source", [*CRASH_POINTS.values(), *HURRY, *control.edits])

    for path in {edit.path for edit in control.edits}:
        compile((source / path).read_text(), path, "exec")
    assert control.edits or not control.repeats


def test_at_least_fifteen_protections_have_a_control() -> None:
    """Each under a name of its own, and each with a promise that the lab checks."""
    assert len({control.name for control in CONTROLS}) == len(CONTROLS) >= 15
    assert {name for control in CONTROLS for name in control.expected} <= {name for name, _ in CHECKS} | {"I5"}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("machine")
@pytest.mark.parametrize("name", FASTEST)
async def test_the_lab_notices_a_protection_that_is_missing(
    name: str, tmp_path: Path, servers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise that the protection kept is found broken."""
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(servers / "compiled"))
    control = next(control for control in CONTROLS if control.name == name)
    verdict = await tried(control, tmp_path, Conditions(cases=8))

    assert verdict.right, verdict
