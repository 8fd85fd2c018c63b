"""A swap of two officials on real servers: both move on one day, or nobody does."""

from __future__ import annotations

from datetime import date, timedelta

from activities.wiring import Backbone
from deploy.clock import TimeMachine
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, PersonFacts
from tests.support.people import (
    AGENCY,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    SOURCE,
    VERIFIER,
    ref,
    seat,
)
from tests.support.story import Office


def first_of_next_month(day: date) -> date:
    """The TMT of a swap that is proposed on the day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


async def decreed_swap(office: Office, parts: Backbone) -> date:
    """A swap of two heads of section with its decree; the answer is the TMT."""
    tmt = first_of_next_month(await office.today())
    moves = [
        c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1"),
        c.MoveAsked(subject=OTHER_HEAD, to_post="unit/SEKSI-A1"),
    ]
    await office.submitted(c.RotationAsked(moves=moves, target_tmt=tmt), proposer=PYB)
    for actor, step in ((CHIEF, "PERSETUJUAN_ASAL"), (OTHER_CHIEF, "PERSETUJUAN_ASAL"), (VERIFIER, "VERIF")):
        await office.approve(actor, step)
    await office.approve(BOARD, "TPK")
    await office.record(c.IssueDecree(step="SK", round=1, number="SK-2", dated=await office.today(), **office.by(PPK)))
    return tmt


async def test_a_swap_takes_effect_for_both_on_one_day(office: Office, parts: Backbone, time: TimeMachine) -> None:
    """On the TMT each official holds the other's post, and the day before still the own one."""
    tmt = await decreed_swap(office, parts)
    await time.advance_to(parts.calendar.instant(tmt) + timedelta(minutes=1))
    assert [await office.post_of(person, tmt) for person in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-B1", "unit/SEKSI-A1"]
    before = tmt - timedelta(days=1)
    assert [await office.post_of(p, before) for p in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-A1", "unit/SEKSI-B1"]
    for official in (HEAD, OTHER_HEAD):
        await office.record(c.Acknowledge(**office.by(official)))
    assert (await office.events())[-1] == "closed"


async def test_when_one_post_is_taken_nobody_moves(office: Office, parts: Backbone, time: TimeMachine) -> None:
    """A stranger was appointed to one of the posts: the refusal is on record and both officials stay."""
    tmt = await decreed_swap(office, parts)
    stranger = PersonFacts(subject=ref(99), facts=[seat("SEKSI-B1", tmt)])
    leaving = PersonFacts(
        subject=OTHER_HEAD, facts=[seat("SEKSI-B1", date(2023, 6, 1)).model_copy(update={"valid_to": tmt})]
    )
    shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    await parts.ledger.record(ImportPeople(command_id=office.id(), people=[leaving, stranger], **shared))
    await time.advance_to(parts.calendar.instant(tmt) + timedelta(minutes=1))
    found = await office.events()
    assert "effect-refused" in found
    assert "took-effect" not in found
    assert await office.post_of(HEAD, tmt) == "unit/SEKSI-A1"
