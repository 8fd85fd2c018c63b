"""A promotion to a post on each store: from the draft to the seat."""

from __future__ import annotations

import pytest

from domain.errors import PostOccupied
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, PersonFacts
from tests.support.builders import DAY, TMT, TMT_AT, TODAY
from tests.support.people import AGENCY, SOURCE, STAFF, official, ref
from tests.support.promoted import SEAT_OF_SECTION, decreed_supervisor, vacant_section
from tests.support.shelves import Shelf
from tests.support.story import Office


@pytest.fixture
async def effect(office: Office) -> c.SystemCommand:
    """What the clock will ask of a decreed promotion to head of section."""
    await vacant_section(office)
    await decreed_supervisor(office, TMT, TODAY)
    return c.SystemCommand(
        command_id=f"proposal/{office.proposal_id}/take-effect",
        proposal_id=office.proposal_id,
        kind="take-effect",
        step="EFEKTIF",
        round=1,
    )


async def test_the_promoted_person_holds_the_seat_from_the_tmt_on(
    shelf: Shelf, office: Office, effect: c.SystemCommand
) -> None:
    """Staff until the eve, head of section from the TMT, and closed when the decree is in hand."""
    await shelf.set_clock(TMT_AT)
    await shelf.ledger.record(effect)
    person = await office.person(STAFF)
    held, before = person.post_on(TMT), person.post_on(TMT - DAY)

    assert held is not None
    assert before is not None
    assert (before.post, held.post, held.eselon, held.decree) == ("jfu/1@SEKSI-A1", SEAT_OF_SECTION, "41", "SK-1")
    await office.record(c.Acknowledge(**office.by(STAFF)))
    stream = f"proposal/{office.proposal_id}"
    assert (await shelf.types(stream))[-2:] == ["proposal.receipt-acknowledged", "proposal.closed"]


async def test_a_seat_that_was_taken_meanwhile_promotes_nobody(
    shelf: Shelf, office: Office, effect: c.SystemCommand
) -> None:
    """Somebody else leads the section since: nothing of the effect is recorded."""
    rival = PersonFacts(subject=ref(95), facts=official("SEKSI-A2", TMT - DAY))
    await shelf.provide([ref(95)])
    await shelf.ledger.record(
        ImportPeople(command_id="import-rival", actor="import", agency=AGENCY, source=SOURCE, people=[rival])
    )
    await shelf.set_clock(TMT_AT)
    with pytest.raises(PostOccupied):
        await shelf.ledger.record(effect)

    held = (await office.person(STAFF)).post_on(TMT)
    assert held is not None
    assert held.post == "jfu/1@SEKSI-A1"
