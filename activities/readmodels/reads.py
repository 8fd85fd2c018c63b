"""Every question that the doors ask, each answered on a connection of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.readmodels import cases, inbox
from activities.readmodels.actions import actions_on
from activities.readmodels.careers import agency_of
from activities.readmodels.context import Context
from activities.readmodels.dossier import Dossier, Sitting, dossier, sittings
from activities.readmodels.eligibility import Eligibility, eligibility
from activities.readmodels.register import Found, PersonFile, may_see_person, person_file, search
from activities.readmodels.timeline import Entry, timeline
from activities.readmodels.upcoming import Placed, UpcomingPage, upcoming_page
from activities.readmodels.visibility import Sight, Viewer, sight, viewer
from activities.store.schema import behind
from activities.store.sealing import KeyRing
from activities.store.tables import command_receipts
from activities.store.vault import names
from domain.ports import Receipt
from domain.proposal.actions import Action
from domain.proposal.commands import SYSTEM
from domain.proposal.proposal import Case

Row = Mapping[Any, Any]
"""A row of `cases` or `inbox`."""


@dataclass(frozen=True)
class Reads:
    """The read side: projections, folded streams and the vault; nothing here writes."""

    engine: AsyncEngine
    keys: KeyRing
    context: Context

    async def viewer(self, ref: str) -> Viewer | None:
        """The person with today's desks; None when the register does not know the reference."""
        async with self.engine.connect() as connection:
            return await viewer(connection, ref, self.context.calendar)

    async def case(self, proposal_id: str, who: Viewer) -> tuple[Row, Sight] | None:
        """The case's row and how much of it the viewer sees; None when there is nothing to see."""
        async with self.engine.connect() as connection:
            row = await cases.find(connection, proposal_id)
            seen = await sight(connection, row, who) if row else None
            return (row, seen) if row and seen else None

    async def dossier(self, proposal_id: str, who: Viewer) -> Dossier:
        """Everything about one case; raises ProposalUnknown."""
        async with self.engine.connect() as connection:
            return await dossier(connection, self.context, proposal_id, who.today)

    async def actions(self, proposal_id: str, who: Viewer) -> tuple[Case, list[Action]]:
        """What the viewer may do with the case now, and why not the rest; raises ProposalUnknown."""
        async with self.engine.connect() as connection:
            return await actions_on(connection, self.context, proposal_id, who.ref)

    async def timeline(self, proposal_id: str, after: int, limit: int) -> list[Entry]:
        """Events of the case behind a version, oldest first."""
        async with self.engine.connect() as connection:
            return await timeline(connection, self.keys, proposal_id, after, limit)

    async def inbox(self, who: Viewer, after: tuple[datetime, str] | None, limit: int) -> list[tuple[Row, Row]]:
        """What waits at the viewer's desks with its case, least time left first."""
        async with self.engine.connect() as connection:
            waiting = await inbox.waiting(connection, who.agency, list(who.desks), after, limit)
            found = await cases.rows_of(connection, [row["proposal_id"] for row in waiting])
            return [(row, found[row["proposal_id"]]) for row in waiting if row["proposal_id"] in found]

    async def stalled(self, who: Viewer, after: tuple[datetime, str] | None, limit: int) -> Sequence[RowMapping]:
        """Cases of the viewer's agency that stand still, longest first."""
        async with self.engine.connect() as connection:
            return await cases.stalled(connection, who.agency, after, limit)

    async def involving(self, who: Viewer, after: str | None, limit: int) -> Sequence[RowMapping]:
        """Cases that the viewer proposed or is the subject of, newest first."""
        async with self.engine.connect() as connection:
            return await cases.involving(connection, who.ref, after, limit)

    async def person(self, ref: str, who: Viewer, as_at: int | None) -> PersonFile | None:
        """A person of the register as known at a position; None when unknown, or not for the viewer to see."""
        async with self.engine.connect() as connection:
            if not await may_see_person(connection, ref, await agency_of(connection, ref), who):
                return None
            return await person_file(connection, ref, as_at)

    async def search(self, who: Viewer, nip: str | None, name: str) -> list[Found]:
        """People by NIP or part of the name, among those whom the viewer may see."""
        async with self.engine.connect() as connection:
            return await search(connection, who, nip, name)

    async def eligibility(self, subject: str, kind: str | None, tmt: date | None, today: date) -> Eligibility:
        """Whether a person meets the law for a promotion, and why; raises RegisterGap, RouteMissing."""
        async with self.engine.connect() as connection:
            return await eligibility(connection, self.context.rulebook, subject, kind, tmt, today)

    async def upcoming(self, who: Viewer, tmt: date | None, after: Placed, limit: int) -> UpcomingPage:
        """Who of those whom the viewer may look at is in reach of a promotion, behind a place."""
        async with self.engine.connect() as connection:
            return await upcoming_page(connection, self.context.rulebook, who, tmt, after, limit)

    async def receipt(self, command_id: str, who: Viewer) -> Receipt | None:
        """The receipt of one of the viewer's own commands."""
        async with self.engine.connect() as connection:
            wanted = command_receipts.c
            found = await connection.execute(
                select(command_receipts).where(wanted.command_id == command_id, wanted.actor_ref == who.ref)
            )
            row = found.mappings().one_or_none()
            return Receipt.model_validate({**row, "repeated": True}) if row else None

    async def desks(self, who: Viewer) -> list[Sitting]:
        """The viewer's desks, with units and people."""
        async with self.engine.connect() as connection:
            return list((await sittings(connection, who.agency, who.desks, who.today)).values())

    async def names(self, people: Iterable[str]) -> dict[str, str]:
        """Names by reference; someone erased, and the system, is missing."""
        async with self.engine.connect() as connection:
            return await names(connection, set(people) - {SYSTEM})

    async def at_head(self) -> bool:
        """Whether the database answers at the schema of this code; raises when it does not answer."""
        async with self.engine.connect() as connection:
            return not await behind(connection)
