"""The case index tells the relay which cases need a workflow, where they stand, and which workflows sleep too long."""

from __future__ import annotations

from sqlalchemy import text

from activities.readmodels import cases
from activities.wiring import Backbone
from domain.proposal import commands as c
from tests.activities.readmodels.conftest import Passing
from tests.support.caseload import PATH, Caseload
from tests.support.people import HEAD
from tests.support.story import Office
from workflows.census import Standing


async def awaited(parts: Backbone) -> list[Standing]:
    """What the index says."""
    async with parts.reads.connect() as connection:
        return [Standing(**row) for row in await cases.awaited(connection)]


async def overdue(parts: Backbone) -> list[tuple[str, str]]:
    """Likewise."""
    async with parts.reads.connect() as connection:
        return await cases.overdue(connection)


async def told(parts: Backbone) -> None:
    """Every notice has been sent."""
    async with parts.reads.connect() as connection:
        owed = (await connection.execute(text("SELECT id FROM outbox WHERE kind = 'notice'"))).scalars().all()
    await parts.outbox.done(owed)


async def test_the_index_says_of_a_case_at_any_stage_what_its_brief_says(parts: Backbone) -> None:
    """One is folded from the events, the other written with them; workflows show the former."""
    caseload = await Caseload.opened(parts, len(PATH) + 1)
    found = await awaited(parts)
    assert found == sorted(await caseload.standings())
    assert len({case.stage for case in found}) == len(PATH) + 1


async def test_a_closed_case_needs_its_workflow_until_its_notices_are_sent(parts: Backbone, office: Office) -> None:
    """The last words of a case are told as surely as the first."""
    await office.submitted()
    await office.record(c.Withdraw(**office.by(HEAD)))
    assert [case.stage for case in await awaited(parts)] == ["withdrawn"]
    await told(parts)
    assert await awaited(parts) == []


async def test_a_workflow_must_look_again_when_an_instant_is_long_past(
    parts: Backbone, office: Office, passing: Passing
) -> None:
    """Its reminder should have been recorded."""
    await office.submitted()
    await told(parts)
    brief = await parts.briefs.brief(office.proposal_id)
    await passing(f"{(brief.dues[0].at - await _now(parts)).total_seconds() + 60} seconds")
    assert await overdue(parts) == []
    await passing("2 minutes")
    assert await overdue(parts) == [(office.proposal_id, "promotion")]


async def test_a_workflow_must_look_again_when_a_notice_is_late_even_of_a_closed_case(
    parts: Backbone, office: Office, passing: Passing
) -> None:
    """One try takes ten minutes at the longest; nobody else would send it."""
    await office.submitted()
    await office.record(c.Withdraw(**office.by(HEAD)))
    await passing("14 minutes")
    assert await overdue(parts) == []
    await passing("2 minutes")
    assert await overdue(parts) == [(office.proposal_id, "promotion")]


async def _now(parts: Backbone):
    async with parts.reads.connect() as connection:
        return await connection.scalar(text("SELECT ledger_now()"))
