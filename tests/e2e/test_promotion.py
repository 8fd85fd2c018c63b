"""A promotion on real servers: weeks of silence, decisions, and the effect exactly at the TMT."""

from __future__ import annotations

from datetime import date, timedelta

from temporalio.client import Client

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.proposal import commands as c
from domain.vocabulary import Grade
from tests.support.journeys import decreed
from tests.support.people import CHIEF, PYB, STAFF
from tests.support.story import Office

SECONDS = timedelta(seconds=30)


async def test_six_weeks_of_silence_remind_escalate_and_mark_exactly_once(office: Office, time: TimeMachine) -> None:
    """Nobody answers for six weeks: one reminder, one escalation, one mark, and the superior may act."""
    await office.submitted()
    await time.advance(timedelta(days=42))
    found = await office.events()
    assert [found.count(kind) for kind in ("reminder-sent", "step-escalated", "step-marked-stalled")] == [1, 1, 1]
    await office.approve(PYB, "PENGANTAR_OPD")
    assert (await office.events())[-2:] == ["step-approved", "step-opened"]


async def test_an_approval_in_the_hour_of_the_deadline_leaves_no_escalation(office: Office, time: TimeMachine) -> None:
    """The decision came first: the deadline finds the step closed."""
    await office.submitted()
    brief = await office.parts.briefs.brief(office.proposal_id)
    assert brief.due_at is not None
    await time.advance_to(brief.due_at - SECONDS)
    await office.approve(CHIEF, "PENGANTAR_OPD")
    await time.advance_to(brief.due_at + SECONDS)
    found = await office.events()
    assert (found.count("reminder-sent"), found.count("step-escalated")) == (1, 0)


async def test_a_decreed_promotion_takes_effect_exactly_at_the_tmt(
    office: Office, parts: Backbone, time: TimeMachine
) -> None:
    """The register changes at midnight of the office's time on the TMT, not before."""
    brief = await decreed(office)
    assert brief.due_at is not None
    tmt = parts.calendar.local_date(brief.due_at)
    await time.advance_to(brief.due_at - SECONDS)
    assert "took-effect" not in await office.events()
    assert await office.grade_of(STAFF, tmt) == Grade("III/b")
    await time.advance_to(brief.due_at + SECONDS)
    assert "took-effect" in await office.events()
    assert await office.grade_of(STAFF, tmt) == Grade("III/c")
    assert await office.grade_of(STAFF, tmt - timedelta(days=1)) == Grade("III/b")


async def test_the_workflow_ends_when_the_employee_has_acknowledged(
    office: Office, parts: Backbone, client: Client, time: TimeMachine
) -> None:
    """Delivered by notice, acknowledged, closed: the engine has nothing left to wait for."""
    brief = await decreed(office)
    assert brief.due_at is not None
    await time.advance_to(brief.due_at + SECONDS)
    await office.record(c.Acknowledge(**office.by(STAFF)))
    await client.get_workflow_handle(f"proposal/{office.proposal_id}").result()
    found = await office.events()
    assert found[-2:] == ["receipt-acknowledged", "closed"]
    assert "decree-delivered" in found


async def test_operators_see_stage_and_due_time_and_no_name(office: Office, client: Client, time: TimeMachine) -> None:
    """Search attributes and details name the step, the desk and the instant."""
    await office.submitted()
    await time.settle()
    description = await client.get_workflow_handle(f"proposal/{office.proposal_id}").describe()
    attributes = {pair.key.name: pair.value for pair in description.typed_search_attributes.search_attributes}
    assert attributes["Stage"] == "PENGANTAR_OPD"
    assert attributes["UnitCode"] == "SEKSI-A1"
    assert attributes["DueAt"].date() > date(2020, 1, 1)
