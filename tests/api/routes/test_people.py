"""People: as of a day, as known at a position, found without a NIP in any address; and one's own receipts."""

from __future__ import annotations

import pytest

from activities.readmodels.register import PersonFile
from activities.store.vault import Identity
from domain.ports import Receipt
from tests.support.api import AT, BASE, CASE, FakeReads, services, speaking, web
from tests.support.builders import OFFICE
from tests.support.people import HEAD, STAFF

NIP = "199001012015049001"
FILE = PersonFile(STAFF, Identity(None, NIP, "Sekar Ayu"), OFFICE.people[STAFF], {"SEKSI-A1": "Seksi A1"})


async def test_a_person_is_shown_as_of_a_day_and_as_known_at_a_position() -> None:
    """Both axes are the caller's to choose; the answer repeats them."""
    reads = FakeReads(files={STAFF: FILE})
    async with web(services(reads=reads)) as client:
        now = (await client.get(f"{BASE}/register/{STAFF}", headers=speaking(HEAD))).json()
        then = (await client.get(f"{BASE}/register/{STAFF}?as_of=2019-01-01&as_at=12", headers=speaking(HEAD))).json()

    assert (now["as_of"], now["as_at"], now["rank"]["grade"]) == ("2026-03-02", None, "III/b")
    assert (then["as_of"], then["as_at"], then["rank"]) == ("2019-01-01", 12, None)
    assert now["posts"][0]["unit"] == "SEKSI-A1"
    assert reads.asked == [(STAFF, None), (STAFF, 12)]


@pytest.mark.parametrize("ref", ["f" * 32, "F" * 32, NIP, "..", "x"])
async def test_a_person_whom_the_caller_may_not_see_does_not_exist(ref: str) -> None:
    """404 without an echo, whether unknown, unseen, or no reference at all."""
    async with web(services(reads=FakeReads(files={STAFF: FILE}))) as client:
        answer = await client.get(f"{BASE}/register/{ref}", headers=speaking(HEAD))

    assert answer.status_code == 404
    assert NIP not in answer.text


@pytest.mark.parametrize("query", ["as_of=20260101", "as_of=2026-02-30", "as_of=1767225600", "as_at=-1", "as_at=1e9"])
async def test_a_day_is_a_day_and_a_position_a_position(query: str) -> None:
    """Numbers are not taken for dates, nor anything else for a position."""
    async with web(services(reads=FakeReads(files={STAFF: FILE}))) as client:
        answer = await client.get(f"{BASE}/register/{STAFF}?{query}", headers=speaking(HEAD))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize("body", [{}, {"nip": NIP, "name": "Sekar"}, {"nip": NIP[:17]}, {"name": "Se"}, {"nip": "x"}])
async def test_a_search_is_by_nip_or_by_name(body: dict[str, str]) -> None:
    """Neither, both, or too little is refused, and the NIP does not come back."""
    async with web(services()) as client:
        answer = await client.post(f"{BASE}/register/search", headers=speaking(HEAD), json=body)

    assert answer.status_code == 422
    assert NIP[:17] not in answer.text


async def test_a_lost_answer_is_found_by_its_command_id() -> None:
    """One's own receipt, or 404 that says the command may be sent again."""
    receipt = Receipt(
        command_id="form-0001",
        stream_id=f"proposal/{CASE}",
        first_version=1,
        last_version=2,
        outcome="recorded",
        recorded_at=AT,
    )
    async with web(services(reads=FakeReads(receipts={"form-0001": receipt}))) as client:
        found = await client.get(f"{BASE}/receipts/form-0001", headers=speaking(HEAD))
        absent = await client.get(f"{BASE}/receipts/form-0002", headers=speaking(HEAD))

    assert (found.json()["proposal_id"], found.json()["version"]) == (CASE, 2)
    assert (absent.status_code, absent.json()["code"]) == (404, "receipt-unknown")
