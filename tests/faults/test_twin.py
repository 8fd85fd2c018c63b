"""The loop that the simulation runs is the workflow's: told what a recorded workflow was told, it asks for the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from domain.proposal.brief import Brief
from domain.proposal.commands import SystemCommand
from tests.faults.lab.simulation.planted import CarriesRemainders, MarksBeforeItSends
from tests.faults.lab.simulation.twin import Call, GivenUp, Heard, Refused, Rest, Run, Twin, patience
from tests.replay.record import HISTORIES, MILESTONES

SECOND = timedelta(seconds=1)


class Retold:
    """A recorded history, told to a twin; each thing that the workflow asked for then is compared."""

    def __init__(self, twin: type[Twin], milestone: str) -> None:
        text = (HISTORIES / f"{milestone}.json").read_text()
        self.events = WorkflowHistory.from_json(milestone, text).events
        self.twin = twin
        self.run: Run | None = None
        self.now = datetime.min.replace(tzinfo=UTC)
        self.news: list[Heard] = []
        self.compared = 0

    def tell(self) -> Retold:
        """From the first event to the last."""
        for event in self.events:
            self._tell(event)
        return self

    def _tell(self, event: HistoryEvent) -> None:
        match EventType.Name(event.event_type).removeprefix("EVENT_TYPE_"):
            case "WORKFLOW_EXECUTION_SIGNALED":
                version = event.workflow_execution_signaled_event_attributes.input.payloads[0]
                self.news.insert(0, Heard(self.now, poke=json.loads(version.data)))
            case "ACTIVITY_TASK_COMPLETED":
                completed = event.activity_task_completed_event_attributes
                self.news.append(Heard(self.now, answer=self._answer(completed.scheduled_event_id, completed.result)))
            case "ACTIVITY_TASK_FAILED":
                failed = event.activity_task_failed_event_attributes.failure.application_failure_info
                failure = Refused(failed.type) if failed.non_retryable else GivenUp()
                self.news.append(Heard(self.now, failure=failure))
            case "WORKFLOW_TASK_STARTED":
                self.now = event.event_time.ToDatetime(tzinfo=UTC)
            case "WORKFLOW_TASK_COMPLETED":
                self._go_on()
            case "ACTIVITY_TASK_SCHEDULED":
                self._asks_for(event)
            case "TIMER_STARTED":
                self._rests(event)
            case "WORKFLOW_EXECUTION_COMPLETED":
                assert self._asking is None

    def _go_on(self) -> None:
        proposal_id = self.events[0].workflow_execution_started_event_attributes.workflow_id.removeprefix("proposal/")
        self.run = self.run or Run(self.twin, proposal_id, self.now)
        for heard in self.news:
            self.run.hear(Heard(self.now, heard.poke, heard.answer, heard.failure))
        self.news.clear()
        self.run.wake(self.now)

    def _asks_for(self, event: HistoryEvent) -> None:
        scheduled = event.activity_task_scheduled_event_attributes
        data = scheduled.input.payloads[0].data
        record = scheduled.activity_type.name == "record"
        argument = SystemCommand.model_validate_json(data) if record else json.loads(data)
        asking = self._asking
        assert isinstance(asking, Call)
        assert (asking.activity, asking.argument) == (scheduled.activity_type.name, argument)
        assert (patience(asking) or timedelta()) == scheduled.schedule_to_close_timeout.ToTimedelta()
        self.compared += 1

    def _rests(self, event: HistoryEvent) -> None:
        duration = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        asking = self._asking
        assert isinstance(asking, Rest)
        assert asking.until is not None
        assert abs(asking.until - (self.now + duration)) < SECOND
        self.compared += 1

    def _answer(self, scheduled: int, result: Any) -> Any:
        asked = self.events[scheduled - 1].activity_task_scheduled_event_attributes.activity_type.name
        return Brief.model_validate_json(result.payloads[0].data) if asked == "load_brief" else None

    @property
    def _asking(self) -> Any:
        assert self.run is not None
        return self.run.asking


@pytest.mark.parametrize("milestone", [name for name in MILESTONES if not name.startswith("period-")])
def test_the_twin_asks_for_what_the_workflow_asked_for(milestone: str) -> None:
    """Every activity with its argument and patience, and every rest with its instant; periods have another loop."""
    assert Retold(Twin, milestone).tell().compared > 0


@pytest.mark.parametrize("other", [MarksBeforeItSends, CarriesRemainders])
def test_a_loop_that_differs_is_told_apart(other: type[Twin]) -> None:
    """Otherwise the comparison would prove nothing."""
    with pytest.raises(AssertionError):
        Retold(other, "promotion-in-effect").tell()
