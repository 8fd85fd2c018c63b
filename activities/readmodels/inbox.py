"""What waits at my desks? One row for each desk, proposal, step and round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Date, DateTime, Index, Integer, RowMapping, Table, Text, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Projection, Row
from activities.store.tables import metadata
from domain.proposal.proposal import Draft, Nothing, Proposal, Returned, Underway, tmt_of

inbox = Table(
    "inbox",
    metadata,
    Column("desk", Text, primary_key=True),
    Column("proposal_id", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("acts_for", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("target_tmt", Date, nullable=False),
    Index("inbox_due_idx", "agency", "desk", "due_at", "proposal_id"),
)
NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
"""Due time of what has none, so that one key orders every page."""


def rows(state: Proposal) -> list[Row]:
    """A row for every desk that may act; drafts and returned proposals wait at their proposer's."""
    if isinstance(state, Nothing):
        return []
    case = state.case
    shared = {
        "proposal_id": case.id,
        "agency": case.agency,
        "matter": case.matter.matter,
        "kind": case.matter.kind,
        "target_tmt": tmt_of(state),
    }
    if isinstance(state, Draft | Returned):
        desk, step = f"person/{case.proposer}", "CORRECT" if isinstance(state, Returned) else "SUBMIT"
        place = {"desk": desk, "acts_for": desk, "step": step, "round": case.round, "due_at": NEVER}
        return [{**shared, **place}]
    if not isinstance(state, Underway):
        return []
    at = {"step": state.step.code, "round": state.step.round, "due_at": state.step.due_at or NEVER}
    return [{**shared, **at, "desk": desk, "acts_for": acts_for} for desk, acts_for in state.step.may_act.items()]


INBOX = Projection("inbox", 2, "proposal", inbox, rows)


async def waiting(
    connection: AsyncConnection, agency: str, desks: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> Sequence[RowMapping]:
    """What waits at any of the desks, each case once, least time left first; `after` is the last row's place."""
    place = (inbox.c.due_at, inbox.c.proposal_id)
    query = select(inbox).ext(distinct_on(*place)).where(inbox.c.agency == agency, inbox.c.desk.in_(desks))
    if after:
        query = query.where(tuple_(*place) > after)
    query = query.order_by(*place, inbox.c.desk).limit(limit)
    return list((await connection.execute(query)).mappings())
