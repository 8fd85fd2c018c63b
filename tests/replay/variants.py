"""Changes of the workflow that must never reach a running case unnoticed; each breaks the replay of some history."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.delivery import deliver
from workflows.options import LEDGER, OUTSIDE, CaseRef
from workflows.period import PAGE
from workflows.proposal import ProposalWorkflow
from workflows.rotation import RotationWorkflow

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from activities.periods import PeriodActivities
    from domain.proposal.brief import Brief, Due


def variant(changed: type[ProposalWorkflow]) -> type[ProposalWorkflow]:
    """Let the class serve the histories of the one it changes; a workflow class needs a `run` of its own."""
    original = changed.__base__

    async def run(self, case: CaseRef) -> None:
        await original.run(self, case)

    run.__qualname__ = f"{changed.__qualname__}.run"
    changed.run = workflow.run(run)
    return workflow.defn(name=original.__name__)(changed)


@variant
class Unchanged(ProposalWorkflow):
    """Another class of the same behaviour: replays."""


@variant
class SleepsBeforeTheLoad(ProposalWorkflow):
    """A pause nobody recorded."""

    async def read(self) -> Brief:
        """Sleep first."""
        await workflow.sleep(1)
        return await super().read()


@variant
class LoadsTwice(ProposalWorkflow):
    """One activity more."""

    async def read(self) -> Brief:
        """Look again at once."""
        await super().read()
        return await super().read()


@variant
class ShowsEveryTime(ProposalWorkflow):
    """Search attributes written although nothing changed."""

    def _show(self, brief: Brief) -> None:
        """Write again."""
        self.shown = None
        super()._show(brief)


@variant
class ShowsNothing(ProposalWorkflow):
    """Search attributes no longer written."""

    def _show(self, brief: Brief) -> None:
        """Only the details, which are no event."""
        workflow.set_current_details(brief.story)


@variant
class ForgetsToMark(ProposalWorkflow):
    """A notice is sent and never marked."""

    async def _deliver(self, notice_id: int) -> None:
        """Send only."""
        await workflow.execute_activity_method(NoticeActivities.send_notice, notice_id, **OUTSIDE)


@variant
class MarksBeforeItSends(ProposalWorkflow):
    """The order of two activities swapped."""

    async def _deliver(self, notice_id: int) -> None:
        """Mark first."""
        await workflow.execute_activity_method(NoticeActivities.mark_sent, notice_id, **LEDGER)
        await workflow.execute_activity_method(NoticeActivities.send_notice, notice_id, **OUTSIDE)


@variant
class NeverDefers(ProposalWorkflow):
    """A failed delivery handled in another way; only the history of such a failure can tell."""

    async def _deliver(self, notice_id: int) -> None:
        """Give up."""
        try:
            await workflow.execute_activity_method(NoticeActivities.send_notice, notice_id, **OUTSIDE)
        except ActivityError:
            workflow.logger.warning("given up")
        await workflow.execute_activity_method(NoticeActivities.mark_sent, notice_id, **LEDGER)


@variant
class WaitsWithoutEnd(ProposalWorkflow):
    """No timer is set any more."""

    async def rest(self, until: datetime | None, why: str) -> None:
        """Until a poke."""
        await super().rest(None, why)


@variant
class ActsEarly(ProposalWorkflow):
    """Acts before the instant that the brief names has come."""

    async def serve(self, brief: Brief) -> None:
        """As if every instant were long past."""
        early = [Due(at=due.at - timedelta(days=400), command=due.command) for due in brief.dues]
        await super().serve(brief.model_copy(update={"dues": early}))


@variant
class ForgetsARefusal(RotationWorkflow):
    """A refused effect is tried again and never put on record."""

    async def bring_into_effect(self, brief: Brief) -> None:
        """As any other due."""
        await self.serve(brief)


@workflow.defn(name="PeriodWorkflow")
class SendsBeforeItAnnounces:
    """The order of the day turned round."""

    @workflow.run
    async def run(self) -> None:
        """What is owed first."""
        for notice_id in await workflow.execute_activity_method(PeriodActivities.waiting_announcements, PAGE, **LEDGER):
            await deliver(notice_id)
