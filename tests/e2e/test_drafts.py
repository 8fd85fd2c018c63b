"""From the list to drafts on a real ledger: whoever leads the person begins them, once, and nobody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from httpx2 import ASGITransport, AsyncClient
from temporalio.client import Client

from activities.wiring import Backbone
from api.app import create_app, services_on
from api.tokens import Tokens
from domain.promotion.eligibility import next_tmt
from tests.support.hopefuls import SOON, hopefuls
from tests.support.people import AGENCY, HEAD, OTHER_HEAD, STAFF
from tests.support.story import Office
from workflows.desk import ProposalDesk
from workflows.poke import Poker


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """The invented office with its hopeful staff."""
    found = Office(parts)
    await found.settle_in(hopefuls(next_tmt(await found.today(), parts.rulebook)))
    return found


@pytest.fixture
async def http(parts: Backbone, client: Client) -> AsyncIterator[AsyncClient]:
    """The API on the office's ledger."""
    desk = ProposalDesk(parts.ledger, Poker(client, parts.settings.temporal_task_queue), parts.outbox)
    app = create_app(services_on(parts, desk, client))
    async with httpx2.AsyncClient(transport=ASGITransport(app=app), base_url="http://test/api/v1") as http:
        yield http
    await desk.close()


def speaking(parts: Backbone, who: str) -> dict[str, str]:
    """Headers of somebody's one request, however often it is sent."""
    token = Tokens.of(parts.settings).issue(who, AGENCY, timedelta(hours=1))
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"from-list-{who}"}


async def test_a_head_drafts_from_the_list_and_a_repeat_changes_nothing(
    office: Office, http: AsyncClient, parts: Backbone
) -> None:
    """The list names people and kinds, the drafts bear them; afterwards the list marks whom they are for."""
    head = speaking(parts, HEAD)
    page: dict[str, Any] = (await http.get("/upcoming", headers=head)).json()
    people = [{"subject": row["subject"], "kind": row["kind"]} for row in page["items"] if not row["lacking"]]
    answers = [
        await http.post("/upcoming/drafts", headers=head, json={"tmt": page["tmt"], "people": people}) for _ in range(2)
    ]
    marked = {row["subject"]: row["proposal_id"] for row in (await http.get("/upcoming", headers=head)).json()["items"]}
    drafts = {draft["subject"]: draft["receipt"]["proposal_id"] for draft in answers[0].json()["drafts"]}

    assert {STAFF, SOON} <= drafts.keys()
    assert answers[0].json() == answers[1].json()
    assert ["idempotency-replayed" in answer.headers for answer in answers] == [False, True]
    assert {subject: marked[subject] for subject in drafts} == drafts
    assert len(set(drafts.values())) == len(people)


async def test_a_stranger_is_refused_person_by_person(office: Office, http: AsyncClient, parts: Backbone) -> None:
    """The head of another section has no say, and nothing is begun."""
    tmt = next_tmt(await office.today(), parts.rulebook)
    body = {"tmt": f"{tmt}", "people": [{"subject": STAFF}]}
    answer = await http.post("/upcoming/drafts", headers=speaking(parts, OTHER_HEAD), json=body)
    (draft,) = answer.json()["drafts"]

    assert (draft["receipt"], draft["problem"]["code"]) == (None, "not-superior")
