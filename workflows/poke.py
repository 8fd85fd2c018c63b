"""The poke: one signal-with-start, used by desk, relay and rebuild alike; it carries no fact."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from workflows.options import CaseRef, workflow_id
from workflows.proposal import ProposalWorkflow
from workflows.rotation import RotationWorkflow

PATIENCE = 5.0
"""Seconds for connecting, retries and answer together: an engine that hangs is left to the relay."""


@dataclass(frozen=True)
class Poker:
    """Wakes the workflow of a proposal, and starts it when there is none."""

    client: Client
    task_queue: str
    patience: float = PATIENCE

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Tell the workflow that the ledger moved to a version; 0 makes it look in any case. Raises TimeoutError."""
        await self._start(proposal_id, matter, version, WorkflowIDConflictPolicy.USE_EXISTING)

    async def restart(self, proposal_id: str, matter: str) -> None:
        """End the run there is, which holds no fact, and start the case anew. Raises TimeoutError."""
        await self._start(proposal_id, matter, 0, WorkflowIDConflictPolicy.TERMINATE_EXISTING)

    async def _start(self, proposal_id: str, matter: str, version: int, on_conflict: WorkflowIDConflictPolicy) -> None:
        workflow = RotationWorkflow if matter == "rotation" else ProposalWorkflow
        async with asyncio.timeout(self.patience):
            await self.client.start_workflow(
                workflow.run,
                CaseRef(proposal_id=proposal_id),
                id=workflow_id(proposal_id),
                task_queue=self.task_queue,
                start_signal="poked",
                start_signal_args=[version],
                id_conflict_policy=on_conflict,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
