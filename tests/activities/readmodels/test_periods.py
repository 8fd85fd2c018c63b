"""The office of the periods on a real ledger: what is due, announced once, to the right desks, and then sent."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from activities.notices import NoticeActivities
from activities.readmodels import PROJECTIONS
from activities.readmodels.periods import NOBODY
from activities.readmodels.verify import verify
from activities.wiring import Backbone
from domain.promotion.announcements import Announcement, Outlook, Subordinate, Summary, Turn, announcement_on, summaries
from domain.promotion.eligibility import next_tmt
from domain.proposal.commands import PromotionAsked
from tests.support.fakes import FakeNotifier
from tests.support.hopefuls import UNPLACED, hopefuls
from tests.support.people import AGENCY, HEAD, STAFF
from tests.support.story import Office

MINE, ABOVE = "unit/SEKSI-A1", "unit/DINAS-A"


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """The invented office with its hopeful staff."""
    found = Office(parts)
    await found.settle_in(hopefuls(next_tmt(await found.today(), parts.rulebook)))
    return found


@pytest.fixture
async def due(office: Office) -> Announcement:
    """What is due on the ledger's day."""
    found = await office.parts.period_office.due()
    assert found is not None
    return found


async def everybody(parts: Backbone, announcement: Announcement) -> list[Subordinate]:
    """All pages of the pass over the agency."""
    return [one async for some in parts.period_office.subordinates(announcement) for one in some]


async def sent(parts: Backbone) -> FakeNotifier:
    """Everything that waits goes out."""
    notifier = FakeNotifier()
    activities = NoticeActivities(parts.mailroom, notifier)
    for notice_id in await parts.period_office.waiting(100):
        await activities.send_notice(notice_id)
        await activities.mark_sent(notice_id)
    return notifier


async def test_what_is_due_is_what_the_ledgers_day_says(office: Office, due: Announcement) -> None:
    """The TMT whose window contains the office's today."""
    reference = office.parts.rulebook.reference

    assert due == announcement_on(await office.today(), AGENCY, reference, office.parts.calendar)


async def test_everybody_is_seen_from_the_desk_of_the_nearest_superior(office: Office, due: Announcement) -> None:
    """A head from the desk above; who has no superior from the administrator's."""
    await office.draft(PromotionAsked(subject=STAFF, target_tmt=due.tmt))
    found = await everybody(office.parts, due)
    section = [one for one in found if one.desk == MINE]

    assert sorted(one.outlook for one in section) == [Outlook.DATA_GAP, Outlook.ELIGIBLE, Outlook.NEARLY]
    assert [one.proposed for one in section if one.outlook is Outlook.ELIGIBLE] == [True]
    assert Subordinate(NOBODY, Outlook.DATA_GAP, proposed=False) in found


async def test_an_announcement_is_made_once_however_often_and_whoever_asks(office: Office, due: Announcement) -> None:
    """Eight workers at once: one of them owes the notices; the other turn is an announcement of its own."""
    told = [Summary(desk=MINE, eligible=1), Summary(desk=ABOVE, nearly=2)]
    periods = office.parts.period_office
    owed = await asyncio.gather(*(periods.announce(due, told) for _ in range(8)))

    assert sorted(owed) == [0] * 7 + [2]
    assert len(await periods.waiting(100)) == 2
    assert await periods.due() is None
    other = Turn.FIRST if due.turn is Turn.LAST else Turn.LAST
    assert await periods.announce(due.model_copy(update={"turn": other}), told) == 2


async def test_an_announcement_that_concerns_nobody_is_done_all_the_same(office: Office, due: Announcement) -> None:
    """Nobody goes through the whole agency again each day for nothing."""
    assert await office.parts.period_office.announce(due, []) == 0
    assert await office.parts.period_office.due() is None


async def test_each_supervisor_gets_one_letter_with_numbers_and_no_name(office: Office, due: Announcement) -> None:
    """It is made out like any other notice, and once it is marked nothing waits."""
    first = due.model_copy(update={"turn": Turn.FIRST})
    told = summaries(Turn.FIRST, await everybody(office.parts, first))
    await office.parts.period_office.announce(first, told)
    notifier = await sent(office.parts)
    letters = {address.removeprefix("person/"): (subject, body) for address, subject, body in notifier.sent.values()}
    subject, body = letters[HEAD]

    assert len(notifier.sent) == len(letters)
    assert subject == f"Kenaikan pangkat TMT {first.tmt:%d-%m-%Y}: 1 pegawai memenuhi syarat, 1 hampir"
    assert f"Belum diusulkan: 1\nData belum lengkap: 1\nUsul diterima sampai {first.closes:%d-%m-%Y}" in body
    assert not [ref for ref in (STAFF, UNPLACED) if ref in subject + body]
    assert await office.parts.period_office.waiting(100) == []


async def test_a_letter_that_could_not_be_sent_waits_for_another_day(office: Office, due: Announcement) -> None:
    """Deferred notices are not offered until their time has come."""
    periods = office.parts.period_office
    await periods.announce(due, [Summary(desk=MINE, eligible=1)])
    (notice_id,) = await periods.waiting(100)
    await office.parts.mailroom.defer([notice_id], timedelta(minutes=5))

    assert await periods.waiting(100) == []


async def test_an_announcement_leaves_the_log_as_it_was(office: Office, due: Announcement) -> None:
    """No event, and a ledger that still proves itself: a receipt that changed nothing, and what it owes."""
    parts = office.parts
    async with parts.reads.connect() as connection:
        size = await connection.scalar(text("SELECT size FROM log_head"))
    await parts.period_office.announce(due, [Summary(desk=MINE, eligible=1)])
    async with parts.reads.connect() as connection:
        assert await connection.scalar(text("SELECT size FROM log_head")) == size
    async with parts.store.engine.connect() as connection:
        assert (await verify(connection, PROJECTIONS)).problems == []


async def test_another_agency_is_not_told(office: Office, due: Announcement) -> None:
    """What waits is asked for by agency."""
    elsewhere = due.model_copy(update={"agency": "OTHER", "closes": date(2026, 1, 1)})
    await office.parts.period_office.announce(elsewhere, [Summary(desk=MINE, eligible=1)])

    assert await office.parts.period_office.waiting(100) == []
    assert await office.parts.period_office.due() == due
