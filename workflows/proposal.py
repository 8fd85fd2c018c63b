"""A proposal on its way from submission to the decree in the person's hand."""

from __future__ import annotations

from temporalio import workflow

from workflows.level_triggered import LevelTriggered
from workflows.options import CaseRef

with workflow.unsafe.imports_passed_through():
    from domain.proposal.brief import Brief
    from domain.rulebook.model import StepKind

MOVED_ON = ("not-yet-due", "step-closed", "contended")
"""Refusals that say nothing about the effect itself."""


@workflow.defn
class ProposalWorkflow(LevelTriggered):
    """Waits for people and for the calendar, chases what is late, and acts when its day has come."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:  # noqa: ARG002 - `__init__` took it
        """Until the ledger says that nothing is left to do."""
        while (brief := await self.read()).open:
            match brief.awaits:
                case StepKind.DECISION:
                    await self.wait_for_decision(brief)
                case StepKind.EXTERNAL:
                    await self.wait_for_outside_body(brief)
                case StepKind.DECREE:
                    await self.wait_for_signature(brief)
                case StepKind.EFFECT:
                    await self.bring_into_effect(brief)
                case StepKind.DELIVERY:
                    await self.hand_over(brief)
                case _:
                    # Being written or corrected, notices to send, or a kind newer than this worker.
                    await self.serve(brief)

    async def wait_for_decision(self, brief: Brief) -> None:
        """Remind the desk, then let its superior act as well, then show the case to administrators."""
        await self.serve(brief)

    async def wait_for_outside_body(self, brief: Brief) -> None:
        """Until its answer is recorded; chase whoever records it."""
        await self.serve(brief)

    async def wait_for_signature(self, brief: Brief) -> None:
        """Until the appointing authority's decree is recorded; chase the desk before the effective date."""
        await self.serve(brief)

    async def bring_into_effect(self, brief: Brief) -> None:
        """On the effective date the register changes for everybody, or its refusal is put on record."""
        due = brief.dues[0] if brief.dues else None
        if due is None or due.command.kind != "take-effect" or due.at > workflow.now():
            await self.serve(brief)
            return
        refusal = await self.record(due.command)
        if refusal and refusal not in MOVED_ON:
            refusal = await self.record(due.refused(refusal))
        if refusal:
            await self.look_again(refusal)

    async def hand_over(self, brief: Brief) -> None:
        """The decree goes out with its notice; then chase the acknowledgement."""
        await self.serve(brief)
