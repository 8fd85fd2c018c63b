"""What is in the file of one case: its state, its route, its documents, and who sits at its desks today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.careers import holders
from activities.readmodels.context import Context
from activities.readmodels.units import units
from activities.store.loading import load
from activities.store.vault import names
from domain.errors import ProposalUnknown, RouteMissing
from domain.proposal import events as e
from domain.proposal.commands import SYSTEM
from domain.proposal.explaining import Explanation, explained
from domain.proposal.proposal import Draft, Ended, Nothing, Open, Recorded, Returned, fold
from domain.rulebook.model import Route
from domain.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Sitting:
    """A desk, the unit it leads (empty for roles and persons), and the references of who sits there today."""

    code: str
    unit_name: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """A case with all that its page shows; names by reference, someone erased is missing."""

    state: Open | Ended
    route: Route | None
    documents: Mapping[str, e.DocumentAttached]
    attached_at: Mapping[str, datetime]
    desks: Mapping[str, Sitting]
    names: Mapping[str, str]
    changed_at: datetime
    explanation: Explanation | None = None


async def state_of(connection: AsyncConnection, proposal_id: str) -> tuple[Open | Ended, Sequence[Recorded[Any]]]:
    """The folded state and the events it comes from; raises ProposalUnknown, HistoryUnreadable."""
    stream_id = f"proposal/{proposal_id}"
    history = (await load(connection, [stream_id]))[stream_id].history
    state = fold(history)
    if isinstance(state, Nothing):
        raise ProposalUnknown(proposal_id=proposal_id)
    return state, history


async def dossier(connection: AsyncConnection, context: Context, proposal_id: str, today: date) -> Dossier:
    """Everything about one case; raises ProposalUnknown, HistoryUnreadable."""
    state, history = await state_of(connection, proposal_id)
    case = state.case
    attached = {r.event.document: r for r in history if isinstance(r.event, e.DocumentAttached)}
    desks = await sittings(connection, case.agency, case.desks_seen | {f"person/{case.proposer}"}, today)
    people = {case.proposer, *case.matter.subjects, *(entry.actor for entry in case.signed)}
    people |= {override.actor for override in case.overrides}
    people |= {person for sitting in desks.values() for person in sitting.people}
    return Dossier(
        state=state,
        route=_route(state, await context.rules_for(connection, state), today),
        documents={code: recorded.event for code, recorded in attached.items()},
        attached_at={code: recorded.at for code, recorded in attached.items()},
        desks=desks,
        names=await names(connection, people - {SYSTEM}),
        changed_at=history[-1].at,
        explanation=explained(state, context.rulebook.reference, context.calendar),
    )


async def sittings(connection: AsyncConnection, agency: str, desks: Iterable[str], day: date) -> dict[str, Sitting]:
    """Each desk with its unit's name and the people at it on the day."""
    codes = sorted(desks)
    led = [code.removeprefix("unit/") for code in codes if code.startswith("unit/")]
    found = await connection.execute(select(units.c.unit, units.c.name).where(units.c.unit.in_(led)))
    named = {f"unit/{row.unit}": row.name for row in found}
    return {
        code: Sitting(code, named.get(code, ""), tuple(await holders(connection, agency, code, day))) for code in codes
    }


def _route(state: Open | Ended, rulebook: Rulebook, today: date) -> Route | None:
    """The frozen route; before a submission, the one that would be frozen today."""
    case = state.case
    if not isinstance(state, Draft | Returned):
        return case.route
    try:
        return rulebook.route(case.matter.matter, case.matter.kind, today)
    except RouteMissing:
        return case.route
