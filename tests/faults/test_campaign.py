"""A short campaign: several faults at once on two of everything, and nothing that was promised is broken."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.lab.faults import FAULTS
from tests.faults.lab.schedule import Round, Strike
from tests.faults.lab.trial import trial

SEED = 1
CASES, HARM = 12, 4.0
KILLS = ("kill-api", "kill-backend", "pause-worker")
AT_A_POINT = ("crash-after-commit", "cut-after-commit", "crash-before-poke")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_promise_is_broken_while_everything_breaks_at_once() -> None:
    """Processes die anywhere and at named points, COMMITs are cut, a worker stands still: all is as it was told."""
    strikes = [Strike(FAULTS[name], 0.5 * turn) for turn, name in enumerate((*AT_A_POINT, *KILLS))]
    with TemporaryDirectory(prefix="jenjang-faults-", ignore_cleanup_errors=True) as folder:
        async with trial(Path(folder), staff=100, seed=SEED) as running:
            running.cases, running.harm = CASES, HARM
            outcome = await running.round(Round(1, f"{SEED}/short", strikes))

    assert list(outcome.findings) == []
    assert outcome.recovery is not None
    assert all(outcome.strikes[name] for name in KILLS)
    assert sum(outcome.strikes[name] for name in AT_A_POINT) > 0
    assert outcome.count.acknowledged > 0
    assert outcome.count.unknown == 0
