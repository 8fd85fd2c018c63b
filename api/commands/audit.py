"""Commands that look after the ledger and the engine: show a case, verify, reconcile, rebuild."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify as verify_ledger
from activities.store.loading import load
from api.commands.register import connected
from domain.errors import ProposalUnknown

if TYPE_CHECKING:
    from workflows.census import Census

SHOWN_DIFFERENCES = 20


async def show(proposal_id: str) -> int:
    """Show where a proposal stands and everything that happened to it."""
    console = Console()
    async with connected() as parts:
        try:
            brief = await parts.briefs.brief(proposal_id)
        except ProposalUnknown:
            console.print("No such proposal.")
            return 1
        stream_id = f"proposal/{proposal_id}"
        async with parts.reads.connect() as connection:
            history = (await load(connection, [stream_id]))[stream_id].history
    console.print(brief.story, highlight=False)
    table = Table("at", "by", "event", "step", "reason", box=None)
    for recorded in history:
        kind = recorded.event.event_type.removeprefix("proposal.")
        step, reason = (getattr(recorded.event, name, "") for name in ("step", "reason_code"))
        table.add_row(f"{recorded.at:%Y-%m-%d %H:%M}", recorded.actor[:8], kind, step, reason)
    console.print(table)
    return 0


async def verify() -> int:
    """Check the whole ledger: bytes, hashes, chains, positions, receipts, and every read model against the log."""
    console, begun = Console(), time.perf_counter()
    async with connected() as parts:
        owner = parts.settings.owner_database_url or parts.settings.database_url
        assert owner is not None
        engine = create_async_engine(owner.get_secret_value())
        async with engine.connect() as connection:
            found = await verify_ledger(connection, PROJECTIONS)
        await engine.dispose()
    seconds = time.perf_counter() - begun
    for problem in found.problems:
        console.print(f"✗ {problem}", highlight=False, markup=False)
    verdict = "whole" if not found.problems else f"{len(found.problems)} problems"
    checked = f"{found.events} events in {found.streams} streams, {len(PROJECTIONS)} read models"
    console.print(f"{checked}: {verdict} ({seconds:.1f} s)", highlight=False)
    return 1 if found.problems else 0


async def reconcile() -> None:
    """Poke every open case that has no running workflow, and workflows that rest though the ledger moved."""
    from workflows.worker import connect, relay

    async with connected() as parts:
        count = await relay(await connect(), parts).reconcile()
    Console().print(f"{count} cases poked", highlight=False)


async def rebuild_engine(
    *, patience: Annotated[float, Parameter(help="seconds to wait for at least one more case to come right")] = 60
) -> int:
    """Give an empty engine, or one that was put back to an older copy, every open case again.

    Ends with 0 when each workflow shows what the ledger says, else with 1 and the cases on which they disagree.
    """
    from workflows.worker import connect, relay

    console, begun = Console(), time.perf_counter()
    async with connected() as parts:
        client = await connect()
        relaying = relay(client, parts)
        before = await relaying.census()
        await relaying.rebuild()
        poked = time.perf_counter() - begun
        after = await relaying.settled(patience)
    started, cases = len(before.missing), len(before.ledger)
    told = f"{cases} open cases: {started} started, {cases - started} already running"
    console.print(f"{told}; {len(before.extra)} workflows ran for cases that are not open", highlight=False)
    console.print(f"poked after {poked:.1f} s, settled after {time.perf_counter() - begun:.1f} s", highlight=False)
    _tell(after, console)
    return 1 if after.differences else 0


def _tell(census: Census, console: Console) -> None:
    from workflows.census import state_hash

    for difference in census.differences[:SHOWN_DIFFERENCES]:
        console.print(f"✗ {difference}", highlight=False, markup=False, soft_wrap=True)
    if len(census.differences) > SHOWN_DIFFERENCES:
        console.print(f"  … {len(census.differences)} in all; does a worker run?", highlight=False)
    for who, standings in (("ledger", census.ledger), ("engine", census.engine)):
        console.print(f"{who} {state_hash(standings.values())}", highlight=False, soft_wrap=True)
    console.print("different" if census.differences else "equal", highlight=False)
