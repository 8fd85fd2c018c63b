"""Documents: from the proposer only, of the kinds that may be, and handed out as downloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.readmodels.visibility import Sight
from domain.errors import ProposalUnknown
from domain.proposal import commands as c
from domain.proposal import events as e
from tests.support.api import CASE, CASE_URL, FakeDesk, FakeDocuments, FakeReads, services, speaking, web
from tests.support.people import CHIEF, HEAD, STAFF

URL = f"{CASE_URL}/documents/SKP_1"
PDF = b"%PDF-1.7 content"
DIGEST = "9ef8cc04b3af6b0e8d5f3e2ad2eaa3b4a2b2d7c8e8a9a0b1c2d3e4f5a6b7c8d9"


@dataclass
class Attached:
    """A dossier, as far as a download asks."""

    documents: dict[str, e.DocumentAttached] = field(default_factory=dict)


@dataclass
class ReadsWithDocuments(FakeReads):
    """Reads that know a case's documents."""

    attached: Attached = field(default_factory=Attached)

    async def dossier(self, proposal_id: str, who: Any) -> Attached:
        """The documents of the one case."""
        if proposal_id != CASE:
            raise ProposalUnknown(proposal_id=proposal_id)
        return self.attached


def kind(media_type: str) -> dict[str, str]:
    """A proposer's headers with a content type."""
    return {**speaking(HEAD, 7), "Content-Type": media_type}


@pytest.mark.parametrize("said", ["application/pdf", "application/octet-stream", "Application/PDF; charset=binary"])
async def test_a_file_is_kept_first_and_then_attached_by_its_digest(said: str) -> None:
    """The command names content that is durable already; the kind is what the content shows."""
    desk, documents = FakeDesk(), FakeDocuments()
    async with web(services(desk=desk, documents=documents)) as client:
        answer = await client.put(URL, headers=kind(said), content=PDF)

    assert answer.status_code == 200
    (command,) = desk.arrived
    assert isinstance(command, c.AttachDocument)
    assert documents.kept[command.sha256] == PDF
    assert (command.document, command.size, command.media_type) == ("SKP_1", len(PDF), "application/pdf")
    assert command.expected_version == 7


@pytest.mark.parametrize("said", ["text/html", "application/zip", "multipart/form-data; boundary=x", ""])
async def test_another_type_is_refused_before_a_byte_is_read(said: str) -> None:
    """Only what may be attached is read at all."""
    documents = FakeDocuments()
    async with web(services(documents=documents)) as client:
        answer = await client.put(URL, headers=kind(said), content=PDF)

    assert answer.status_code == 415
    assert "application/pdf" in answer.json()["accepted"]
    assert documents.kept == {}


async def test_content_of_another_kind_than_was_said_is_not_attached() -> None:
    """A PDF that is called a picture is refused."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.put(URL, headers=kind("image/png"), content=PDF)

    assert (answer.status_code, answer.json()["code"]) == (422, "document-refused")
    assert desk.arrived == []


@pytest.mark.parametrize("who", [CHIEF, STAFF])
async def test_whoever_did_not_propose_fills_no_folder(who: str) -> None:
    """Somebody who only sees the case is refused before the file is kept."""
    documents = FakeDocuments()
    async with web(services(documents=documents)) as client:
        headers = {**speaking(who, 7), "Content-Type": "application/pdf"}
        answer = await client.put(URL, headers=headers, content=PDF)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-proposer")
    assert documents.kept == {}


@pytest.mark.parametrize("code", ["skp", "..", "SKP%2F..%2Fx", "A" * 41, "SKP%00"])
async def test_a_document_code_is_a_code(code: str) -> None:
    """Nothing that could be a path, or no code of any route, is taken."""
    documents = FakeDocuments()
    async with web(services(documents=documents)) as client:
        answer = await client.put(f"{CASE_URL}/documents/{code}", headers=kind("application/pdf"), content=PDF)

    assert answer.status_code in (404, 405, 415, 422)
    assert documents.kept == {}


async def test_whoever_sees_the_case_may_download_it() -> None:
    """As an attachment under a name that tells nothing of the person, and nobody guesses its type."""
    event = e.DocumentAttached(document="SKP_1", sha256=DIGEST, size=len(PDF), media_type="application/pdf")
    reads = ReadsWithDocuments(attached=Attached({"SKP_1": event}))
    async with web(services(reads=reads, documents=FakeDocuments({DIGEST: PDF}))) as client:
        answer = await client.get(URL, headers=speaking(STAFF))
        absent = await client.get(f"{CASE_URL}/documents/IJAZAH", headers=speaking(STAFF))

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{CASE}-SKP_1.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (absent.status_code, absent.json()["code"]) == (404, "document-unknown")


async def test_whoever_does_not_see_the_case_gets_no_document() -> None:
    """404, as for a case that does not exist."""
    reads = ReadsWithDocuments(sights={HEAD: Sight.OUTSIDE})
    async with web(services(reads=reads)) as client:
        answer = await client.get(URL, headers=speaking(STAFF))

    assert (answer.status_code, answer.json()["code"]) == (404, "proposal-unknown")
