from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.replay import variants
from tests.replay.record import HISTORIES, MILESTONES, PROCESS
from tests.support.engine import payloads
from workflows.worker import WORKFLOWS

RECORDED = sorted(path.stem for path in HISTORIES.glob("*.json"))
PROMOTIONS = [milestone for milestone in RECORDED if milestone.startswith("promotion-")]


def history(milestone: str) -> WorkflowHistory:
    """A recorded history; its run is called like its milestone."""
    return WorkflowHistory.from_json(f"proposal/{milestone}", (HISTORIES / f"{milestone}.json").read_text())


async def replayed(workflows: Sequence[type], milestones: Sequence[str]) -> dict[str, Exception | None]:
    """Replay each milestone; the answer is what went wrong with it."""

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for milestone in milestones:
            yield history(milestone)

    replayer = Replayer(workflows=workflows, data_converter=pydantic_data_converter, build_id="replay")
    async with replayer.workflow_replay_iterator(histories()) as results:
        found = [result.replay_failure async for result in results]
    return dict(zip(milestones, found, strict=True))


def test_every_milestone_is_recorded_and_nothing_else() -> None:
    """A history that nobody can record again would be a riddle."""
    assert sorted(MILESTONES) == RECORDED


async def test_every_recorded_history_replays() -> None:
    """A deployment finds every running case where it left it."""
    assert await replayed(WORKFLOWS, RECORDED) == dict.fromkeys(RECORDED)


async def test_another_class_of_the_same_behaviour_replays() -> None:
    """So it is the changed behaviour below that is caught, and not the change of class."""
    assert await replayed([variants.Unchanged], PROMOTIONS) == dict.fromkeys(PROMOTIONS)


@pytest.mark.parametrize(
    ("change", "milestone"),
    [
        (variants.SleepsBeforeTheLoad, "promotion-waiting"),
        (variants.LoadsTwice, "promotion-waiting"),
        (variants.ShowsEveryTime, "promotion-waiting"),
        (variants.ShowsNothing, "promotion-waiting"),
        (variants.ForgetsToMark, "promotion-waiting"),
        (variants.MarksBeforeItSends, "promotion-waiting"),
        (variants.WaitsWithoutEnd, "promotion-stalled"),
        (variants.ActsEarly, "promotion-stalled"),
        (variants.ForgetsARefusal, "rotation-effect-refused"),
        (variants.SendsBeforeItAnnounces, "period-announced"),
    ],
)
async def test_a_change_that_would_break_running_cases_is_caught(change: type, milestone: str) -> None:
    """Each of these edits fails on a history: the corpus can tell."""
    found = await replayed([change], [milestone])
    assert isinstance(found[milestone], NondeterminismError)


async def test_only_the_history_of_a_failure_tells_a_change_in_how_failures_are_handled() -> None:
    """Why an incident leaves its history in the corpus."""
    found = await replayed([variants.NeverDefers], PROMOTIONS)
    assert [milestone for milestone, failure in found.items() if failure] == ["promotion-notice-deferred"]


@pytest.mark.parametrize("milestone", RECORDED)
def test_a_history_tells_nothing_of_the_machine_it_was_recorded_on(milestone: str) -> None:
    """No process, host or path of the recorder's is committed."""
    found = payloads(history(milestone))
    assert PROCESS.search(found) is None
    assert [path for path in (str(Path.cwd()), str(Path.home()), sys.prefix) if path in found] == []
