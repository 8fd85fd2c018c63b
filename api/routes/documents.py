"""Documents of a case: attached as raw bodies, handed out only to who sees the case and only as downloads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from activities.documents import SUFFIXES
from api.answers.receipts import ReceiptAnswer
from api.deps import ServicesDep, VisibleCase
from api.problems.refusals import DocumentUnknown, MediaTypeRefused
from api.routes.writing import PREFIX, CaseWriting
from api.strict_json import StrictRoute
from domain.errors import DocumentRefused, NotProposer
from domain.proposal.commands import AttachDocument

router = APIRouter(prefix=f"{PREFIX}/proposals/{{proposal_id}}/documents", tags=["documents"], route_class=StrictRoute)
ANY_KIND = "application/octet-stream"
ACCEPTED = [*SUFFIXES, ANY_KIND]
Code = Annotated[str, Path(pattern=r"^[A-Z0-9_]{1,40}$", examples=["SK_PANGKAT"])]
BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.put(
    "/{document}", openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(ACCEPTED, BINARY)}}
)
async def attach(request: Request, writing: CaseWriting, document: Code) -> ReceiptAnswer:
    """Attach a file (PDF, JPEG or PNG) as one of the documents that the route asks for."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in ACCEPTED:
        raise MediaTypeRefused(accepted=ACCEPTED)
    # The ledger says so too; here it keeps strangers from filling the folder.
    if writing.case.who.ref != writing.case.row["proposer"]:
        raise NotProposer
    kept = await writing.services.documents.keep(request.stream())
    if said not in (ANY_KIND, kept.media_type):
        raise DocumentRefused(reason="another-kind")
    return await writing.record(
        AttachDocument(
            **writing.shared, document=document, sha256=kept.sha256, size=kept.size, media_type=kept.media_type
        )
    )


@router.get("/{document}", response_class=Response, responses={200: {"content": dict.fromkeys(SUFFIXES, BINARY)}})
async def download(services: ServicesDep, case: VisibleCase, document: Code) -> Response:
    """The file, checked against its digest."""
    found = (await services.reads.dossier(case.proposal_id, case.who)).documents.get(document)
    if found is None:
        raise DocumentUnknown
    content = await services.documents.content(found.sha256)
    name = f"{case.proposal_id}-{document}.{SUFFIXES[found.media_type]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{found.sha256}"'}
    return Response(content, media_type=found.media_type, headers=headers)
