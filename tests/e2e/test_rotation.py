"""A swap of two officials on real servers: both move on one day, or nobody does."""

from __future__ import annotations

from datetime import timedelta

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.proposal import commands as c
from tests.support.journeys import a_stranger_takes_a_post, decreed_swap
from tests.support.people import HEAD, OTHER_HEAD
from tests.support.story import Office


async def test_a_swap_takes_effect_for_both_on_one_day(office: Office, parts: Backbone, time: TimeMachine) -> None:
    """On the TMT each official holds the other's post, and the day before still the own one."""
    tmt = await decreed_swap(office)
    await time.advance_to(parts.calendar.instant(tmt) + timedelta(minutes=1))
    assert [await office.post_of(person, tmt) for person in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-B1", "unit/SEKSI-A1"]
    before = tmt - timedelta(days=1)
    assert [await office.post_of(p, before) for p in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-A1", "unit/SEKSI-B1"]
    for official in (HEAD, OTHER_HEAD):
        await office.record(c.Acknowledge(**office.by(official)))
    assert (await office.events())[-1] == "closed"


async def test_when_one_post_is_taken_nobody_moves(office: Office, parts: Backbone, time: TimeMachine) -> None:
    """A stranger was appointed to one of the posts: the refusal is on record and both officials stay."""
    tmt = await decreed_swap(office)
    await a_stranger_takes_a_post(office, tmt)
    await time.advance_to(parts.calendar.instant(tmt) + timedelta(minutes=1))
    found = await office.events()
    assert "effect-refused" in found
    assert "took-effect" not in found
    assert await office.post_of(HEAD, tmt) == "unit/SEKSI-A1"
