"""The poke: one signal-with-start, used by desk, relay and rebuild alike; it carries no fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from workflows.options import CaseRef, workflow_id
from workflows.proposal import ProposalWorkflow
from workflows.rotation import RotationWorkflow

PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True)
class Poker:
    """Wakes the workflow of a proposal, and starts it when there is none."""

    client: Client
    task_queue: str

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Tell the workflow that the ledger moved to a version; 0 makes it look in any case."""
        workflow = RotationWorkflow if matter == "rotation" else ProposalWorkflow
        await self.client.start_workflow(
            workflow.run,
            CaseRef(proposal_id=proposal_id),
            id=workflow_id(proposal_id),
            task_queue=self.task_queue,
            start_signal="poked",
            start_signal_args=[version],
            rpc_timeout=PATIENCE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
