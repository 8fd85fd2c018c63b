"""The office of an agency's periods: what is to be announced, to which desks, and what waits to be sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.readmodels.context import Context, organisation_and_desks
from activities.readmodels.upcoming import Staff, Upcoming, everybody_in_reach
from activities.store import announcing
from activities.store.driver import ledger_now
from domain.promotion.announcements import Announcement, Subordinate, Summary, announcement_on
from domain.proposal.commands import SYSTEM
from domain.register.organisation import Organisation

NOBODY = "role/administrator"
"""Who is told of people without a superior."""


@dataclass(frozen=True)
class PeriodOffice:
    """One agency's, by the ledger's clock; `writes` is used for what is announced, `reads` for the rest."""

    writes: AsyncEngine
    reads: AsyncEngine
    context: Context
    agency: str

    async def due(self) -> Announcement | None:
        """What should have been announced by today and was not."""
        async with self.reads.connect() as connection:
            today = self.context.calendar.local_date(await ledger_now(connection))
            reference = self.context.rulebook.reference
            found = announcement_on(today, self.agency, reference, self.context.calendar)
            return None if await announcing.announced(connection, found) else found

    async def subordinates(self, announcement: Announcement) -> AsyncIterator[list[Subordinate]]:
        """Everybody in reach of a promotion on the TMT, some at a time, each with the desk of the nearest superior."""
        async with self.reads.connect() as connection:
            today = self.context.calendar.local_date(await ledger_now(connection))
        staff = Staff(self.agency, today)
        async for people in everybody_in_reach(self.reads, self.context.rulebook, staff, announcement.tmt):
            async with self.reads.connect() as connection:
                start = sorted({entry.placed.unit for entry in people})
                known, _ = await organisation_and_desks(connection, self.agency, start, SYSTEM, today)
            yield [_under(known, entry) for entry in people]

    async def announce(self, announcement: Announcement, told: Sequence[Summary]) -> int:
        """Owe each desk its notice, once; the answer is how many this call owes."""
        async with self.writes.begin() as connection:
            return await announcing.announce(connection, announcement, told)

    async def waiting(self, limit: int) -> list[int]:
        """Notices that are to be sent now."""
        async with self.reads.connect() as connection:
            return await announcing.waiting(connection, self.agency, limit)


def _under(organisation: Organisation, entry: Upcoming) -> Subordinate:
    superiors = organisation.superiors_of(entry.placed.subject, entry.placed.unit)
    desk = next((f"unit/{unit.unit}" for unit, _ in superiors), NOBODY)
    return Subordinate(desk, entry.candidate.outlook, entry.proposal_id is not None)
