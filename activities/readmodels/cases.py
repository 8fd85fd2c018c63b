"""Where does each case stand? One row a proposal; answers status, lists and the stalled board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, RowMapping, Table, Text, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Projection, Row
from activities.store.driver import fetch
from activities.store.tables import metadata
from domain.proposal.brief import brief
from domain.proposal.matter import Promotion
from domain.proposal.proposal import Ended, Nothing, OpenStep, Proposal, Underway, tmt_of

cases = Table(
    "cases",
    metadata,
    Column("proposal_id", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("step", Text),
    Column("step_kind", Text),
    Column("round", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("subjects", ARRAY(Text), nullable=False),
    Column("unit", Text, nullable=False),
    Column("target_tmt", Date, nullable=False),
    Column("summary", JSONB, nullable=False),
    Column("waits_at", ARRAY(Text), nullable=False),
    Column("seen_by", ARRAY(Text), nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True)),
    Column("next_at", DateTime(timezone=True)),
    Column("stalled", Boolean, nullable=False),
    Column("stall_cause", Text),
    Index("cases_due_idx", "agency", "due_at", "proposal_id", postgresql_where=text("open")),
    Index("cases_stalled_idx", "agency", "opened_at", "proposal_id", postgresql_where=text("open AND stalled")),
    Index("cases_next_idx", "next_at", postgresql_where=text("open")),
    Index("cases_proposer_idx", "proposer", "proposal_id"),
    Index("cases_subjects_idx", "subjects", postgresql_using="gin"),
)


def rows(state: Proposal) -> list[Row]:
    """The row of a proposal."""
    if isinstance(state, Nothing):
        return []
    case, told = state.case, brief(state, [])
    step = state.step if isinstance(state, Underway) else None
    return [
        {
            "proposal_id": case.id,
            "agency": case.agency,
            "matter": case.matter.matter,
            "kind": case.matter.kind,
            "state": state.name,
            "open": not isinstance(state, Ended),
            "step": step.code if step else None,
            "step_kind": step.kind.value if step else None,
            "round": case.round,
            "version": case.version,
            "proposer": case.proposer,
            "subjects": case.matter.subjects,
            "unit": told.unit,
            "target_tmt": tmt_of(state),
            "summary": _summary(state),
            "waits_at": told.desks,
            "seen_by": sorted(case.desks_seen),
            "opened_at": step.opened_at if step else None,
            "due_at": step.due_at if step else None,
            "next_at": told.dues[0].at if told.dues else None,
            **_stall(step),
        }
    ]


def _stall(step: OpenStep | None) -> Row:
    stalled = bool(step and (step.stalled or step.refused or step.stall))
    cause = (step.stall or ("effect-refused" if step.refused else "overdue")) if step and stalled else None
    return {"stalled": stalled, "stall_cause": cause}


def _summary(state: Any) -> dict[str, Any]:
    matter = state.case.matter
    if isinstance(matter, Promotion):
        return {"grade": matter.grade, "target_grade": matter.target_grade}
    return {"moves": len(matter.moves)}


CASES = Projection("cases", 1, "proposal", cases, rows)


async def find(connection: AsyncConnection, proposal_id: str) -> Row | None:
    """The row of one case."""
    found = await fetch(connection, "SELECT * FROM cases WHERE proposal_id = %(id)s", {"id": proposal_id})
    return found[0]._asdict() if found else None


async def rows_of(connection: AsyncConnection, proposal_ids: Sequence[str]) -> dict[str, RowMapping]:
    """The rows of several cases, by id."""
    found = await connection.execute(select(cases).where(cases.c.proposal_id.in_(list(proposal_ids))))
    return {row["proposal_id"]: row for row in found.mappings()}


async def stalled(
    connection: AsyncConnection, agency: str, after: tuple[datetime, str] | None, limit: int
) -> Sequence[RowMapping]:
    """Cases that stand still, longest first; `after` is the last row's (opened_at, proposal_id)."""
    query = select(cases).where(cases.c.agency == agency, cases.c.open, cases.c.stalled)
    if after:
        query = query.where(tuple_(cases.c.opened_at, cases.c.proposal_id) > after)
    query = query.order_by(cases.c.opened_at, cases.c.proposal_id).limit(limit)
    return list((await connection.execute(query)).mappings())


async def involving(connection: AsyncConnection, person: str, after: str | None, limit: int) -> Sequence[RowMapping]:
    """Cases that the person proposed or is the subject of, newest first."""
    query = select(cases).where((cases.c.proposer == person) | cases.c.subjects.contains([person]))
    if after:
        query = query.where(cases.c.proposal_id < after)
    query = query.order_by(cases.c.proposal_id.desc()).limit(limit)
    return list((await connection.execute(query)).mappings())


async def awaited(connection: AsyncConnection) -> list[RowMapping]:
    """Every open case, and every closed one that still owes notices: where it stands, in the words of its brief."""
    rows = await connection.execute(
        text(
            "SELECT proposal_id, matter, coalesce(step, state) AS stage, unit, due_at FROM cases WHERE open "
            "OR proposal_id IN (SELECT substr(stream_id, 10) FROM outbox WHERE kind = 'notice' AND done_at IS NULL) "
            "ORDER BY proposal_id"
        )
    )
    return list(rows.mappings())


async def overdue(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Proposal and matter of cases whose workflow must look again.

    An instant is more than two minutes past without its event, or a notice is late by more than its longest try.
    """
    rows = await connection.execute(
        text(
            "SELECT proposal_id, matter FROM cases WHERE open AND next_at < ledger_now() - interval '2 min' "
            "OR proposal_id IN (SELECT substr(stream_id, 10) FROM outbox WHERE kind = 'notice' AND done_at IS NULL "
            "AND next_at < ledger_now() - interval '15 min') ORDER BY proposal_id"
        )
    )
    return [(row.proposal_id, row.matter) for row in rows]
