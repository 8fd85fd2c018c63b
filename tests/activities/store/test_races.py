"""Races: twins, rivals, lost and won; one winner each, and everybody is told the truth."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from activities.ledger import Ledger
from domain.errors import (
    CommandIdReused,
    Contended,
    DomainError,
    StaleVersion,
    StepClosed,
)
from domain.ports import Change, Conflict, Receipt
from domain.proposal import commands as c
from domain.proposal.events import ProposalWithdrawn
from domain.proposal.proposal import fold
from domain.register.changes import PersonFacts
from domain.vocabulary import Role
from tests.support.builders import SWAP_ASKED
from tests.support.fakes import ContestedStore, OvertakenStore, TwinStore
from tests.support.people import (
    AGENCY,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PYB,
    VERIFIER,
    everybody,
    granted,
    official,
    ref,
    seat,
)
from tests.support.shelves import Shelf, answers, draft, settle_in
from tests.support.story import REG_DOCUMENTS, Office

SECOND_VERIFIER = ref(50)


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


async def test_twins_that_change_nothing_are_answered_alike(shelf: Shelf, office: Office) -> None:
    """Their only trace is the receipt, and there is one of it."""
    await office.draft()
    await office.attach("SKP_1")
    same = {"document": "SKP_1", "sha256": "a" * 64, "size": 10, "media_type": "application/pdf"}
    command = c.AttachDocument(**same, **office.by(HEAD))
    overtaken = Ledger(OvertakenStore(shelf.store, lambda: shelf.ledger.record(command)))
    answer = await overtaken.record(command)

    assert (answer.outcome, answer.repeated) == ("noop", True)


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


@pytest.mark.parametrize("twin", [True, False])
async def test_a_submission_that_another_came_before_is_a_lost_race(shelf: Shelf, office: Office, twin: bool) -> None:  # noqa: FBT001
    """Both put the case on the first desk: a twin gets the receipt, another submission learns of the first."""
    await office.draft()
    for document in REG_DOCUMENTS:
        await office.attach(document)
    ours = c.Submit(**office.by(HEAD))
    first = ours if twin else c.Submit(**office.by(HEAD))
    overtaken = Ledger(OvertakenStore(shelf.store, lambda: shelf.ledger.record(first)))
    (answer,) = await answers(overtaken.record(ours))

    assert isinstance(answer, Receipt if twin else StaleVersion)
    assert (await shelf.types(f"proposal/{office.proposal_id}")).count("proposal.submitted") == 1


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
