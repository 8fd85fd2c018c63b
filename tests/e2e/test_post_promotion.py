"""A promotion to a post on real servers: the seat changes hands at the TMT, by the engine's own clock."""

from __future__ import annotations

from datetime import timedelta

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.proposal import commands as c
from tests.support.journeys import first_of_next_month
from tests.support.people import STAFF
from tests.support.promoted import SEAT_OF_SECTION, decreed_supervisor, vacant_section
from tests.support.story import Office

MINUTE = timedelta(minutes=1)


async def test_staff_become_head_of_section_exactly_on_the_tmt(
    office: Office, parts: Backbone, time: TimeMachine
) -> None:
    """Not a minute before it; then inauguration and decree are delivered, and the case is closed."""
    today = await office.today()
    tmt = first_of_next_month(today)
    await vacant_section(office)
    await decreed_supervisor(office, tmt, today)
    await time.advance_to(parts.calendar.instant(tmt) - MINUTE)
    assert "took-effect" not in await office.events()
    await time.advance_to(parts.calendar.instant(tmt) + MINUTE)
    assert await office.post_of(STAFF, tmt) == SEAT_OF_SECTION
    assert await office.post_of(STAFF, tmt - timedelta(days=1)) == "jfu/1@SEKSI-A1"
    await office.record(c.Acknowledge(**office.by(STAFF)))
    found = await office.events()
    assert "decree-delivered" in found
    assert found[-1] == "closed"
