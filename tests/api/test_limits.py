"""Whatever is sent and whatever happens inside: a bounded body, a cautious answer, and nothing quoted."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from activities.rule_files import RulesInForce
from api.limits import MAX_JSON
from domain.rulebook.problems import Problem
from tests.support.api import BASE, CASE_URL, FakeDocuments, FakeReads, refusing, services, speaking, web
from tests.support.builders import RULEBOOK
from tests.support.people import HEAD

PLANTED = "199001012015041001"
"""A number that looks like a NIP."""
JSON = {"Content-Type": "application/json"}


async def chunks(size: int, count: int) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(count):
        yield b" " * size


async def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    """The length alone is enough to refuse."""
    async with web(services()) as client:
        answer = await client.post(
            f"{BASE}/proposals", headers={**speaking(HEAD), **JSON}, content=b" " * (MAX_JSON + 1)
        )

    assert answer.status_code == 413
    assert answer.json()["limit"] == MAX_JSON
    assert answer.headers["connection"] == "close"


async def test_a_body_without_a_length_is_read_up_to_the_limit() -> None:
    """A streamed body is cut off where the limit is."""
    async with web(services()) as client:
        answer = await client.post(
            f"{BASE}/proposals", headers={**speaking(HEAD), **JSON}, content=chunks(MAX_JSON // 2, 4)
        )

    assert answer.status_code == 413


async def test_a_body_that_lies_about_its_length_is_cut_off_too() -> None:
    """A small Content-Length before a large body helps nobody."""
    async with web(services()) as client:
        headers = {**speaking(HEAD), **JSON, "Content-Length": "2"}
        answer = await client.post(f"{BASE}/proposals", headers=headers, content=chunks(MAX_JSON // 2, 4))

    assert answer.status_code == 413


async def test_a_file_may_be_larger_than_json_but_not_than_the_setting() -> None:
    """Files have the limit of the settings, streamed or not, and nothing of a refused one is kept."""
    documents = FakeDocuments()
    built = services(documents=documents)
    limit = built.settings.max_body_bytes
    async with web(built) as client:
        headers = {**speaking(HEAD, 7), "Content-Type": "application/pdf"}
        fits = await client.put(f"{CASE_URL}/documents/SKP_1", headers=headers, content=b"x" * limit)
        headers = {**speaking(HEAD, 7), "Content-Type": "application/pdf"}
        too_large = await client.put(f"{CASE_URL}/documents/SKP_1", headers=headers, content=chunks(limit // 4, 5))

    assert [fits.status_code, too_large.status_code] == [200, 413]
    assert [len(content) for content in documents.kept.values()] == [limit]


async def test_an_unexpected_fault_is_told_without_detail_and_logged_without_its_message() -> None:
    """Neither the caller nor the log gets what a message quotes; both get the request's id."""
    said = io.StringIO()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(said), processors=[structlog.processors.JSONRenderer()]
    )
    try:
        async with web(refusing(RuntimeError(f"parameters: {PLANTED}"))) as client:
            answer = await client.post(f"{CASE_URL}/withdrawal", headers=speaking(HEAD, 7), json={})
    finally:
        structlog.reset_defaults()

    assert answer.status_code == 500
    assert answer.json()["code"] == "unexpected"
    assert PLANTED not in answer.text + said.getvalue()
    assert answer.json()["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert answer.headers["x-request-id"] in said.getvalue()


async def test_a_database_that_is_away_is_a_pause_not_a_fault() -> None:
    """The caller may repeat with the same command id."""
    fault = OperationalError("SELECT 1", {"nip": PLANTED}, ConnectionError())
    async with web(services(reads=FakeReads(fault=fault))) as client:
        answer = await client.get(f"{BASE}/me", headers=speaking(HEAD))
        ready = await client.get("/readyz")
        alive = await client.get("/livez")

    assert answer.status_code == 503
    assert answer.json()["code"] == "database-away"
    assert answer.headers["retry-after"].isdecimal()
    assert PLANTED not in answer.text
    assert [ready.status_code, alive.status_code] == [503, 200]
    assert ready.json() == {
        "ready": False,
        "database": False,
        "migrations": False,
        "temporal": True,
        "rulebook": RULEBOOK.version,
        "rulebook_faults": 0,
    }


async def test_readiness_says_that_the_rule_files_are_faulty() -> None:
    """People are served by the last good rules; whoever watches the service sees it."""
    rules = RulesInForce(RULEBOOK, [Problem("terms.yaml", 6, "REG", "`years` is missing", "add `years:`")])
    async with web(services(rules=rules)) as client:
        answer = (await client.get("/readyz")).json()

    assert [answer["ready"], answer["rulebook"], answer["rulebook_faults"]] == [True, RULEBOOK.version, 1]


@pytest.mark.parametrize("path", ["/livez", f"{BASE}/me", "/nothing", "/openapi.json"])
async def test_every_answer_is_cautious(path: str) -> None:
    """No cache keeps it, no browser guesses its type or frames it, and every one has an id of its own."""
    async with web(services()) as client:
        answers = [await client.get(path) for _ in range(2)]

    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answers[0].headers["x-request-id"] != answers[1].headers["x-request-id"]
