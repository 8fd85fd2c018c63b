"""Lists: page after page without a gap, for the person who began them, and for overseers only where it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.api import AT, BASE, FakeReads, case_row, services, speaking, web
from tests.support.people import ADMIN, CHIEF, HEAD, STAFF

ROWS = [case_row(proposal_id=f"KP-2026-{n:06d}", opened_at=AT + timedelta(hours=n)) for n in range(1, 8)]


@pytest.mark.parametrize(("path", "who", "first"), [("proposals", HEAD, "newest"), ("stalled", ADMIN, "oldest")])
async def test_following_next_shows_every_row_once(path: str, who: str, first: str) -> None:
    """Bookmarks of the body and of `Link` are the same, and the last page has none."""
    rows = sorted(ROWS, key=lambda row: row["proposal_id"], reverse=first == "newest")
    seen: list[str] = []
    url = f"{BASE}/{path}?limit=3"
    async with web(services(reads=FakeReads(rows=rows))) as client:
        while url:
            answer = await client.get(url, headers=speaking(who))
            page = answer.json()
            seen += [row["proposal_id"] for row in page["items"]]
            url = answer.headers.get("link", "").partition(">")[0].lstrip("<")
            assert (page["next"] is None) == (not url)
            assert not url or page["next"] in url

    assert seen == [row["proposal_id"] for row in rows]


async def test_a_bookmark_of_somebody_else_is_refused() -> None:
    """Pages belong to the person who asked for the first one."""
    async with web(services(reads=FakeReads(rows=ROWS))) as client:
        first = await client.get(f"{BASE}/proposals?limit=1", headers=speaking(HEAD))
        stolen = {"limit": 1, "after": first.json()["next"]}
        answer = await client.get(f"{BASE}/proposals", params=stolen, headers=speaking(STAFF))

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-malformed")


async def test_a_row_is_told_in_words_and_names() -> None:
    """State in the reader's language, people by reference, and who they are once a page."""
    reads = FakeReads(rows=ROWS[:1], known_names={STAFF: "Sekar Ayu", HEAD: "Bagas Pramana"})
    async with web(services(reads=reads)) as client:
        page = (await client.get(f"{BASE}/proposals", headers=speaking(HEAD, Accept_Language="en"))).json()

    assert page["names"] == {STAFF: "Sekar Ayu", HEAD: "Bagas Pramana"}
    assert page["items"][0]["state_text"] == "under review"
    assert page["items"][0]["subjects"] == [STAFF]


async def test_a_status_is_the_row_of_its_case_with_the_version_that_decisions_want() -> None:
    """Whoever asks often reads one row, without the whole file of the case."""
    reads = FakeReads(rows=[case_row()])
    async with web(services(reads=reads)) as client:
        listed = (await client.get(f"{BASE}/proposals?limit=1", headers=speaking(HEAD))).json()["items"][0]
        answer = await client.get(f"{BASE}/proposals/{listed['proposal_id']}/status", headers=speaking(HEAD))

    assert answer.json() == listed
    assert answer.headers["ETag"] == f'"{listed["version"]}"'


@pytest.mark.parametrize("who", [HEAD, CHIEF, STAFF])
async def test_the_stalled_board_is_for_administrators_and_auditors(who: str) -> None:
    """Others are told which roles it takes, and nothing is read for them."""
    reads = FakeReads(rows=ROWS)
    async with web(services(reads=reads)) as client:
        answer = await client.get(f"{BASE}/stalled", headers=speaking(who))

    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
    assert answer.json()["roles"] == ["administrator", "auditor"]
    assert reads.asked == []


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e3"])
async def test_a_page_has_between_one_and_two_hundred_rows(limit: str) -> None:
    """Other limits are refused by name."""
    async with web(services()) as client:
        answer = await client.get(f"{BASE}/proposals?limit={limit}", headers=speaking(HEAD))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "limit"
