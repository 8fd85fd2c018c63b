"""What waits at my desks? One row for each desk, proposal, step and round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Date, DateTime, Index, Integer, RowMapping, Table, Text, cast, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
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
    asked = func.unnest(cast(desks, ARRAY(Text))).table_valued("desk", name="asked").render_derived()
    place = (inbox.c.due_at, inbox.c.proposal_id)
    # The first of each desk, then the first of these: a full desk is never read to its end.
    at_desk = select(inbox).where(inbox.c.agency == agency, inbox.c.desk == asked.c.desk)
    if after:
        at_desk = at_desk.where(tuple_(*place) > after)
    first = at_desk.order_by(*place).limit(limit).lateral("first")
    order = (first.c.due_at, first.c.proposal_id)
    query = select(first).select_from(asked).join(first, true()).ext(distinct_on(*order))
    return list((await connection.execute(query.order_by(*order, first.c.desk).limit(limit))).mappings())
