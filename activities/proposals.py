"""What a proposal's workflow may do to the ledger: read the brief, record a command of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from temporalio import activity

from domain.ports import Recording
from domain.proposal.brief import Brief
from domain.proposal.commands import SystemCommand


class Briefs(Protocol):
    """Where briefs come from."""

    async def brief(self, proposal_id: str) -> Brief:
        """The proposal's brief; raises ProposalUnknown."""


@dataclass(frozen=True)
class ProposalActivities:
    """A thin skin on the ledger. Delivery is at least once; the receipts make it once."""

    ledger: Recording
    briefs: Briefs

    @activity.defn
    async def load_brief(self, proposal_id: str) -> Brief:
        """What the proposal waits for, and what is due or owed when."""
        return await self.briefs.brief(proposal_id)

    @activity.defn
    async def record(self, command: SystemCommand) -> int:
        """Record the command; the answer is the stream's version after it."""
        return (await self.ledger.record(command)).last_version
