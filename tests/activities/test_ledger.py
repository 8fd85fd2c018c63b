"""The one write path, on the fake store: what a command may do to how many streams, and what it owes whom."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import Any

import pytest

from activities.ledger import TRIES, Ledger
from domain.errors import Contended, PersonUnknown, ProposalUnknown
from domain.ports import Change, Conflict
from domain.proposal import commands as c
from domain.proposal.proposal import Draft, InReview, fold
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.facts import RankHeld
from domain.vocabulary import Grade
from tests.support.builders import NOW, TMT, TODAY, create
from tests.support.fakes import ContestedStore, InMemoryEventStore
from tests.support.people import AGENCY, CHIEF, HEAD, SOURCE, STAFF, UNITS, VERIFIER, everybody, ref
from tests.support.story import Office

SHARED: dict[str, Any] = {"actor": "import", "agency": AGENCY, "source": SOURCE}


@pytest.fixture
async def store() -> InMemoryEventStore:
    """The invented office in memory."""
    found = InMemoryEventStore()
    await Ledger(found).record(ImportUnits(command_id="import-units", units=UNITS, **SHARED))
    await Ledger(found).record(ImportPeople(command_id="import-people", people=everybody(), **SHARED))
    return found


@pytest.fixture
def office(store: InMemoryEventStore) -> Office:
    """Its story."""
    return Office(type("Parts", (), {"ledger": Ledger(store)})())


async def test_a_draft_begins_a_stream(store: InMemoryEventStore, office: Office) -> None:
    """Named by the ledger, not by the proposer."""
    receipt = await office.draft()

    assert receipt.stream_id == f"proposal/{receipt.proposal_id}"
    assert isinstance(fold(store.history(receipt.stream_id)), Draft)


async def test_one_import_changes_many_streams_under_one_receipt(store: InMemoryEventStore) -> None:
    """Each person's facts lie on the own stream."""
    rank = RankHeld(valid_from=TODAY, grade=Grade("III/c"))
    people = [PersonFacts(subject=subject, facts=[rank]) for subject in (STAFF, HEAD)]
    receipt = await Ledger(store).record(ImportPeople(command_id="import-ranks", people=people, **SHARED))

    assert receipt.outcome == "recorded"
    assert [len(store.stream(f"person/{subject}")) for subject in (STAFF, HEAD, CHIEF)] == [3, 3, 2]
    assert [stored.stream_id for stored in store.log[-2:]] == [f"person/{STAFF}", f"person/{HEAD}"]


async def test_an_import_without_news_is_remembered_and_changes_nothing(store: InMemoryEventStore) -> None:
    """The same file under a new id."""
    size = len(store.log)
    people = await Ledger(store).record(ImportPeople(command_id="import-again", people=everybody(), **SHARED))
    units = await Ledger(store).record(ImportUnits(command_id="import-units-again", units=UNITS, **SHARED))

    assert [(people.outcome, people.stream_id), (units.outcome, units.stream_id)] == [("noop", "register")] * 2
    assert len(store.log) == size


async def test_notices_are_owed_in_the_state_right_after_each_event(store: InMemoryEventStore, office: Office) -> None:
    """An approval that opens the next step tells the next desk, and not the one that acted."""
    await office.submitted()
    before = len(store.outbox)
    await office.approve(CHIEF, "PENGANTAR_OPD")
    told = [json.loads(row.body) for row in store.outbox[before:] if row.kind == "notice"]

    assert [(notice["template"], notice["desk"], notice["step"]) for notice in told] == [
        ("awaiting-you", "role/verifier", "VERIF")
    ]


async def test_every_event_of_a_command_has_its_instant_and_actor(store: InMemoryEventStore, office: Office) -> None:
    """One command, one instant: the store's clock."""
    await office.submitted()
    await office.approve(CHIEF, "PENGANTAR_OPD")
    last = store.history(f"proposal/{office.proposal_id}")[-2:]

    assert [(recorded.actor, recorded.at) for recorded in last] == [(CHIEF, NOW)] * 2


async def test_an_unknown_proposal_is_refused_and_remembered(store: InMemoryEventStore, office: Office) -> None:
    """With the stream that was asked for."""
    office.proposal_id = "KP-2026-999999"
    with pytest.raises(ProposalUnknown):
        await office.approve(VERIFIER, "VERIF")

    assert store.refusals == [(VERIFIER, "ApproveStep", "proposal/KP-2026-999999", "proposal-unknown")]


async def test_a_refused_draft_has_no_stream(store: InMemoryEventStore) -> None:
    """The attempt is remembered without one."""
    with pytest.raises(PersonUnknown):
        await Ledger(store).record(create(HEAD, c.PromotionAsked(subject=ref(99), target_tmt=TMT)))

    assert store.refusals == [(HEAD, "CreateDraft", None, "person-unknown")]


async def test_a_race_is_tried_three_times(store: InMemoryEventStore, office: Office) -> None:
    """Then the caller is told; a race is no refusal of anybody."""
    await office.draft()
    contested = ContestedStore(store, lost=99)
    with pytest.raises(Contended):
        await Ledger(contested).record(c.Withdraw(**office.by(HEAD)))

    assert (contested.begun, TRIES) == (3, 3)
    assert store.refusals == []


async def test_a_fault_of_the_store_is_not_taken_for_a_race(store: InMemoryEventStore, office: Office) -> None:
    """It is not tried again, and not remembered as a refusal."""
    await office.draft()
    tried = []

    class Broken(InMemoryEventStore):
        @asynccontextmanager
        async def begin(self) -> Any:
            tried.append(1)
            raise ZeroDivisionError
            yield

    broken = Broken()
    with pytest.raises(ZeroDivisionError):
        await Ledger(broken).record(c.Withdraw(**office.by(HEAD)))

    assert (len(tried), broken.refusals) == (1, [])


async def test_a_whole_case_ends_in_one_history(store: InMemoryEventStore, office: Office) -> None:
    """Folding what was stored gives what was decided."""
    await office.submitted()
    await office.approve(CHIEF, "PENGANTAR_OPD")
    state = fold(store.history(f"proposal/{office.proposal_id}"))

    assert isinstance(state, InReview)
    assert (state.step.code, state.case.version) == ("VERIF", office.version)


async def test_the_port_says_conflict(store: InMemoryEventStore, office: Office) -> None:
    """The fake keeps the promise that the ledger relies on."""
    await office.draft()
    stream = f"proposal/{office.proposal_id}"
    command = c.Withdraw(**office.by(HEAD))
    with pytest.raises(Conflict):  # noqa: PT012 - the whole transaction
        async with store.begin() as transaction:
            await transaction.load(stream)
            await office.attach("SKP_1")
            await transaction.append(command, [_nothing_but(stream, store)])

    assert len(store.stream(stream)) == 2


def _nothing_but(stream: str, store: InMemoryEventStore) -> Any:
    state = fold(store.history(stream))
    return Change(stream, AGENCY, state, state, [])
