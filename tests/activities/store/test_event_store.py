"""What every event store promises: one answer for each command, one winner in each race, all of it or nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from activities.ledger import Ledger
from domain.errors import (
    CommandIdReused,
    Contended,
    DomainError,
    HistoryUnreadable,
    NotYetDue,
    NotYourDesk,
    OpenProposalExists,
    PostOccupied,
    StaleVersion,
    StepClosed,
)
from domain.ports import Change, Conflict, Receipt
from domain.proposal import commands as c
from domain.proposal.events import ProposalWithdrawn
from domain.proposal.proposal import fold
from domain.register.changes import ImportPeople, PersonFacts
from domain.vocabulary import Role
from tests.support.builders import DAY, SWAP_ASKED, TMT, TMT_AT, acting
from tests.support.fakes import ContestedStore, OvertakenStore, TwinStore
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
    everybody,
    granted,
    official,
    ref,
    seat,
)
from tests.support.shelves import Shelf, settle_in
from tests.support.story import Office

SECOND_VERIFIER = ref(50)


async def answers(*recording: Any) -> list[Receipt | DomainError]:
    """What each of several commands given at once is answered; anything but a refusal is an error of the test."""
    found = await asyncio.gather(*recording, return_exceptions=True)
    assert not [answer for answer in found if not isinstance(answer, Receipt | DomainError)], found
    return found  # type: ignore[return-value]


def draft(command_id: str, subject: str = STAFF, proposer: str = HEAD, **more: Any) -> c.CreateDraft:
    """A draft for somebody."""
    asked = c.PromotionAsked(subject=subject, **more)
    return c.CreateDraft(command_id=command_id, actor=proposer, agency=AGENCY, asked=asked)


# Answers.


async def test_a_command_is_answered_with_its_versions(shelf: Shelf, office: Office) -> None:
    """And its events lie on the stream, in order, at the end of the log."""
    before = await shelf.size()
    receipt = await office.draft()
    await office.attach("SKP_1")

    assert (receipt.first_version, receipt.last_version, receipt.outcome, receipt.repeated) == (1, 1, "recorded", False)
    assert await shelf.types(receipt.stream_id) == ["proposal.drafted", "proposal.document-attached"]
    assert await shelf.positions() == list(range(before + 2))


async def test_the_same_command_again_is_answered_from_its_receipt(shelf: Shelf, office: Office) -> None:
    """However far the stream has moved since; the shown version of a repeat does not matter."""
    await office.draft()
    command = c.AttachDocument(document="SKP_1", sha256="a" * 64, size=1, media_type="text/plain", **office.by(HEAD))
    first = await office.record(command)
    await office.attach("SKP_2")
    again = await shelf.ledger.record(command.model_copy(update={"expected_version": 99}))

    assert again == first.model_copy(update={"repeated": True})
    assert len(await shelf.types(f"proposal/{office.proposal_id}")) == 3


@pytest.mark.parametrize("other", [{"actor": CHIEF}, {"note": "lain"}, {"proposal_id": "KP-0000-000000"}])
async def test_the_same_id_for_something_else_is_refused(shelf: Shelf, office: Office, other: dict[str, str]) -> None:
    """Another actor, content or case under the id is not the same command."""
    await office.draft()
    command = c.Withdraw(**office.by(HEAD))
    await shelf.ledger.record(command)

    with pytest.raises(CommandIdReused) as refused:
        await shelf.ledger.record(command.model_copy(update=other))
    assert refused.value.command_id == command.command_id


async def test_a_command_that_changes_nothing_leaves_only_its_receipt(shelf: Shelf, office: Office) -> None:
    """Neither stream nor counter nor outbox is touched."""
    await office.draft()
    await office.attach("SKP_1")
    stream, size = f"proposal/{office.proposal_id}", await shelf.size()
    posted = await shelf.posted(stream)
    receipt = await office.attach("SKP_1")

    assert receipt.outcome == "noop"
    assert (await shelf.receipts())[receipt.command_id] == "noop"
    assert (len(await shelf.types(stream)), await shelf.size(), await shelf.posted(stream)) == (2, size, posted)


async def test_a_command_that_changed_nothing_is_answered_alike_again(shelf: Shelf, office: Office) -> None:
    """Its receipt is as good as any."""
    await office.draft()
    await office.attach("SKP_1")
    command = c.AttachDocument(
        document="SKP_1", sha256="a" * 64, size=10, media_type="application/pdf", **office.by(HEAD)
    )
    first = await shelf.ledger.record(command)

    assert await shelf.ledger.record(command) == first.model_copy(update={"repeated": True})


async def test_a_stream_goes_on_after_a_command_that_changed_nothing(shelf: Shelf, office: Office) -> None:
    """An empty append wedges nothing."""
    await office.draft()
    await office.attach("SKP_1")
    await office.attach("SKP_1")
    receipt = await office.attach("SKP_2")

    assert (receipt.first_version, receipt.last_version) == (3, 3)


# Refusals.


async def test_a_refusal_leaves_no_trace_but_the_attempt(shelf: Shelf, office: Office) -> None:
    """No event, no receipt, no outbox row; the attempt is remembered apart."""
    await office.submitted()
    stream, size = f"proposal/{office.proposal_id}", await shelf.size()
    posted, receipts = await shelf.posted(stream), await shelf.receipts()
    with pytest.raises(NotYourDesk):
        await office.approve(OTHER_CHIEF, "PENGANTAR_OPD")

    assert (await shelf.size(), await shelf.posted(stream), await shelf.receipts()) == (size, posted, receipts)
    assert await shelf.refused() == [(OTHER_CHIEF, "ApproveStep", stream, "not-your-desk")]


async def test_after_a_cure_the_same_command_may_succeed(shelf: Shelf, office: Office) -> None:
    """A refusal is decided afresh next time."""
    await office.submitted()
    command = c.ApproveStep(step="PENGANTAR_OPD", round=1, **office.by(ref(70)))
    with pytest.raises(NotYourDesk):
        await shelf.ledger.record(command)
    deputy = ImportPeople(
        command_id="import-deputy",
        actor="import",
        agency=AGENCY,
        source=SOURCE,
        people=[PersonFacts(subject=ref(70), facts=[acting("DINAS-A")])],
    )
    await shelf.ledger.record(deputy)

    assert (await shelf.ledger.record(command)).outcome == "recorded"


async def test_the_clocks_refusals_are_not_remembered(shelf: Shelf, office: Office) -> None:
    """An early or late engine is no attempt of anybody."""
    await office.submitted()
    early = c.SystemCommand(
        command_id="proposal/early/remind/1",
        proposal_id=office.proposal_id,
        kind="remind",
        step="PENGANTAR_OPD",
        round=1,
        count=1,
    )
    with pytest.raises(NotYetDue):
        await shelf.ledger.record(early)

    assert await shelf.refused() == []


async def test_a_refused_draft_uses_up_no_number(shelf: Shelf, office: Office) -> None:
    """Numbers are gapless."""
    first = await shelf.ledger.record(draft("draft-000001"))
    for attempt in range(3):
        with pytest.raises(DomainError):
            await shelf.ledger.record(draft(f"draft-refused-{attempt}", proposer=OTHER_CHIEF))
    second = await shelf.ledger.record(draft("draft-000002", subject=OTHER_HEAD, proposer=OTHER_CHIEF))

    assert int(second.proposal_id.rpartition("-")[2]) == int(first.proposal_id.rpartition("-")[2]) + 1


async def test_each_matter_has_numbers_of_its_own(shelf: Shelf, office: Office) -> None:
    """KP for promotions, MT for rotations, with the year."""
    promotion = await shelf.ledger.record(draft("draft-000001"))
    rotation = await office.draft(SWAP_ASKED, PYB)

    assert promotion.proposal_id.startswith("KP-2026-")
    assert rotation.proposal_id.startswith("MT-2026-")


async def test_the_number_carries_the_offices_year(shelf: Shelf, office: Office) -> None:
    """In the office the new year begins before it does in Greenwich."""
    await shelf.set_clock(datetime(2026, 12, 31, 18, tzinfo=UTC))
    late = draft("draft-000001", target_tmt=date(2027, 3, 1))

    assert (await shelf.ledger.record(late)).proposal_id.startswith("KP-2027-")


# Races.


async def test_the_same_command_twenty_times_at_once_is_recorded_once(shelf: Shelf, office: Office) -> None:
    """Twenty equal answers."""
    await office.submitted()
    command = c.ApproveStep(step="PENGANTAR_OPD", round=1, **office.by(CHIEF))
    found = await answers(*(shelf.ledger.record(command) for _ in range(20)))

    assert {(answer.first_version, answer.last_version) for answer in found} == {(7, 8)}
    assert Counter(await shelf.types(f"proposal/{office.proposal_id}"))["proposal.step-approved"] == 1
    assert Counter(answer.repeated for answer in found) == {False: 1, True: 19}


async def test_the_same_draft_twenty_times_at_once_is_one_proposal(shelf: Shelf, office: Office) -> None:
    """No twin meets the claim of the other."""
    found = await answers(*(shelf.ledger.record(draft("draft-000001")) for _ in range(20)))

    assert len({answer.proposal_id for answer in found}) == 1
    assert Counter(answer.repeated for answer in found) == {False: 1, True: 19}
    assert await shelf.refused() == []


async def test_the_same_id_with_other_content_at_once_has_one_winner(shelf: Shelf, office: Office) -> None:
    """The other is told that the id is taken."""
    await office.submitted()
    command = c.ApproveStep(step="PENGANTAR_OPD", round=1, **office.by(CHIEF))
    other = command.model_copy(update={"note": "lain"})
    found = await answers(shelf.ledger.record(command), shelf.ledger.record(other))

    assert [type(answer) for answer in sorted(found, key=str)].count(CommandIdReused) == 1
    assert sum(isinstance(answer, Receipt) for answer in found) == 1


async def test_a_twin_that_comes_first_answers_for_both(shelf: Shelf, office: Office) -> None:
    """The second one finds no receipt, then a case that has moved on: it is answered and not refused."""
    await office.submitted()
    command = c.ApproveStep(step="PENGANTAR_OPD", round=1, **office.by(CHIEF))
    overtaken = Ledger(TwinStore(shelf.store, lambda: shelf.ledger.record(command)))
    answer = await overtaken.record(command)

    assert (answer.repeated, answer.last_version) == (True, 8)
    assert await shelf.refused() == []


async def test_another_command_under_the_id_that_comes_first_refuses_ours(shelf: Shelf, office: Office) -> None:
    """The second one is told that its id is taken, not that the step is closed."""
    await office.submitted()
    command = c.ApproveStep(step="PENGANTAR_OPD", round=1, **office.by(CHIEF))
    other = command.model_copy(update={"note": "lain"})
    overtaken = Ledger(TwinStore(shelf.store, lambda: shelf.ledger.record(other)))
    with pytest.raises(CommandIdReused):
        await overtaken.record(command)

    assert [code for *_, code in await shelf.refused()] == ["idempotency-conflict"]


async def test_two_who_decide_at_once_have_one_winner(shelf: Shelf) -> None:
    """The other is told who was first."""
    verifiers = [*everybody(), PersonFacts(subject=SECOND_VERIFIER, facts=granted(Role.VERIFIER))]
    office = await settle_in(shelf, verifiers)
    await office.submitted()
    await office.approve(CHIEF, "PENGANTAR_OPD")
    both = [
        c.ApproveStep(step="VERIF", round=1, **office.by(VERIFIER)),
        c.ReturnProposal(step="VERIF", round=1, reason_code="incomplete", note="kurang", **office.by(SECOND_VERIFIER)),
    ]
    found = await answers(*(shelf.ledger.record(command) for command in both))
    winners = [command.actor for command, answer in zip(both, found, strict=True) if isinstance(answer, Receipt)]
    losers = [answer for answer in found if isinstance(answer, StepClosed)]

    assert (len(winners), [loser.decided_by for loser in losers]) == (1, winners)


async def test_offices_that_agree_at_once_are_decided_one_after_the_other(shelf: Shelf, office: Office) -> None:
    """The second one was shown what is no longer so, and looks again."""
    await office.submitted(SWAP_ASKED, PYB)
    both = [c.ApproveStep(step="PERSETUJUAN_ASAL", round=1, **office.by(actor)) for actor in (CHIEF, OTHER_CHIEF)]
    found = await answers(*(shelf.ledger.record(command) for command in both))
    types = await shelf.types(f"proposal/{office.proposal_id}")

    assert sum(isinstance(answer, Receipt) for answer in found) == 1
    assert types.count("proposal.step-approved") == 1
    assert [answer.code for answer in found if isinstance(answer, DomainError)] == ["stale-version"]


async def test_commands_to_different_streams_do_not_disturb_each_other(shelf: Shelf, office: Office) -> None:
    """Both are recorded, at positions of their own."""
    commands = [draft("draft-000001"), draft("draft-000002", subject=OTHER_HEAD, proposer=OTHER_CHIEF)]
    found = await answers(*(shelf.ledger.record(command) for command in commands))

    assert all(isinstance(answer, Receipt) for answer in found)
    assert len({answer.proposal_id for answer in found}) == 2
    assert await shelf.positions() == list(range(await shelf.size()))


async def test_drafts_at_once_get_consecutive_numbers(shelf: Shelf) -> None:
    """Also when some of them are refused in between."""
    crowd = [PersonFacts(subject=ref(100 + n), facts=official("SEKSI-A1")[:-9]) for n in range(6)]
    people = [PersonFacts(subject=p.subject, facts=[f for f in p.facts if f.kind != "post"]) for p in crowd]
    staffed = [p.model_copy(update={"facts": [*p.facts, _staff_post(n)]}) for n, p in enumerate(people)]
    await settle_in(shelf, [*everybody(), *staffed])
    asked = [draft(f"draft-{n:06d}", subject=ref(100 + n)) for n in range(6)]
    refused = [draft(f"draft-refused-{n}", subject=ref(100 + n), proposer=OTHER_CHIEF) for n in range(6)]
    mixed = [command for pair in zip(asked, refused, strict=True) for command in pair]
    found = await answers(*(shelf.ledger.record(command) for command in mixed))
    numbers = sorted(int(answer.proposal_id.rpartition("-")[2]) for answer in found if isinstance(answer, Receipt))

    assert numbers == list(range(numbers[0], numbers[0] + 6))


def _staff_post(number: int) -> Any:
    post = seat("SEKSI-A1").model_dump() | {"post": f"jfu/{number}@SEKSI-A1", "post_kind": "general"}
    return type(seat("X")).model_validate(post)


async def test_a_stream_that_moved_since_it_was_loaded_is_a_conflict(shelf: Shelf, office: Office) -> None:
    """The ledger starts again at the receipt; the port itself says so."""
    await office.draft()
    stream = f"proposal/{office.proposal_id}"
    command = c.Withdraw(**office.by(HEAD))
    with pytest.raises(Conflict):  # noqa: PT012 - the whole transaction
        async with shelf.store.begin() as transaction:
            state = fold(await transaction.load(stream))
            await transaction.facts_for(command, state)
            await office.attach("SKP_1")
            await transaction.append(command, [_change(stream, state)])

    assert await shelf.types(stream) == ["proposal.drafted", "proposal.document-attached"]
    assert command.command_id not in await shelf.receipts()


def _change(stream: str, state: Any) -> Any:
    return Change(stream, AGENCY, state, state, [ProposalWithdrawn()])


async def test_a_lost_race_is_decided_anew_on_what_is_so_now(shelf: Shelf, office: Office) -> None:
    """Somebody withdrew the case while we attached a document: the second look refuses."""
    await office.draft()
    command = c.AttachDocument(document="SKP_1", sha256="a" * 64, size=1, media_type="text/plain", **office.by(HEAD))
    other = c.Withdraw(**office.by(HEAD))
    overtaken = OvertakenStore(shelf.store, lambda: shelf.ledger.record(other))
    with pytest.raises(StaleVersion):
        await Ledger(overtaken).record(command)

    assert await shelf.types(f"proposal/{office.proposal_id}") == ["proposal.drafted", "proposal.withdrawn"]


async def test_three_lost_races_are_told(shelf: Shelf, office: Office) -> None:
    """Nothing was recorded; trying again later is fine."""
    await office.draft()
    command = c.Withdraw(**office.by(HEAD))
    with pytest.raises(Contended):
        await Ledger(ContestedStore(shelf.store, lost=3)).record(command)

    assert await shelf.types(f"proposal/{office.proposal_id}") == ["proposal.drafted"]
    assert command.command_id not in await shelf.receipts()


async def test_two_lost_races_are_not_told(shelf: Shelf, office: Office) -> None:
    """The third try is decided anew and recorded once."""
    await office.draft()
    store = ContestedStore(shelf.store, lost=2)
    receipt = await Ledger(store).record(c.Withdraw(**office.by(HEAD)))

    assert (store.begun, receipt.last_version) == (3, 2)
    assert await shelf.types(f"proposal/{office.proposal_id}") == ["proposal.drafted", "proposal.withdrawn"]


async def test_a_transaction_that_fails_after_its_append_leaves_nothing(shelf: Shelf, office: Office) -> None:
    """No event, no receipt, no position, no outbox row, no number."""
    await office.draft()
    stream, size, receipts = f"proposal/{office.proposal_id}", await shelf.size(), await shelf.receipts()
    posted = await shelf.posted(stream)
    command = c.Withdraw(**office.by(HEAD))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the whole transaction
        async with shelf.store.begin() as transaction:
            state = fold(await transaction.load(stream))
            await transaction.append(command, [_change(stream, state)])
            raise ZeroDivisionError

    assert (await shelf.size(), await shelf.receipts(), await shelf.posted(stream)) == (size, receipts, posted)
    assert (await office.record(command)).outcome == "recorded"


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
    usurper = PersonFacts(subject=ref(90), facts=official("SEKSI-A1", TMT)[:4])
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
