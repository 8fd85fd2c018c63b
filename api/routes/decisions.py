"""Decisions on a case: override, submit, approve, return, reject, withdraw, record outcome or decree, acknowledge."""

from __future__ import annotations

from fastapi import APIRouter

from api.answers.receipts import ReceiptAnswer
from api.routes import bodies
from api.routes.writing import CaseWriting
from api.strict_json import StrictRoute
from domain.proposal import commands as c

router = APIRouter(prefix="/api/v1/proposals/{proposal_id}", tags=["decisions"], route_class=StrictRoute)


@router.post("/override")
async def override(writing: CaseWriting, body: bodies.OverrideBody) -> ReceiptAnswer:
    """Let the case pass a requirement that is not met, as the authority that the rule names; needs PENGECUALIAN."""
    return await writing.record(c.OverrideRequirement(**writing.shared, **body.model_dump()))


@router.post("/submission")
async def submit(writing: CaseWriting, body: bodies.NoteBody) -> ReceiptAnswer:
    """Lodge the proposal, or lodge it again after a return; what warns needs a note."""
    return await writing.record(c.Submit(**writing.shared, note=body.note))


@router.post("/approval")
async def approve(writing: CaseWriting, body: bodies.ApprovalBody) -> ReceiptAnswer:
    """Approve the step that was shown."""
    return await writing.record(c.ApproveStep(**writing.shared, **body.model_dump()))


@router.post("/return")
async def return_proposal(writing: CaseWriting, body: bodies.RefusalBody) -> ReceiptAnswer:
    """Send the proposal back for correction, with a reason."""
    return await writing.record(c.ReturnProposal(**writing.shared, **body.model_dump()))


@router.post("/rejection")
async def reject(writing: CaseWriting, body: bodies.RefusalBody) -> ReceiptAnswer:
    """Refuse the proposal for good, with a reason."""
    return await writing.record(c.RejectProposal(**writing.shared, **body.model_dump()))


@router.post("/withdrawal")
async def withdraw(writing: CaseWriting, body: bodies.NoteBody) -> ReceiptAnswer:
    """Take the proposal back, until its decree is issued."""
    return await writing.record(c.Withdraw(**writing.shared, note=body.note))


@router.post("/outcome")
async def record_outcome(writing: CaseWriting, body: bodies.OutcomeBody) -> ReceiptAnswer:
    """Record what the outside body answered."""
    return await writing.record(c.RecordOutcome(**writing.shared, **body.model_dump()))


@router.post("/decree")
async def issue_decree(writing: CaseWriting, body: bodies.DecreeBody) -> ReceiptAnswer:
    """Record the signed decree; on its TMT it takes effect."""
    return await writing.record(c.IssueDecree(**writing.shared, **body.model_dump()))


@router.post("/acknowledgement")
async def acknowledge(writing: CaseWriting) -> ReceiptAnswer:
    """Confirm, as the employee, to have the decree in hand."""
    return await writing.record(c.Acknowledge(**writing.shared))
