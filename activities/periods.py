"""What the workflow of the periods may do: see what is to be announced, announce it, and list what waits to be sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from temporalio import activity

from domain.promotion.announcements import Announcement, Subordinate, Summary, summaries


class Office(Protocol):
    """Where an agency's people, desks and announcements are kept."""

    async def due(self) -> Announcement | None:
        """What should have been announced by today and was not."""

    def subordinates(self, announcement: Announcement) -> AsyncIterator[list[Subordinate]]:
        """Everybody in reach of a promotion on the TMT, some at a time."""

    async def announce(self, announcement: Announcement, told: Sequence[Summary]) -> int:
        """Owe each desk its notice, once; the answer is how many this call owes."""

    async def waiting(self, limit: int) -> list[int]:
        """Notices that are to be sent now."""


@dataclass(frozen=True)
class PeriodActivities:
    """A thin skin on the office. Delivery is at least once; the receipt of each announcement makes it once."""

    office: Office

    @activity.defn
    async def due_announcement(self) -> Announcement | None:
        """What should have been announced by the ledger's today and was not."""
        return await self.office.due()

    @activity.defn
    async def announce(self, announcement: Announcement) -> int:
        """Count everybody in reach of a promotion and owe each supervisor one notice; the answer is how many."""
        people: list[Subordinate] = []
        async for some in self.office.subordinates(announcement):
            people += some
            activity.heartbeat(len(people))
        return await self.office.announce(announcement, summaries(announcement.turn, people))

    @activity.defn
    async def waiting_announcements(self, limit: int) -> list[int]:
        """Notices of announcements that are to be sent now."""
        return await self.office.waiting(limit)
