"""What the engine is told when an activity fails: of a refusal its code, of a fault its kind, no words of either."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from activities.refusals import Refusals
from domain.errors import DomainError, HistoryUnreadable, NotYetDue, PostOccupied, StepClosed
from tests.support.builders import NOW

NIP = "199003152014039001"


@dataclass
class Next:
    """The activity behind the interceptor."""

    raises: BaseException | None = None

    async def execute_activity(self, input: Any) -> str:  # noqa: A002 - a name of Temporal
        """Do it, or fail."""
        if self.raises:
            raise self.raises
        return f"done {input}"


async def run(behind: Next) -> Any:
    """The activity, as a worker with the interceptor runs it."""
    intercepted = Refusals().intercept_activity(behind)  # type: ignore[arg-type] - as much of it as is needed
    return await ActivityEnvironment().run(intercepted.execute_activity, "it")


async def failure(raised: BaseException) -> ApplicationError:
    """What Temporal is told."""
    with pytest.raises(ApplicationError) as failed:
        await run(Next(raised))
    return failed.value


async def test_what_succeeds_is_passed_on() -> None:
    """Untouched."""
    assert await run(Next()) == "done it"


@pytest.mark.parametrize("refusal", [StepClosed(step="VERIF"), NotYetDue(due_at=NOW), PostOccupied()])
async def test_a_refusal_is_told_by_its_code_and_not_retried(refusal: DomainError) -> None:
    """Benign: it fills no error log; the workflow reads the ledger again."""
    told = await failure(refusal)

    assert (told.type, told.message, told.non_retryable) == (refusal.code, refusal.code, True)
    assert told.category is ApplicationErrorCategory.BENIGN


async def test_a_fault_is_retried_and_told_by_its_kind_only() -> None:
    """Its words may quote what was asked; they stay out of the engine's history."""
    with capture_logs():
        told = await failure(ConnectionError(f"while sending to {NIP}"))

    assert (told.type, told.message, told.non_retryable) == ("ConnectionError", "ConnectionError", False)
    assert NIP not in repr(told)
    assert told.__cause__ is None


async def test_an_event_newer_than_the_worker_is_asked_for_again() -> None:
    """It is this worker that is too old; a newer one will read it, and no run ends for it."""
    with capture_logs() as logged:
        told = await failure(HistoryUnreadable(event_type="proposal.step-approved", schema_version=9))

    assert (told.type, told.message, told.non_retryable) == ("history-unreadable", "history-unreadable", False)
    assert [entry["error"] for entry in logged] == ["history-unreadable"]


async def test_a_cancellation_passes() -> None:
    """A worker that shuts down is no fault of the activity."""
    with pytest.raises(asyncio.CancelledError):
        await run(Next(asyncio.CancelledError()))
