"""Longer stretches of a story on a real ledger, and the worker and relay that serve it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.ports import Notifier
from domain.proposal import commands as c
from domain.proposal.brief import Brief
from domain.register.changes import ImportPeople, PersonFacts
from tests.support.people import (
    AGENCY,
    APPROVER,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    SOURCE,
    STAFF,
    VERIFIER,
    ref,
    seat,
)
from tests.support.story import Office
from workflows.worker import CACHED, relay, worker

SWAP = [c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1"), c.MoveAsked(subject=OTHER_HEAD, to_post="unit/SEKSI-A1")]


@dataclass(frozen=True)
class Reachable(Backbone):
    """The ledger and its neighbours with a channel of the test's own."""

    channel: Notifier

    @classmethod
    def by(cls, channel: Notifier, parts: Backbone) -> Reachable:
        """The same parts, heard through the channel."""
        return cls(**vars(parts), channel=channel)

    @property
    def notifier(self) -> Notifier:
        """The channel."""
        return self.channel


@asynccontextmanager
async def at_work(client: Client, parts: Backbone, cached: int = CACHED) -> AsyncIterator[TimeMachine]:
    """A worker and a relay serve the ledger; time moves only when the test says so."""
    assert parts.settings.owner_database_url is not None
    owner = create_async_engine(parts.settings.owner_database_url.get_secret_value())
    stop = asyncio.Event()
    async with worker(client, parts, "test", cached=cached):
        relaying = asyncio.create_task(relay(client, parts).run(stop))
        yield TimeMachine(owner, client)
        stop.set()
        await relaying
    await owner.dispose()


async def approved(office: Office, subject: str = STAFF) -> None:
    """A promotion that everybody up to the approver has agreed to; it waits for BKN."""
    await office.submitted(c.PromotionAsked(subject=subject))
    for actor, step in ((CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), (APPROVER, "APPROVAL")):
        await office.approve(actor, step)


async def agreed_by_bkn(office: Office, subject: str = STAFF) -> None:
    """A promotion with BKN's approval; it waits for its decree."""
    await approved(office, subject)
    outcome = {"round": 1, "dated": await office.today(), "outcome": "MS", "number": "PT-1"}
    await office.record(c.RecordOutcome(step="BKN", **outcome, **office.by(VERIFIER)))


async def decreed(office: Office, subject: str = STAFF) -> Brief:
    """A promotion with its decree; the brief waits for the TMT."""
    await agreed_by_bkn(office, subject)
    decree = {"round": 1, "dated": await office.today(), "number": "SK-1"}
    await office.record(c.IssueDecree(step="SK", **decree, **office.by(PPK)))
    return await office.parts.briefs.brief(office.proposal_id)


async def decreed_swap(office: Office) -> date:
    """A swap of two heads of section with its decree; the answer is the TMT."""
    tmt = first_of_next_month(await office.today())
    await office.submitted(c.RotationAsked(moves=SWAP, target_tmt=tmt), proposer=PYB)
    for actor, step in ((CHIEF, "PERSETUJUAN_ASAL"), (OTHER_CHIEF, "PERSETUJUAN_ASAL"), (VERIFIER, "VERIF")):
        await office.approve(actor, step)
    await office.approve(BOARD, "TPK")
    await office.record(c.IssueDecree(step="SK", round=1, number="SK-2", dated=await office.today(), **office.by(PPK)))
    return tmt


async def a_stranger_takes_a_post(office: Office, tmt: date) -> None:
    """From the TMT on somebody else holds one of the two posts of the swap."""
    stranger = PersonFacts(subject=ref(99), facts=[seat("SEKSI-B1", tmt)])
    leaving = seat("SEKSI-B1", date(2023, 6, 1)).model_copy(update={"valid_to": tmt})
    people = [PersonFacts(subject=OTHER_HEAD, facts=[leaving]), stranger]
    command = {"command_id": office.id(), "actor": "import", "agency": AGENCY, "source": SOURCE}
    await office.parts.ledger.record(ImportPeople(people=people, **command))


def first_of_next_month(day: date) -> date:
    """The TMT of a swap that is proposed on the day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
