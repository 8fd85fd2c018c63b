"""Builds the ledger and its neighbours from settings: the one place where ports meet their adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.adapters.notifiers import LogNotifier, SmtpNotifier
from activities.calendars import working_calendar
from activities.ledger import Ledger
from activities.readmodels import PROJECTIONS
from activities.readmodels.briefs import BriefReader
from activities.readmodels.context import Context
from activities.readmodels.mailroom import OutboxMailroom
from activities.rule_files import read_rulebook
from activities.settings import RefusedToStart, Settings, key_bytes, refusals
from activities.store.codec import gaps
from activities.store.engine import read_engine, unsafe, write_engine
from activities.store.event_store import PostgresEventStore
from activities.store.outbox import Outbox
from activities.store.schema import behind
from activities.store.sealing import KeyRing
from domain.calendar import WorkingCalendar
from domain.ports import Notifier
from domain.rulebook.rulebook import Rulebook

CALENDAR_YEARS = range(2020, 2041)


@dataclass(frozen=True)
class Backbone:
    """What every process of the service shares."""

    settings: Settings
    store: PostgresEventStore
    ledger: Ledger
    outbox: Outbox
    reads: AsyncEngine
    keys: KeyRing
    rulebook: Rulebook
    calendar: WorkingCalendar

    @property
    def briefs(self) -> BriefReader:
        """Briefs for workflows."""
        return BriefReader(self.reads)

    @property
    def mailroom(self) -> OutboxMailroom:
        """Owed notices."""
        return OutboxMailroom(self.reads, self.outbox, self.calendar, self.settings.locale)

    @property
    def notifier(self) -> Notifier:
        """By mail when there is a server, else to the log."""
        settings = self.settings
        if settings.smtp_host and settings.smtp_from:
            return SmtpNotifier(settings.smtp_host, settings.smtp_port, settings.smtp_from)
        return LogNotifier()


@asynccontextmanager
async def backbone(settings: Settings) -> AsyncIterator[Backbone]:
    """Connect, check that nothing acknowledged could be lost, and disconnect at the end. Raises RefusedToStart."""
    if reasons := [f"{r.cause.en} {r.cure.en}" for r in refusals(settings)] + _unreadable():
        raise RefusedToStart(reasons)
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    rulebook = read_rulebook()
    offset = timedelta(hours=settings.utc_offset_hours)
    calendar = working_calendar(CALENDAR_YEARS, offset, rulebook.reference.overlay)
    writes, reads = write_engine(url), read_engine(url)
    keys = KeyRing(key_bytes(settings.vault_key))
    try:
        await _check(writes, settings)
        store = PostgresEventStore(writes, keys, PROJECTIONS, Context(rulebook, calendar))
        yield Backbone(settings, store, Ledger(store), Outbox(writes), reads, keys, rulebook, calendar)
    finally:
        await writes.dispose()
        await reads.dispose()


def _unreadable() -> list[str]:
    return [f"No upcaster reads {gap}. Install the version that wrote it." for gap in gaps()]


async def _check(engine: AsyncEngine, settings: Settings) -> None:
    async with engine.connect() as connection:
        if await behind(connection):
            raise RefusedToStart(["The schema is not that of this code. Run jenjang migrate, or the newer version."])
        clock_may_move = settings.mode != "production" and settings.allow_clock_offset
        found = await unsafe(connection, clock_may_move=clock_may_move)
        if found:
            raise RefusedToStart([f"{cause}: {cure}" for cause, cure in found])
