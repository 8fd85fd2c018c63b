"""What a database error means: a lost race, a violated set-wide rule, or a real fault."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import MatterTooLarge, OpenProposalExists, PostOccupied
from domain.ports import Conflict

SET_RULES = {"events_pkey", "open_claims_pkey"}
"""Keys over more than one stream: the log's positions, and who is proposed for what."""
SERIALIZATION = {"40001", "40P01"}


async def refusal_of(error: DBAPIError, connection: AsyncConnection) -> Exception:
    """The exception to raise instead; the error itself when nothing is known of it."""
    cause: Any = error.orig
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if _lost_race(constraint or "") or getattr(cause, "sqlstate", None) in SERIALIZATION:
        return Conflict()
    if constraint == "open_claims_pkey":
        return OpenProposalExists(proposal_id=await _claimed_by(cause, connection))
    if constraint == "incumbencies_one_a_day":
        return PostOccupied()
    if constraint == "events_entry_size":
        return MatterTooLarge()
    return error


def _lost_race(constraint: str) -> bool:
    """Any other key is of one command, stream or row of one stream: whoever has it came first since we looked."""
    return constraint == "events_stream_version_key" or (constraint.endswith("_pkey") and constraint not in SET_RULES)


async def _claimed_by(cause: Any, connection: AsyncConnection) -> str:
    """The open proposal that holds the claim; the driver's detail carries the key's values in order."""
    detail = cause.diag.message_detail or ""
    values = detail.partition(")=(")[2].partition(")")[0].split(", ")
    found = await connection.scalar(
        text(
            "SELECT proposal_id FROM open_claims WHERE subject_ref = :subject AND matter = :matter "
            "AND target_tmt = CAST(:tmt AS date)"
        ),
        dict(zip(("subject", "matter", "tmt"), values, strict=False)),
    )
    await connection.rollback()
    return found or ""
