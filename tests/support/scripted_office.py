"""The office of the periods as a test writes it: what is due, who is in reach, and a mailroom for what is owed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from activities.notices import Letter
from domain.promotion.announcements import Announcement, Outlook, Subordinate, Summary, Turn
from tests.support.workflow_fakes import PERSONAL, Channel

FIRST = Announcement(agency="DEMO", tmt=date(2026, 6, 1), closes=date(2026, 5, 15), turn=Turn.FIRST)


@dataclass
class ScriptedOffice:
    """An announcement is made once and then due no more; what it owes waits until it is done or deferred."""

    announcement: Announcement = FIRST
    people: list[Subordinate] = field(default_factory=list)
    lost_answers: int = 0
    passes: int = 0
    made: dict[str, list[Summary]] = field(default_factory=dict)
    owed: dict[int, str] = field(default_factory=dict)
    deferred: list[int] = field(default_factory=list)

    async def due(self) -> Announcement | None:
        """Unless it was made."""
        return None if self.announcement.id in self.made else self.announcement

    async def subordinates(self, announcement: Announcement) -> AsyncIterator[list[Subordinate]]:
        """One by one."""
        self.passes += 1
        for person in self.people:
            yield [person]

    async def announce(self, announcement: Announcement, told: Sequence[Summary]) -> int:
        """Owe each desk its notice; an answer may be lost after the COMMIT."""
        new = announcement.id not in self.made
        if new:
            self.made[announcement.id] = list(told)
            self.owed |= {len(self.owed) + n: summary.desk for n, summary in enumerate(told, start=1)}
        if self.lost_answers:
            self.lost_answers -= 1
            raise TimeoutError
        return len(told) if new else 0

    async def waiting(self, limit: int) -> list[int]:
        """What is neither done nor deferred."""
        return [notice_id for notice_id in self.owed if notice_id not in self.deferred][:limit]

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """One letter to an invented official."""
        name, nip, address = PERSONAL
        desk = self.owed.get(notice_id)
        return [Letter(message_id=f"period/{desk}", address=address, subject=name, text=nip)] if desk else []

    async def done(self, notice_ids: Sequence[int]) -> None:
        """Owed no more."""
        for notice_id in notice_ids:
            self.owed.pop(notice_id, None)

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Not today."""
        self.deferred += notice_ids

    def parts(self, channel: Channel, task_queue: str) -> Any:
        """What the worker is built from."""
        return SimpleNamespace(
            ledger=None,
            briefs=None,
            mailroom=self,
            notifier=channel,
            period_office=self,
            settings=SimpleNamespace(temporal_task_queue=task_queue, utc_offset_hours=7),
        )


def eligible(count: int) -> list[Subordinate]:
    """So many people at as many desks."""
    return [Subordinate(f"unit/{n}", Outlook.ELIGIBLE, proposed=False) for n in range(count)]
