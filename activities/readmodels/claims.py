"""Rules over the set of all proposals, as keys: one open proposal per person and TMT, one decision per desk."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Table, Text

from activities.readmodels.projection import Projection, Row
from activities.store.tables import metadata
from domain.proposal.proposal import Ended, Nothing, Proposal

open_claims = Table(
    "open_claims",
    metadata,
    Column("subject_ref", Text, primary_key=True),
    Column("matter", Text, primary_key=True),
    Column("target_tmt", Date, primary_key=True),
    Column("proposal_id", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("proposal_id", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("desk", Text, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("actor", Text, nullable=False),
)


def claim_rows(state: Proposal) -> list[Row]:
    """A claim for each subject while the proposal is open."""
    if isinstance(state, Nothing | Ended):
        return []
    case = state.case
    shared = {"matter": case.matter.matter, "target_tmt": case.matter.target_tmt, "proposal_id": case.id}
    return [{"subject_ref": subject, **shared} for subject in dict.fromkeys(case.matter.subjects)]


def decision_rows(state: Proposal) -> list[Row]:
    """Every decision taken, for ever."""
    if isinstance(state, Nothing):
        return []
    return [
        {
            "proposal_id": state.case.id,
            "step": entry.step,
            "round": entry.round,
            "desk": entry.desk,
            "verb": entry.verb,
            "actor": entry.actor,
        }
        for entry in state.case.signed
    ]


OPEN_CLAIMS = Projection("open_claims", 1, "proposal", open_claims, claim_rows)
DECISIONS = Projection("decisions", 1, "proposal", decisions, decision_rows)
