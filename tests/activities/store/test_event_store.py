"""What every event store promises: one answer for each command, all of it or nothing, refusals without a trace."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.errors import (
    CommandIdReused,
    DomainError,
    NotYetDue,
    NotYourDesk,
)
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, PersonFacts
from tests.support.builders import SWAP_ASKED, acting
from tests.support.people import (
    AGENCY,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PYB,
    SOURCE,
    ref,
)
from tests.support.shelves import Shelf, draft
from tests.support.story import Office

SECOND_VERIFIER = ref(50)


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
