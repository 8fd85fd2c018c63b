"""The census: where each case stands as the ledger says, beside what its workflow shows in the engine's list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from workflows.options import DUE_AT, MATTER, STAGE, UNIT, workflow_id

PAGE = 1000
STUCK = 3
"""Attempts of one workflow task after which it is given up; the third comes about ten seconds after the first."""


CaseKey = tuple[str, str]
"""Proposal and matter."""


class Standing(NamedTuple):
    """Where a case stands; a workflow that has not read the ledger yet shows nothing but its number."""

    proposal_id: str
    matter: str
    stage: str
    unit: str
    due_at: datetime | None = None

    @property
    def key(self) -> CaseKey:
        """Whose it is."""
        return self.proposal_id, self.matter

    @property
    def line(self) -> str:
        """The same words whoever says it; whole seconds, since engines differ in what they keep of the rest."""
        due_at = f"{self.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.due_at else ""
        return f"{self.proposal_id}|{self.matter}|{self.stage}|{self.unit}|{due_at}"


class Look(NamedTuple):
    """One workflow as the engine knows it now, without the lag of its list; `shown` is None when no run is open.

    One at work has a task or an activity under way, and reads the ledger by itself when that is done. One that is stuck
    never will: its history does not fit the code, or an engine that was put back does not fit the workers' memory.
    """

    shown: Standing | None
    at_work: bool = False
    stuck: bool = False


@dataclass(frozen=True)
class Census:
    """Both lists, by proposal."""

    ledger: Mapping[str, Standing]
    engine: Mapping[str, Standing]

    @classmethod
    def of(cls, ledger: Iterable[Standing], engine: Iterable[Standing]) -> Census:
        """Of the cases that must have a workflow, and of the workflows that run."""
        return cls({case.proposal_id: case for case in ledger}, {case.proposal_id: case for case in engine})

    @property
    def missing(self) -> list[Standing]:
        """Cases that no workflow waits for."""
        return [case for number, case in self.ledger.items() if number not in self.engine]

    @property
    def behind(self) -> list[Standing]:
        """Cases whose workflow shows something else."""
        both = self.ledger.keys() & self.engine.keys()
        return [self.ledger[number] for number in sorted(both) if self.ledger[number].line != self.engine[number].line]

    @property
    def extra(self) -> list[Standing]:
        """Workflows that run although the ledger knows no such open case."""
        return [case for number, case in self.engine.items() if number not in self.ledger]

    @property
    def wrong(self) -> list[CaseKey]:
        """All of these."""
        return [case.key for case in (*self.missing, *self.behind, *self.extra)]

    @property
    def differences(self) -> list[str]:
        """One sentence a case on which the two disagree."""
        return [
            *(f"{case.proposal_id}: no workflow runs" for case in self.missing),
            *(f"{case.line}: its workflow shows {self.engine[case.proposal_id].line}" for case in self.behind),
            *(f"{case.proposal_id}: a workflow runs, but the case is not open" for case in self.extra),
        ]


def state_hash(standings: Iterable[Standing]) -> str:
    """SHA-256 over the sorted lines, each with its line feed."""
    lines = sorted(case.line for case in standings)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


async def running(client: Client, task_queue: str) -> list[Standing]:
    """What each running workflow of the queue shows; the engine's list lags a little."""
    query = f"ExecutionStatus = 'Running' AND TaskQueue = '{task_queue}' AND WorkflowId STARTS_WITH '{workflow_id('')}'"
    return [_shown(found) async for found in client.list_workflows(query, page_size=PAGE)]


async def look(client: Client, proposal_id: str) -> Look:
    """The newest run of a case."""
    try:
        found = await client.get_workflow_handle(workflow_id(proposal_id)).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return Look(None)
    if found.close_time:
        return Look(None)
    attempt = found.raw_description.pending_workflow_task.attempt
    under_way = attempt > 0 or bool(found.raw_description.pending_activities)
    return Look(_shown(found), at_work=under_way and attempt < STUCK, stuck=attempt >= STUCK)


def _shown(found: WorkflowExecution) -> Standing:
    shown = found.typed_search_attributes
    return Standing(
        proposal_id=found.id.removeprefix(workflow_id("")),
        matter=shown.get(MATTER, ""),
        stage=shown.get(STAGE, ""),
        unit=shown.get(UNIT, ""),
        due_at=shown.get(DUE_AT),
    )
