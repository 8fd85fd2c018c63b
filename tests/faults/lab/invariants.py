"""What must hold whatever broke: judged from the lab's own book and the database, never by the service's code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from tests.faults.lab.book import Entry
from tests.faults.lab.judging import clockwork, order, promises, whole
from tests.faults.lab.judging.evidence import Delivered, Evidence, Finding, Reached
from tests.faults.lab.judging.log import read

PATIENCE = 75.0
"""Seconds until every open case has its workflow: one reconciliation a minute, and its pokes. Source: issue B."""
LOOK = 0.5
AT_ONCE = 32
CHECKS: Sequence[tuple[str, Callable[[Evidence], Iterator[str]]]] = (
    ("I1", promises.acknowledged_once),
    ("I1", promises.refused_without_trace),
    ("I2", order.decided_once),
    ("I2", order.one_open_proposal),
    ("I3", whole.committed_together),
    ("I3", whole.told_together),
    ("I3", whole.in_effect_for_everybody),
    ("I4", order.chained),
    ("I6", whole.case_index),
    ("I6", whole.desks_and_claims),
    ("I6", whole.register),
    ("I7", promises.decided_on_what_was_shown),
    ("I8", clockwork.on_time),
    ("I9", clockwork.reached_people),
    ("I9", clockwork.delivered_in_time),
    ("I11", promises.answered),
    ("I12", promises.never_taken_back),
    ("ends", clockwork.ended),
)


async def findings(
    owner_url: str,
    entries: Sequence[Entry],
    *,
    letters: Collection[Delivered] = (),
    reached: Reached | None = None,
    client: Client | None = None,
    finished: bool = False,
) -> list[Finding]:
    """Every broken promise; without a `client` the engine is not asked, without `reached` no letter is expected."""
    strays = await engine(owner_url, client) if client is not None else []
    evidence = Evidence(await read(owner_url), entries, letters, reached, finished)
    return strays + judge(evidence)


def judge(evidence: Evidence) -> list[Finding]:
    """What the log, the book and the letters say."""
    return [Finding(name, what) for name, check in CHECKS for what in check(evidence)]


async def engine(owner_url: str, client: Client, patience: float = PATIENCE) -> list[Finding]:
    """I5: within the patience each open case has one living workflow, and no case that has ended has one."""
    give_up = asyncio.get_running_loop().time() + patience
    while (found := await _strays(owner_url, client)) and asyncio.get_running_loop().time() < give_up:
        await asyncio.sleep(LOOK)
    return [Finding("I5", what) for what in found]


async def _strays(owner_url: str, client: Client) -> list[str]:
    """Cases whose workflow does not stand as the case does. One id has at most one running workflow: the engine's law.

    A closed case may keep its workflow while a notice is owed.
    """
    evidence = Evidence(await read(owner_url))
    owing = {row["stream_id"][9:] for row in evidence.log.rows["outbox"] if row["done_at"] is None}
    asked = [case for case in evidence.cases.values() if case.open or case.id not in owing]
    gate = asyncio.Semaphore(AT_ONCE)

    async def runs(number: str) -> bool:
        async with gate:
            return await _runs(client, number)

    running = await asyncio.gather(*(runs(case.id) for case in asked))
    return [
        f"{case.id} is {case.state}, and {'a' if runs else 'no'} workflow runs"
        for case, runs in zip(asked, running, strict=True)
        if case.open != runs
    ]


async def _runs(client: Client, number: str) -> bool:
    try:
        return (
            await client.get_workflow_handle(f"proposal/{number}").describe()
        ).status is WorkflowExecutionStatus.RUNNING
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
