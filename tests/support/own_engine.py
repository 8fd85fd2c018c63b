"""An engine of a test's own, which can lose everything or be put back to an older copy of itself."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.wiring import Backbone
from deploy.local.folder import DataFolder
from deploy.local.temporal import DevServer
from workflows.desk import ProposalDesk
from workflows.options import workflow_id
from workflows.poke import Poker
from workflows.worker import ensure_search_attributes


@dataclass
class OwnEngine:
    """A development server; it keeps its address, so that a client finds it again."""

    folder: Path
    server: DevServer = field(init=False)
    client: Client = field(init=False)

    async def start(self) -> None:
        """Make it, and connect."""
        self.server = DevServer(DataFolder(self.folder), skips_time=True)
        await self.server.start()
        self.client = await Client.connect(self.server.address, data_converter=pydantic_data_converter)
        await ensure_search_attributes(self.client)

    def desk(self, parts: Backbone) -> ProposalDesk:
        """Where decisions arrive; it loses no time with an engine that is away."""
        poker = Poker(self.client, parts.settings.temporal_task_queue, patience=0.5)
        return ProposalDesk(parts.ledger, poker, parts.outbox)

    async def statuses(self, proposal_ids: list[str]) -> list[WorkflowExecutionStatus | None]:
        """How the workflows of the cases stand."""
        handles = [self.client.get_workflow_handle(workflow_id(proposal_id)) for proposal_id in proposal_ids]
        return [(await handle.describe()).status for handle in handles]

    async def die(self) -> None:
        """Kill the server; what it knew is on disk."""
        self.server.kill()
        await self.server.ended()

    async def come_back(self) -> None:
        """Start the server again, on whatever is on disk."""
        await self.server.start()
        await ensure_search_attributes(self.client)

    async def lose(self) -> None:
        """Kill the server and delete what it knew."""
        await self.die()
        shutil.rmtree(self._database)

    async def copy(self) -> None:
        """Put a copy of what it knows aside, as of a machine whose power failed."""
        await self.die()
        shutil.copytree(self._database, self._copy)
        await self.come_back()

    async def put_back(self) -> None:
        """Kill the server, and start it on the copy."""
        await self.lose()
        shutil.copytree(self._copy, self._database)
        await self.come_back()

    @property
    def _database(self) -> Path:
        return self.folder / "temporal"

    @property
    def _copy(self) -> Path:
        return self.folder / "copy"
