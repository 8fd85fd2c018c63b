"""Answers what the workflow of a proposal has to wait for, chase or do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.loading import load
from activities.store.outbox import owed
from domain.errors import ProposalUnknown
from domain.proposal.brief import Brief, brief
from domain.proposal.proposal import Nothing, fold


@dataclass(frozen=True)
class BriefReader:
    """Folds the stream for each brief, so that a brief never lags."""

    engine: AsyncEngine

    async def brief(self, proposal_id: str) -> Brief:
        """The brief with the notices that are still owed; raises ProposalUnknown."""
        stream_id = f"proposal/{proposal_id}"
        async with self.engine.connect() as connection:
            history = (await load(connection, [stream_id]))[stream_id].history
            waiting = await owed(connection, stream_id)
        state = fold(history)
        if isinstance(state, Nothing):
            raise ProposalUnknown(proposal_id=proposal_id)
        return brief(state, waiting)
