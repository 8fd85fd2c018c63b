"""The drill: the engine loses everything while cases are open, decisions go on, and the ledger rebuilds the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.proposal import commands as c
from domain.register.changes import PersonFacts
from domain.vocabulary import Grade
from tests.support.journeys import Reachable, agreed_by_bkn, at_work, decreed, decreed_swap
from tests.support.own_engine import OwnEngine
from tests.support.people import CHIEF, HEAD, OTHER_HEAD, PPK, everybody, ref, staff_facts
from tests.support.story import Office
from tests.support.workflow_fakes import Channel
from workflows.desk import ProposalDesk
from workflows.worker import relay

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WAITING, UNSIGNED, DECREED = (ref(number) for number in (101, 102, 103))
"""Subjects of three promotions; the fourth case is a swap."""
SWAPPED = [HEAD, OTHER_HEAD]
DECIDED = ["step-approved", "step-opened"]
CHASED = ["reminder-sent", "step-escalated", "step-marked-stalled"]
TAKEN = ["took-effect", "step-opened", "decree-delivered"]
SIGNED = ["outcome-recorded", "step-opened", "decree-issued", "step-opened"]
EXPECTED = {
    "waiting": ["step-opened", *DECIDED, *CHASED],
    "unsigned": ["step-opened", *3 * DECIDED, *SIGNED, *TAKEN, "receipt-acknowledged", "closed"],
    "decreed": ["step-opened", *3 * DECIDED, *SIGNED, *TAKEN, "receipt-acknowledged", "closed"],
    "swap": [
        *("step-opened", "step-approved", *3 * DECIDED, "decree-issued", "step-opened"),
        *(*TAKEN, "receipt-acknowledged", "receipt-acknowledged", "closed"),
    ],
}
"""What follows the submission, each chase exactly once."""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[OwnEngine]:
    """An engine of the test's own."""
    found = OwnEngine(tmp_path / "engine")
    await found.start()
    yield found
    await found.server.stop()


@dataclass(frozen=True)
class Cases:
    """Four open cases of one office, each at another stage."""

    waiting: Office
    unsigned: Office
    decreed: Office
    swap: Office

    @classmethod
    async def opened(cls, parts: Backbone) -> Cases:
        """A promotion at its first desk, one that waits for its decree, one that waits for its TMT, and a swap."""
        first = Office(parts)
        staff = [PersonFacts(subject=subject, facts=staff_facts()) for subject in (WAITING, UNSIGNED, DECREED)]
        await first.settle_in([*everybody(), *staff])
        cases = cls(first, *(Office(parts, numbers=first.numbers) for _ in range(3)))
        await cases.waiting.submitted(c.PromotionAsked(subject=WAITING))
        await agreed_by_bkn(cases.unsigned, UNSIGNED)
        await decreed(cases.decreed, DECREED)
        await decreed_swap(cases.swap)
        return cases

    @property
    def ids(self) -> list[str]:
        """Their numbers."""
        return [case.proposal_id for case in (self.waiting, self.unsigned, self.decreed, self.swap)]

    async def decide(self, desk: ProposalDesk) -> None:
        """The head of office approves one, another gets its decree; nobody waits for the engine."""
        at = {"round": 1, **self.waiting.by(CHIEF)}
        await desk.record(c.ApproveStep(step="PENGANTAR_OPD", **at))
        at = {"round": 1, "dated": await self.unsigned.today(), **self.unsigned.by(PPK)}
        await desk.record(c.IssueDecree(step="SK", number="SK-3", **at))
        await desk.close()

    async def take_effect(self, time: TimeMachine, desk: ProposalDesk) -> None:
        """Each at its TMT, and whoever has the decree in hand says so at once."""
        steps = []
        for case, subjects in ((self.swap, SWAPPED), (self.decreed, [DECREED]), (self.unsigned, [UNSIGNED])):
            brief = await case.parts.briefs.brief(case.proposal_id)
            steps += [(brief.due_at, case, subject) for subject in subjects]
        for tmt, case, subject in sorted(steps, key=itemgetter(0)):
            await time.advance_to(tmt + MINUTE)
            await desk.record(c.Acknowledge(**case.by(subject)))
            await desk.close()

    async def events(self) -> dict[str, list[str]]:
        """What happened in each case since its submission."""
        cases = {"waiting": self.waiting, "unsigned": self.unsigned, "decreed": self.decreed, "swap": self.swap}
        return {name: (await case.events())[5:] for name, case in cases.items()}


@pytest.mark.parametrize("fate", ["kept", "lost", "put back"])
async def test_an_engine_that_lost_what_it_knew_changes_nothing(
    parts: Backbone, engine: OwnEngine, fate: str, cached: int
) -> None:
    """The same events as with an engine that was never harmed, every notice once, and the register as decreed."""
    channel = Channel()
    heard = Reachable.by(channel, parts)
    cases = await Cases.opened(heard)
    async with at_work(engine.client, heard, cached) as time:
        await time.settle()
        if fate == "put back":
            await engine.copy()
            await cases.decide(engine.desk(heard))
            await time.settle()
    if fate == "lost":
        await engine.lose()
        await cases.decide(engine.desk(heard))
        await engine.come_back()
        assert [found async for found in engine.client.list_workflows()] == []
    elif fate == "put back":
        await engine.put_back()
    else:
        await cases.decide(engine.desk(heard))
    if fate != "kept":
        assert await relay(engine.client, heard).rebuild() == 4
        assert await engine.statuses(cases.ids) == 4 * [WorkflowExecutionStatus.RUNNING]
    async with at_work(engine.client, heard, cached) as time:
        await cases.take_effect(time, engine.desk(heard))
        await time.advance(21 * DAY)
    assert await cases.events() == EXPECTED
    assert await told(heard) == sorted(message_id.rpartition("/")[0] for message_id in channel.arrived)
    today = await cases.swap.today()
    assert [await cases.swap.grade_of(person, today) for person in (UNSIGNED, DECREED)] == 2 * [Grade("III/c")]
    assert [await cases.swap.post_of(head, today) for head in SWAPPED] == ["unit/SEKSI-B1", "unit/SEKSI-A1"]


async def told(parts: Backbone) -> list[str]:
    """Every notice that events owed, all of them delivered."""
    async with parts.reads.connect() as connection:
        rows = await connection.execute(text("SELECT message_id, done_at FROM outbox WHERE kind = 'notice'"))
        found = {row.message_id: row.done_at for row in rows}
    assert None not in found.values()
    return sorted(found)
