"""Notices: one activity sends, another marks as sent; an activity persists or calls out, never both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from temporalio import activity

from domain.ports import Notifier
from domain.vocabulary import Frozen

DELAY = timedelta(minutes=5)
"""Between two attempts of a notice. Source: GOV.UK Notify's 48 tries × 300 s."""


class Letter(Frozen):
    """A notice made out to one address."""

    message_id: str
    address: str
    subject: str
    text: str


class Mailroom(Protocol):
    """Where owed notices are kept and addressed."""

    async def letters(self, notice_id: int) -> Sequence[Letter]:
        """The notice made out to everyone at its desk; none when it is sent already."""

    async def done(self, notice_ids: Sequence[int]) -> None:
        """Mark as delivered."""

    async def defer(self, notice_ids: Sequence[int], delay: timedelta) -> None:
        """Try again later."""


@dataclass(frozen=True)
class NoticeActivities:
    """Delivers through the notifier; the outbox row's message id is the foreign key of every copy."""

    mailroom: Mailroom
    notifier: Notifier

    @activity.defn
    async def send_notice(self, notice_id: int) -> int:
        """Send the notice to everyone at its desk; the answer is how many letters went out."""
        letters = await self.mailroom.letters(notice_id)
        for letter in letters:
            await self.notifier.send(letter.message_id, letter.address, letter.subject, letter.text)
        return len(letters)

    @activity.defn
    async def mark_sent(self, notice_id: int) -> None:
        """Remember that it went out."""
        await self.mailroom.done([notice_id])

    @activity.defn
    async def defer_notice(self, notice_id: int) -> None:
        """The channel is away: try again in five minutes."""
        await self.mailroom.defer([notice_id], DELAY)
