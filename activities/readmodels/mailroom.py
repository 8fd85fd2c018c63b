"""Answers whom an owed notice reaches, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_texts import worded
from activities.notices import Letter
from activities.readmodels.careers import holders
from activities.store.driver import ledger_now
from activities.store.outbox import Outbox
from activities.store.tables import streams
from activities.store.vault import contacts
from domain.calendar import WorkingCalendar


@dataclass(frozen=True)
class OutboxMailroom:
    """Notices of the outbox, made out to whoever holds the desk today."""

    engine: AsyncEngine
    outbox: Outbox
    calendar: WorkingCalendar
    language: str

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """One letter for each person at the desk; no letter when the notice is sent already."""
        message = await self.outbox.message(notice_id)
        if message is None:
            return []
        async with self.engine.connect() as connection:
            today = self.calendar.local_date(await ledger_now(connection))
            agency = await connection.scalar(
                streams.select().with_only_columns(streams.c.agency).where(streams.c.stream_id == message.stream_id)
            )
            people = await holders(connection, agency or "", message.dest, today)
            addresses = await contacts(connection, people)
        subject, body = worded(message.body, self.language)
        return [
            Letter(
                message_id=f"{message.message_id}/{person}",
                address=addresses.get(person, f"person/{person}"),
                subject=subject,
                text=body,
            )
            for person in people
        ]

    async def done(self, notice_ids: Sequence[int]) -> None:
        """Mark as delivered."""
        await self.outbox.done(notice_ids)

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Try again later."""
        await self.outbox.defer(notice_ids, delay)
