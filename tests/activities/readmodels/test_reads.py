"""The other questions: the file of a case, what can be done with it, lists, and receipts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from activities.readmodels.reads import Reads
from activities.store.tables import MAX_ENTRY
from activities.wiring import Backbone
from domain.errors import MatterTooLarge, ProposalUnknown
from domain.proposal import commands as c
from domain.proposal.matter import MAX_MOVES
from tests.support.named import NAMES, Seeing
from tests.support.people import APPROVER, CHIEF, HEAD, PPK, STAFF, VERIFIER
from tests.support.story import REG_DOCUMENTS, Office


async def test_the_file_of_a_case_names_route_documents_desks_and_people(
    office: Office, reads: Reads, as_: Seeing
) -> None:
    """Everything that the page shows comes from one reading."""
    proposal_id = await office.submitted()
    found = await reads.dossier(proposal_id, await as_(STAFF))

    assert found.state.case.version == office.version
    assert found.route == found.state.case.route
    assert found.documents.keys() == set(REG_DOCUMENTS)
    assert found.desks["unit/DINAS-A"].unit_name == "Dinas A"
    assert found.desks["unit/DINAS-A"].people == (CHIEF,)
    assert found.names[STAFF] == f"{NAMES[STAFF][0]}, S.E."


async def test_a_draft_shows_the_route_it_would_take_today(office: Office, reads: Reads, as_: Seeing) -> None:
    """Before the submission freezes it, the proposer sees which documents are asked for."""
    await office.draft()
    found = await reads.dossier(office.proposal_id, await as_(HEAD))

    assert found.state.case.route is None
    assert found.route is not None
    assert {rule.code for rule in found.route.documents if rule.required} == set(REG_DOCUMENTS)


async def test_a_case_that_does_not_exist_has_no_file(reads: Reads, as_: Seeing) -> None:
    """The refusal is the domain's own."""
    for question in (reads.dossier, reads.actions):
        with pytest.raises(ProposalUnknown):
            await question("KP-2026-999999", await as_(HEAD))


async def test_what_is_allowed_is_what_the_ledger_then_does(office: Office, reads: Reads, as_: Seeing) -> None:
    """On the real ledger every step is offered to exactly the person who can take it, and the offer holds."""
    await office.submitted()
    everybody = (STAFF, HEAD, CHIEF, VERIFIER, APPROVER, PPK)
    for actor, step in ((CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), (APPROVER, "APPROVAL")):
        offered = {who for who in everybody if await offers(reads, as_, who, office, "approve-step")}
        assert offered == {actor}
        await office.approve(actor, step)

    assert await offers(reads, as_, VERIFIER, office, "record-outcome")
    assert not await offers(reads, as_, PPK, office, "issue-decree")


async def offers(reads: Reads, as_: Seeing, who: str, office: Office, verb: str) -> bool:
    """Whether the person is told that the verb is allowed."""
    _, actions = await reads.actions(office.proposal_id, await as_(who))
    return next(action.allowed for action in actions if action.verb == verb)


async def test_a_case_waits_in_the_inbox_of_its_desk_and_of_nobody_else(
    office: Office, reads: Reads, as_: Seeing
) -> None:
    """The draft at its proposer, the step at its desk, with the case beside it."""
    await office.draft()
    assert await waiting(reads, as_, HEAD) == ["SUBMIT"]
    await office.record(c.Withdraw(**office.by(HEAD)))
    await office.submitted()

    assert [await waiting(reads, as_, who) for who in (HEAD, CHIEF, STAFF)] == [[], ["PENGANTAR_OPD"], []]


async def waiting(reads: Reads, as_: Seeing, who: str) -> list[str]:
    """The steps in somebody's inbox."""
    found = await reads.inbox(await as_(who), None, 50)
    assert all(row["proposal_id"] == case["proposal_id"] for row, case in found)
    return [row["step"] for row, _ in found]


async def test_cases_that_concern_somebody_come_newest_first_and_page_by_page(
    office: Office, reads: Reads, as_: Seeing
) -> None:
    """Proposer and subject have the same list; nobody else has it."""
    numbers = []
    for _ in range(3):
        numbers.append((await office.draft()).proposal_id)
        await office.record(c.Withdraw(**office.by(HEAD)))
    head = await as_(HEAD)
    first = [row["proposal_id"] for row in await reads.involving(head, None, 2)]
    rest = [row["proposal_id"] for row in await reads.involving(head, first[-1], 2)]

    assert [*first, *rest] == sorted(numbers, reverse=True)
    assert len(await reads.involving(await as_(STAFF), None, 50)) == 3
    assert await reads.involving(await as_(CHIEF), None, 50) == []


async def test_a_receipt_is_its_owners(office: Office, reads: Reads, as_: Seeing) -> None:
    """Somebody else's command id finds nothing."""
    receipt = await office.draft()
    mine = await reads.receipt(receipt.command_id, await as_(HEAD))

    assert mine is not None
    assert (mine.proposal_id, mine.last_version) == (receipt.proposal_id, 1)
    assert await reads.receipt(receipt.command_id, await as_(STAFF)) is None


async def test_the_readiness_question_reaches_the_schema(reads: Reads, as_: Seeing) -> None:
    """The database is at this code's revision, and a caller's desks have names."""
    desks = {desk.code: desk for desk in await reads.desks(await as_(HEAD))}

    assert await reads.at_head()
    assert desks["unit/SEKSI-A1"].unit_name == "Seksi A1"


async def test_the_largest_set_leaves_room_for_its_route_in_one_event(office: Office, parts: Backbone) -> None:
    """A draft of as many moves as may be asked, with some eight thousand bytes to spare."""
    moves = [c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1")] * MAX_MOVES
    await office.draft(c.RotationAsked(moves=moves, target_tmt=date(2027, 2, 1)), proposer=VERIFIER)

    async with parts.reads.connect() as connection:
        longest = await connection.scalar(text("SELECT max(octet_length(entry)) FROM events"))
    assert longest < MAX_ENTRY - 8_000


async def test_a_set_too_large_for_one_event_is_refused_whole(office: Office, reads: Reads, as_: Seeing) -> None:
    """The bound on an entry's bytes is told as a refusal, and no case is begun."""
    moves = [c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1")] * 50
    unchecked = c.RotationAsked.model_construct(kind="internal", moves=moves, target_tmt=date(2027, 2, 1))
    with pytest.raises(MatterTooLarge):
        await office.draft(unchecked, proposer=VERIFIER)

    assert await reads.involving(await as_(VERIFIER), None, 50) == []
