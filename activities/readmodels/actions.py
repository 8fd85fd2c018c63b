"""What may the viewer do with this case now? The facts are gathered as the ledger would, then `decide` is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.context import Context
from activities.readmodels.dossier import state_of
from activities.store.driver import ledger_now
from activities.store.loading import load
from domain.proposal.actions import Action, actions
from domain.proposal.commands import Submit
from domain.proposal.proposal import Case
from domain.register.person import Person, fold


@dataclass(frozen=True)
class _Reading:
    """An open connection, as far as gathering facts needs it."""

    connection: AsyncConnection

    async def now(self) -> datetime:
        """The database's time."""
        return await ledger_now(self.connection)

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Folded people."""
        loaded = await load(self.connection, [f"person/{subject}" for subject in subjects])
        return {
            subject: fold(recorded.event for recorded in loaded[f"person/{subject}"].history) for subject in subjects
        }


async def actions_on(
    connection: AsyncConnection, context: Context, proposal_id: str, actor: str
) -> tuple[Case, list[Action]]:
    """The case and every verb on it, allowed or with its refusal; raises ProposalUnknown, HistoryUnreadable."""
    state, _ = await state_of(connection, proposal_id)
    # No other command needs more facts than a submission.
    probe = Submit(command_id=f"actions/{proposal_id}", actor=actor, proposal_id=proposal_id)
    facts = await context.facts_for(connection, _Reading(connection), probe, state)
    return state.case, actions(state, actor, facts)
