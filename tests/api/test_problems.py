"""Refusals as readers meet them: stable codes, their own language, and nothing of what was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from api.words import preferred
from domain.errors import (
    DateOutOfOrder,
    DomainError,
    NotPossibleNow,
    NotTheAuthority,
    OpenProposalExists,
    RequirementsNotMet,
    StaleVersion,
    StepClosed,
)
from domain.proposal.commands import SYSTEM
from domain.rulebook.model import Finding, LegalBasis, Severity, Text, Verdict
from tests.support.api import BASE, CASE_URL, FakeDesk, FakeReads, services, speaking, web
from tests.support.people import CHIEF, HEAD, STAFF

PLANTED = "199001012015041001"
JSON = {"Content-Type": "application/json"}
FINDING = Finding(
    requirement="TIME_IN_RANK",
    verdict=Verdict.NOT_MET,
    severity=Severity.BLOCK,
    inputs={"years": "3"},
    message=Text(id="Baru {years} tahun dalam pangkat", en="Only {years} years in rank"),
    cure=Text(id="Tunggu sampai empat tahun", en="Wait for four years"),
    legal_basis=LegalBasis(regulation="PP 99/2000", article="pasal 7", confidence="sourced"),
)


async def refused(refusal: DomainError, language: str = "id", **reads: Any) -> Any:
    """The answer to a withdrawal that the ledger refuses."""
    built = services(desk=FakeDesk(refusal=refusal), reads=FakeReads(**reads))
    async with web(built) as client:
        headers = speaking(HEAD, 7, Accept_Language=language)
        return await client.post(f"{CASE_URL}/withdrawal", headers=headers, json={})


async def created(body: Any = None, content: bytes | None = None, **headers: str) -> Any:
    """The answer to a new proposal."""
    async with web(services()) as client:
        sent = {**speaking(HEAD), **({} if content is None else JSON), **headers}
        return await client.post(f"{BASE}/proposals", headers=sent, json=body, content=content)


async def test_a_problem_has_a_stable_code_and_the_refusals_fields() -> None:
    """Programs read code and fields, whatever the language."""
    at = datetime(2026, 4, 9, 7, 3, tzinfo=UTC)
    answer = await refused(
        StaleVersion(expected=6, actual=7, changed_by=HEAD, changed_at=at, changes=["approve VERIF"])
    )

    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.pop("instance").startswith("urn:uuid:")
    assert told == {
        "type": "urn:jenjang:problem:stale-version",
        "title": "Usulan sudah berubah",
        "status": 412,
        "detail": f"Anda melihat versi 6; kini 7, diubah {HEAD} pada 09-04-2026 14.03 WIB. Periksa dulu.",
        "code": "stale-version",
        "expected": 6,
        "actual": 7,
        "changed_by": HEAD,
        "changed_at": "2026-04-09T07:03:00+00:00",
        "changes": ["approve VERIF"],
    }


async def test_a_reader_of_english_gets_english_with_the_same_fields() -> None:
    """Words follow Accept-Language, also those for states and verbs."""
    answer = await refused(NotPossibleNow(state="in-review", verb="change-draft"), "en-GB,en;q=0.9")

    assert answer.headers["content-language"] == "en"
    assert answer.json()["detail"] == "This proposal is under review; it is not possible to change it."
    assert answer.json()["state"] == "in-review"


async def test_an_authority_is_called_by_its_title() -> None:
    """A code says nothing to an official; programs still read it."""
    answer = await refused(NotTheAuthority(requirement="TIME_IN_RANK", role="ppk"))

    assert answer.json()["detail"] == "Syarat TIME_IN_RANK hanya dikecualikan oleh Pejabat pembina kepegawaian (PPK)."
    assert answer.json()["role"] == "ppk"


async def test_the_loser_of_a_race_learns_who_decided_and_when() -> None:
    """The name comes from the vault at the edge, the time by the office's clock; the field stays a reference."""
    at = datetime(2026, 4, 9, 7, 3, tzinfo=UTC)
    closed = StepClosed(step="VERIF", decided_by=CHIEF, decided_at=at, verb="approve")
    answer = await refused(closed, known_names={CHIEF: "Wening Larasati"})

    assert answer.status_code == 409
    assert answer.json()["decided_by"] == CHIEF
    assert answer.json()["decided_by_name"] == "Wening Larasati"
    assert "Wening Larasati pada 09-04-2026 14.03 WIB" in answer.json()["detail"]


async def test_whoever_was_shown_an_older_version_learns_who_changed_it() -> None:
    """By name, as the loser of a decided step does."""
    stale = StaleVersion(expected=6, actual=7, changed_by=CHIEF, changed_at=datetime(2026, 4, 9, 7, 3, tzinfo=UTC))
    answer = await refused(stale, known_names={CHIEF: "Wening Larasati"})

    assert answer.json()["changed_by_name"] == "Wening Larasati"
    assert "diubah Wening Larasati pada 09-04-2026 14.03 WIB" in answer.json()["detail"]


async def test_what_the_service_itself_changed_is_told_in_words() -> None:
    """People do not know a person of the name `system`."""
    stale = StaleVersion(expected=6, actual=7, changed_by=SYSTEM, changed_at=datetime(2026, 4, 9, 7, 3, tzinfo=UTC))
    answer = await refused(stale, "en")

    assert "changed by this service at" in answer.json()["detail"]
    assert answer.json()["changed_by"] == SYSTEM


async def test_a_step_that_nobody_decided_is_told_as_not_open() -> None:
    """No sentence with holes in it."""
    answer = await refused(StepClosed(step="SK"))

    assert answer.json()["detail"] == "Tahap SK sedang tidak terbuka. Keputusan Anda tidak dicatat."


async def test_the_laws_no_comes_with_article_and_cure() -> None:
    """Each requirement that is not met says why, under which article, and what helps."""
    answer = await refused(RequirementsNotMet(requirements=["TIME_IN_RANK"], findings=[FINDING]), "en")

    assert answer.status_code == 422
    (finding,) = answer.json()["findings"]
    assert (finding["regulation"], finding["article"]) == ("PP 99/2000", "pasal 7")
    assert (finding["message"], finding["cure"]) == ("Only 3 years in rank", "Wait for four years")


async def test_a_refused_field_is_pointed_at() -> None:
    """The domain's name of the field becomes a pointer into the body."""
    answer = await refused(DateOutOfOrder(field="dated"))

    assert answer.json()["errors"] == [{"pointer": "#/dated"}]


async def test_a_second_open_proposal_names_the_first() -> None:
    """The answer leads to the proposal that is there already."""
    answer = await refused(OpenProposalExists(proposal_id="KP-2026-000002"))

    assert answer.status_code == 409
    assert answer.json()["proposal_id"] == "KP-2026-000002"
    assert "KP-2026-000002" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("#/asked", "missing")]),
        ([], [("#", "invalid")]),
        ({"asked": {"matter": PLANTED}}, [("#/asked", "no-option")]),
        ({"asked": {"matter": "promotion"}}, [("#/asked/subject", "missing")]),
        (
            {"asked": {"matter": "promotion", "subject": PLANTED, "target_tmt": 20260401}},
            [("#/asked/subject", "invalid"), ("#/asked/target_tmt", "no-date")],
        ),
        ({"asked": {"matter": "promotion", "subject": STAFF, PLANTED: 1}}, [("#/asked", "unknown")]),
        ({"asked": {"matter": "promotion", "subject": STAFF}, "status": "approved"}, [("#", "unknown")]),
        (
            {"asked": {"matter": "rotation", "target_tmt": "2026-02-30", "moves": [{"subject": STAFF}]}},
            [("#/asked/moves/0/to_post", "missing"), ("#/asked/target_tmt", "no-date")],
        ),
        (
            {"asked": {"matter": "promotion", "subject": STAFF}, "reason": "x" * 2001},
            [("#/reason", "too-long")],
        ),
    ],
)
async def test_each_wrong_place_is_named_without_what_was_sent(body: Any, errors: list[tuple[str, str]]) -> None:
    """Places by JSON pointer, kinds by stable words; neither values nor unknown names come back."""
    answer = await created(body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors
    assert PLANTED not in answer.text


async def test_a_wrong_parameter_is_named() -> None:
    """Query parameters are told by their name and limit."""
    async with web(services()) as client:
        answer = await client.get(f"{BASE}/proposals?limit=201", headers=speaking(HEAD))

    assert answer.json()["errors"] == [{"parameter": "limit", "code": "too-large", "detail": "paling besar 200"}]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"asked": 1, "asked": 2}', 422, "body-malformed"),
        (b'{"reason": NaN}', 422, "body-malformed"),
        (b"[" * 100_000, 422, "body-malformed"),
        (b'{"reason": "\\u0000"}', 422, "body-malformed"),
        (b"\x1f\x8b\x08", 422, "body-malformed"),
        (b"", 422, "input-invalid"),
    ],
)
async def test_a_body_that_is_no_plain_json_is_refused(content: bytes, status: int, code: str) -> None:
    """Malformed bodies are problems like any other, never a 500."""
    answer = await created(content=content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_body_of_another_type_is_refused_as_such() -> None:
    """Text, forms, or no type at all are not read as JSON."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = await created(content=b"{}", **{"Content-Type": kind})

        assert (answer.status_code, answer.json()["code"]) == (415, "media-type-refused")


async def test_a_stranger_is_not_even_told_that_the_body_is_wrong() -> None:
    """Who is asking comes before what was sent."""
    async with web(services()) as client:
        answer = await client.post(f"{BASE}/proposals", headers=JSON, content=b"{")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_unknown_addresses_and_methods_are_problems_too() -> None:
    """404 and 405 say what the address knows; a slash too many is another address."""
    async with web(services()) as client:
        nothing = await client.get(f"{BASE}/nothing/{PLANTED}")
        slash = await client.get(f"{BASE}/inbox/", headers=speaking(HEAD))
        method = await client.delete(f"{BASE}/proposals", headers=speaking(HEAD))

    assert [nothing.json()["code"], slash.json()["code"]] == ["path-unknown", "path-unknown"]
    assert PLANTED not in nothing.text
    assert (method.status_code, method.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("*", "id"),
        ("fr", "id"),
        ("en", "en"),
        ("en-US,en;q=0.5", "en"),
        ("id,en;q=0.9", "id"),
        ("en;q=0.4, id;q=0.8", "id"),
        ("en;q=x", "id"),
        ("en;q=0.9,id;q=0.1", "en"),
    ],
)
def test_indonesian_unless_english_is_preferred(header: str, language: str) -> None:
    """The header is read by its weights; nonsense in it means nothing."""
    assert preferred(header) == language
