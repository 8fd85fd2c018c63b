"""What holds over all streams at once: one claim, one seat, what can be read, what is owed, whose role counts."""

from __future__ import annotations

import pytest

from domain.errors import (
    DomainError,
    HistoryUnreadable,
    NotYourDesk,
    OpenProposalExists,
    PostOccupied,
)
from domain.ports import Receipt
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, PersonFacts
from domain.vocabulary import Role
from tests.support.builders import DAY, SWAP_ASKED, TMT, TMT_AT, acting
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
    STAFF,
    VERIFIER,
    granted,
    ref,
    seat,
)
from tests.support.shelves import PostgresShelf, Shelf, answers, draft, settle_in
from tests.support.story import Office

# Rules over the set of all streams.


async def test_a_person_has_one_open_promotion_for_a_tmt(shelf: Shelf, office: Office) -> None:
    """The refusal names the first one."""
    first = await shelf.ledger.record(draft("draft-000001"))
    with pytest.raises(OpenProposalExists) as refused:
        await shelf.ledger.record(draft("draft-000002", proposer=CHIEF))

    assert refused.value.proposal_id == first.proposal_id
    assert (await shelf.refused())[-1][-1] == "open-proposal-exists"


async def test_another_tmt_or_another_matter_is_another_proposal(shelf: Shelf, office: Office) -> None:
    """A promotion and a rotation of one person may go on at once."""
    await shelf.ledger.record(draft("draft-000001", subject=HEAD, proposer=CHIEF))
    later = await shelf.ledger.record(draft("draft-000002", subject=HEAD, proposer=CHIEF, target_tmt=TMT + 31 * DAY))
    rotation = await office.draft(SWAP_ASKED, PYB)

    assert (later.outcome, rotation.outcome) == ("recorded", "recorded")


async def test_a_draft_cannot_be_changed_into_a_claimed_tmt(shelf: Shelf, office: Office) -> None:
    """The claim moves with the wording."""
    first = await shelf.ledger.record(draft("draft-000001"))
    await office.draft(c.PromotionAsked(subject=STAFF, target_tmt=TMT + 31 * DAY))
    with pytest.raises(OpenProposalExists) as refused:
        await shelf.ledger.record(c.ChangeDraft(asked=c.PromotionAsked(subject=STAFF), **office.by(HEAD)))

    assert refused.value.proposal_id == first.proposal_id


async def test_an_ended_proposal_gives_its_tmt_back(shelf: Shelf, office: Office) -> None:
    """After a withdrawal the next one may begin."""
    await office.draft()
    await office.record(c.Withdraw(**office.by(HEAD)))

    assert (await office.draft()).outcome == "recorded"


async def test_two_drafts_for_one_person_at_once_have_one_winner(shelf: Shelf, office: Office) -> None:
    """The other is told which proposal is open."""
    found = await answers(
        shelf.ledger.record(draft("draft-000001")), shelf.ledger.record(draft("draft-000002", proposer=CHIEF))
    )
    winner = next(answer for answer in found if isinstance(answer, Receipt))
    loser = next(answer for answer in found if isinstance(answer, OpenProposalExists))

    assert loser.proposal_id == winner.proposal_id


async def decreed(office: Office, asked: c.RotationAsked) -> c.SystemCommand:
    """A rotation that waits for its TMT; the answer is what the clock will ask."""
    await office.submitted(asked, PYB)
    for actor in (CHIEF, OTHER_CHIEF):
        await office.approve(actor, "PERSETUJUAN_ASAL")
    await office.approve(VERIFIER, "VERIF")
    await office.approve(BOARD, "TPK")
    await office.record(c.IssueDecree(step="SK", round=1, number="SK-1", dated=TMT - 45 * DAY, **office.by(PPK)))
    return c.SystemCommand(
        command_id=f"proposal/{office.proposal_id}/take-effect",
        proposal_id=office.proposal_id,
        kind="take-effect",
        step="EFEKTIF",
        round=1,
    )


async def posts(shelf: Shelf, *people: str) -> list[str]:
    """Who sits where on the TMT."""
    async with shelf.store.begin() as transaction:
        known = await transaction.people(people)
    return [known[person].post_on(TMT).post for person in people]  # type: ignore[union-attr]


async def test_a_swap_takes_effect_on_both_streams_at_once(shelf: Shelf, office: Office) -> None:
    """Although each post is occupied until the other leaves it."""
    effect = await decreed(office, SWAP_ASKED)
    await shelf.set_clock(TMT_AT)
    await shelf.ledger.record(effect)

    assert await posts(shelf, HEAD, OTHER_HEAD) == ["unit/SEKSI-B1", "unit/SEKSI-A1"]
    for person in (HEAD, OTHER_HEAD):
        assert (await shelf.types(f"person/{person}"))[-1] == "register.post-changed"


async def test_when_one_post_is_occupied_no_move_takes_effect(shelf: Shelf, office: Office) -> None:
    """All or nothing: no stream, counter, receipt or outbox row changes, and the person's post stays."""
    effect = await decreed(office, SWAP_ASKED)
    # Somebody else was seated there meanwhile, from the same day on.
    usurper = PersonFacts(subject=ref(90), facts=[seat("SEKSI-A1", TMT)])
    ended = PersonFacts(
        subject=HEAD, facts=[seat("SEKSI-A1").model_copy(update={"valid_from": TMT - DAY, "valid_to": TMT})]
    )
    await shelf.provide([ref(90)])
    shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    await shelf.ledger.record(ImportPeople(command_id="import-ended", people=[ended], **shared))
    await shelf.ledger.record(ImportPeople(command_id="import-usurper", people=[usurper], **shared))
    await shelf.set_clock(TMT_AT)
    stream = f"proposal/{office.proposal_id}"
    before = [await shelf.size(), await shelf.receipts(), await shelf.posted(stream), await shelf.types(stream)]
    with pytest.raises(PostOccupied):
        await shelf.ledger.record(effect)

    assert before == [await shelf.size(), await shelf.receipts(), await shelf.posted(stream), await shelf.types(stream)]
    assert await posts(shelf, OTHER_HEAD) == ["unit/SEKSI-B1"]


async def test_one_seat_has_one_definitive_holder_a_day(shelf: Shelf, office: Office) -> None:
    """An import that seats a second one is refused; an acting one is welcome."""
    shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    second = ImportPeople(
        command_id="import-second", people=[PersonFacts(subject=ref(91), facts=[seat("DINAS-A")])], **shared
    )
    deputy = ImportPeople(
        command_id="import-deputy", people=[PersonFacts(subject=ref(91), facts=[acting("DINAS-A")])], **shared
    )
    with pytest.raises(PostOccupied):
        await shelf.ledger.record(second)

    assert (await shelf.ledger.record(deputy)).outcome == "recorded"


# What cannot be read.


@pytest.mark.parametrize(("event_type", "schema_version"), [("proposal.teleported", 1), ("proposal.withdrawn", 99)])
async def test_nothing_is_decided_on_what_cannot_be_read(
    shelf: Shelf, office: Office, event_type: str, schema_version: int
) -> None:
    """An unknown type, or a version that only a newer service knows."""
    await office.draft()
    stream = f"proposal/{office.proposal_id}"
    await shelf.plant(stream, event_type, schema_version)
    command = c.Withdraw(**office.by(HEAD))
    with pytest.raises(HistoryUnreadable) as refused:
        await shelf.ledger.record(command)

    assert (refused.value.event_type, refused.value.schema_version) == (event_type, schema_version)
    assert command.command_id not in await shelf.receipts()
    assert await shelf.refused() == [(HEAD, "Withdraw", stream, "history-unreadable")]


async def test_an_answer_that_was_given_stands(shelf: Shelf, office: Office) -> None:
    """A repeated command is answered from its receipt, whatever can no longer be read."""
    await office.draft()
    command = c.AttachDocument(document="SKP_1", sha256="a" * 64, size=1, media_type="text/plain", **office.by(HEAD))
    first = await shelf.ledger.record(command)
    await shelf.plant(f"proposal/{office.proposal_id}", "proposal.teleported", 1)

    assert await shelf.ledger.record(command) == first.model_copy(update={"repeated": True})


async def test_what_cannot_be_read_stops_only_its_own_stream(shelf: Shelf, office: Office) -> None:
    """Other cases go on."""
    await office.draft()
    await shelf.plant(f"proposal/{office.proposal_id}", "proposal.teleported", 1)

    other = draft("draft-000002", subject=OTHER_HEAD, proposer=OTHER_CHIEF)
    assert (await shelf.ledger.record(other)).outcome == "recorded"


# Outbox.


async def test_each_commit_posts_one_poke_and_the_notices_it_owes(shelf: Shelf, office: Office) -> None:
    """A submission pokes once and tells the head of office; attaching pokes only."""
    await office.submitted()
    stream = f"proposal/{office.proposal_id}"
    poke = ("poke", stream)

    assert await shelf.posted(stream) == [poke, poke, poke, poke, poke, ("notice", "unit/DINAS-A")]


async def test_a_notice_is_known_by_its_event_and_desk(real: PostgresShelf) -> None:
    """Receivers drop repeats by that id; a submission's notice belongs to the step that it opened."""
    office = await settle_in(real)
    await office.submitted()
    rows = await real.ask(
        "SELECT e.type, o.message_id = e.event_id || '/' || o.dest AS named FROM outbox o JOIN events e "
        "ON e.event_id::text = split_part(o.message_id, '/', 1) WHERE o.kind = 'notice'"
    )

    assert [tuple(row) for row in rows] == [("proposal.step-opened", True)]


async def test_the_clocks_own_commands_poke_nobody(shelf: Shelf, office: Office) -> None:
    """The workflow that asked reads again anyhow; its notices go out."""
    await office.submitted()
    stream = f"proposal/{office.proposal_id}"
    before = await shelf.posted(stream)
    await shelf.set_clock(TMT_AT)
    remind = c.SystemCommand(
        command_id="proposal/x/remind/1",
        proposal_id=office.proposal_id,
        kind="remind",
        step="PENGANTAR_OPD",
        round=1,
        count=1,
    )
    await shelf.ledger.record(remind)

    assert (await shelf.posted(stream))[len(before) :] == [("notice", "unit/DINAS-A")]


async def test_a_repeated_command_posts_nothing(shelf: Shelf, office: Office) -> None:
    """Its messages went out the first time."""
    await office.draft()
    stream, command = f"proposal/{office.proposal_id}", c.Withdraw(**office.by(HEAD))
    await shelf.ledger.record(command)
    before = await shelf.posted(stream)
    await shelf.ledger.record(command)

    assert await shelf.posted(stream) == before


async def test_the_register_posts_nothing(shelf: Shelf, office: Office) -> None:
    """An import wakes no workflow."""
    assert await shelf.posted(f"person/{STAFF}") == []
    assert await shelf.posted(f"organisation/{AGENCY}") == []


# Agencies.


async def test_roles_of_another_agency_are_no_desks_here(shelf: Shelf, office: Office) -> None:
    """A verifier of another agency neither proposes nor decides in this one."""
    foreign = ImportPeople(
        command_id="import-foreign",
        actor="import",
        agency="OTHER",
        source=SOURCE,
        people=[PersonFacts(subject=ref(60), facts=granted(Role.VERIFIER))],
    )
    await shelf.ledger.record(foreign)
    await office.submitted()
    await office.approve(CHIEF, "PENGANTAR_OPD")
    with pytest.raises(NotYourDesk):
        await office.approve(ref(60), "VERIF")
    with pytest.raises(DomainError) as refused:
        await shelf.ledger.record(draft("draft-000009", subject=OTHER_HEAD, proposer=ref(60)))

    assert refused.value.code == "not-superior"
