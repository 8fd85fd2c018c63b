"""A rotation: the same way as any proposal, but its effect spans several people and posts."""

from __future__ import annotations

from temporalio import workflow

from workflows.options import CaseRef
from workflows.proposal import ProposalWorkflow

with workflow.unsafe.imports_passed_through():
    from domain.proposal.brief import Brief


@workflow.defn
class RotationWorkflow(ProposalWorkflow):
    """All moves take effect in one ledger transaction, or none does; then every official hands over."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Until every official who moved has acknowledged the handover."""
        await super().run(case)

    async def hand_over(self, brief: Brief) -> None:
        """Each official takes over the new post and says so; whoever has not is chased alone."""
        await self.serve(brief)
