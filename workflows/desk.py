"""The desk where people's commands arrive: record through the ledger, answer, then poke."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from domain.ports import AnyCommand, Receipt, Recording

log = structlog.get_logger()


class Poking(Protocol):
    """How a workflow is woken."""

    async def poke(self, proposal_id: str, matter: str, version: int = 0) -> None:
        """Wake the workflow."""


class PokedMarking(Protocol):
    """Where pokes are kept until they have arrived."""

    async def poked(self, stream_id: str, version: int) -> None:
        """Mark pokes of the stream up to the version as delivered."""


@dataclass
class ProposalDesk:
    """Decisions are the ledger's; the poke afterwards is best effort, the relay is its guarantee."""

    ledger: Recording
    poker: Poking
    outbox: PokedMarking
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def record(self, command: AnyCommand) -> Receipt:
        """Record the command; the answer is durable when this returns. Raises the DomainError of a refusal."""
        receipt = await self.ledger.record(command)
        if receipt.outcome == "recorded" and not receipt.repeated:
            # asyncio holds tasks weakly: keep them until they are done.
            task = asyncio.create_task(self._poke(receipt))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        return receipt

    async def close(self) -> None:
        """Let pokes that are under way arrive."""
        await asyncio.gather(*self.under_way)

    async def _poke(self, receipt: Receipt) -> None:
        matter = "rotation" if receipt.proposal_id.startswith("MT-") else "promotion"
        try:
            await self.poker.poke(receipt.proposal_id, matter, receipt.last_version)
            await self.outbox.poked(receipt.stream_id, receipt.last_version)
        except Exception as error:  # noqa: BLE001 - whatever it was, the relay repeats the poke
            log.warning("poke is left to the relay", proposal_id=receipt.proposal_id, error=type(error).__name__)
