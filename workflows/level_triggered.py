"""The loop that both procedures share: read the brief, do what is due, rest until the next instant or a poke."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from workflows.delivery import deliver
from workflows.options import DUE_AT, LEDGER, MATTER, STAGE, UNIT, CaseRef

with workflow.unsafe.imports_passed_through():
    from activities.proposals import ProposalActivities
    from domain.proposal.brief import Brief, Due
    from domain.proposal.commands import SystemCommand

LOOK_AGAIN = timedelta(minutes=1)
"""Rest after a refusal, so that a disagreement with the ledger never becomes a hot loop."""


class LevelTriggered:
    """Holds no fact but which version it saw last: lost, doubled and late pokes are harmless."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        """Be ready for the poke, which arrives before `run` starts."""
        self.case = case
        self.seen = case.seen_version
        self.stale = False
        self.shown: tuple[str, str, datetime | None] | None = None

    @workflow.signal
    def poked(self, version: int = 0) -> None:
        """The ledger moved. The version is a hint; 0 means: look again anyhow."""
        if version == 0 or version != self.seen:
            self.stale = True

    async def read(self) -> Brief:
        """The brief as of now; a long history continues as new first."""
        await self._continue_as_new_when_long()
        # Before the load: a poke during it is kept.
        self.stale = False
        brief = await workflow.execute_activity_method(ProposalActivities.load_brief, self.case.proposal_id, **LEDGER)
        if brief.version < self.seen:
            workflow.logger.error("the ledger went back from version %s to %s", self.seen, brief.version)
        self.seen = brief.version
        self._show(brief)
        return brief

    async def serve(self, brief: Brief) -> None:
        """Send what is owed, else do what is due, else rest."""
        owed = next((owed for owed in brief.owed if owed.not_before <= workflow.now()), None)
        if owed is not None:
            await self._deliver(owed.notice_id)
        elif brief.dues and brief.dues[0].at <= workflow.now():
            await self.do(brief.dues[0])
        else:
            instants = [owed.not_before for owed in brief.owed] + [due.at for due in brief.dues]
            why = brief.dues[0].command.kind if brief.dues else brief.awaits
            await self.rest(min(instants, default=None), why)

    async def do(self, due: Due) -> None:
        """Record what is due; it may be refused: the case moved on, or it is not due yet."""
        if refusal := await self.record(due.command):
            await self.look_again(refusal)

    async def record(self, command: SystemCommand) -> str | None:
        """Record through the ledger; the answer is the refusal's code, or None."""
        try:
            await workflow.execute_activity_method(ProposalActivities.record, command, **LEDGER)
        except ActivityError as error:
            if is_cancelled_exception(error) or not isinstance(error.cause, ApplicationError):
                raise
            return error.cause.type or "unknown"
        return None

    async def rest(self, until: datetime | None, why: str) -> None:
        """Wait for a poke, at the longest until the instant."""
        timeout = until - workflow.now() if until else None
        try:
            await workflow.wait_condition(lambda: self.stale, timeout=timeout, timeout_summary=why)
        except TimeoutError:
            # The loop reads again and finds it due.
            return

    async def look_again(self, refusal: str) -> None:
        """Rest a little after a refusal, then read again."""
        await self.rest(workflow.now() + LOOK_AGAIN, f"refused: {refusal}")

    async def _deliver(self, notice_id: int) -> None:
        await deliver(notice_id)

    async def _continue_as_new_when_long(self) -> None:
        info, limit = workflow.info(), self.case.max_history
        if info.is_continue_as_new_suggested() or 0 < limit < info.get_current_history_length():
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(self.case.model_copy(update={"seen_version": self.seen}))

    def _show(self, brief: Brief) -> None:
        """Let operators see the case: details for the eye; search attributes, written when they change, for lists."""
        workflow.set_current_details(f"{brief.story}, version {brief.version}")
        shown = (brief.stage, brief.unit, brief.due_at)
        if shown != self.shown:
            due_at = DUE_AT.value_set(brief.due_at) if brief.due_at else DUE_AT.value_unset()
            workflow.upsert_search_attributes(
                [MATTER.value_set(brief.matter), STAGE.value_set(brief.stage), UNIT.value_set(brief.unit), due_at]
            )
            self.shown = shown
