"""Builds the ledger and its neighbours from settings: the one place where ports meet their adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.adapters.notifiers import LogNotifier, SmtpNotifier
from activities.calendars import working_calendar
from activities.ledger import Ledger
from activities.readmodels import PROJECTIONS
from activities.readmodels.briefs import BriefReader
from activities.readmodels.context import Context
from activities.readmodels.mailroom import OutboxMailroom
from activities.readmodels.periods import PeriodOffice
from activities.rule_files import RulesInForce
from activities.settings import Settings, key_bytes, refusals, refuse
from activities.store.codec import gaps
from activities.store.editions import rules_in_force
from activities.store.engine import read_engine, write_engine
from activities.store.event_store import PostgresEventStore
from activities.store.outbox import Outbox
from activities.store.safety import Clock, assure, unreadable
from activities.store.sealing import KeyRing
from domain.calendar import WorkingCalendar
from domain.ports import Notifier
from domain.rulebook.rulebook import Rulebook

CALENDAR_YEARS = range(2020, 2041)


def machine_time() -> datetime:
    """The clock of this machine; the ledger asks the database's, and a start compares the two."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Backbone:
    """What every process of the service shares."""

    settings: Settings
    store: PostgresEventStore
    ledger: Ledger
    outbox: Outbox
    reads: AsyncEngine
    keys: KeyRing
    rules: RulesInForce
    calendar: WorkingCalendar

    @property
    def rulebook(self) -> Rulebook:
        """The rules that this process works by."""
        return self.rules.rulebook

    @property
    def briefs(self) -> BriefReader:
        """Briefs for workflows."""
        return BriefReader(self.reads)

    @property
    def mailroom(self) -> OutboxMailroom:
        """Owed notices."""
        return OutboxMailroom(self.reads, self.outbox, self.calendar, self.settings.locale)

    @property
    def period_office(self) -> PeriodOffice:
        """Where announcements of a TMT are made."""
        context = Context(self.rulebook, self.calendar)
        return PeriodOffice(self.store.engine, self.reads, context, self.settings.agency)

    @property
    def notifier(self) -> Notifier:
        """By mail when there is a server, else to the log."""
        settings = self.settings
        if settings.smtp_host and settings.smtp_from:
            return SmtpNotifier(settings.smtp_host, settings.smtp_port, settings.smtp_from)
        return LogNotifier()


@asynccontextmanager
async def backbone(
    settings: Settings, *, clock: Clock = machine_time, starting: bool = True
) -> AsyncIterator[Backbone]:
    """Connect, check that nothing acknowledged could be lost, and disconnect at the end.

    What is not `starting` to serve notes no start: a command beside the service.
    Raises RefusedToStart, RulebookUnusable.
    """
    refuse(refusals(settings) + unreadable(gaps()), settings.locale)
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    offset = timedelta(hours=settings.utc_offset_hours)
    writes, reads = write_engine(url), read_engine(url)
    keys = KeyRing(key_bytes(settings.vault_key))
    try:
        async with writes.connect() as connection:
            await assure(connection, settings, clock)
        async with writes.begin() as connection:
            rules = await rules_in_force(connection, settings.rules_dir, starting=starting)
        calendar = working_calendar(CALENDAR_YEARS, offset, rules.rulebook.reference.overlay)
        store = PostgresEventStore(writes, keys, PROJECTIONS, Context(rules.rulebook, calendar))
        yield Backbone(settings, store, Ledger(store), Outbox(writes), reads, keys, rules, calendar)
    finally:
        await writes.dispose()
        await reads.dispose()
