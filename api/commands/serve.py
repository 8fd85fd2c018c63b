"""Commands that run the service, or a part of it."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from importlib.metadata import version
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels import PROJECTIONS
from activities.readmodels.rebuild import outdated, rebuild
from activities.settings import RefusedToStart, Settings, rows
from activities.store.migrate import migrate as migrate_schema
from activities.wiring import backbone


async def up() -> int:
    """Run everything: PostgreSQL and Temporal (embedded unless given), migrations, worker, relay, API."""
    from deploy.local.supervisor import up as run

    return await run(Settings())


async def demo(*, once: bool = False, fresh: bool = False) -> int:
    """Import an invented agency, take one promotion and one swap into effect, then stay up."""
    from api.tokens import Tokens
    from deploy.demo.run import demo as run

    return await run(Settings(), lambda found: Tokens.of(found).issue, once=once, fresh=fresh)


async def pass_time(days: int) -> int:
    """Let days pass in the demo that runs here: reminders, escalations and effects happen as they would."""
    from deploy.clock import let_pass
    from deploy.local.stack import attach

    found = attach(Settings())
    if not found.allow_clock_offset:
        raise RefusedToStart(["Time can be moved in demos and tests only. Nothing was changed."])
    now = await let_pass(found, timedelta(days=days))
    Console().print(f"the ledger's clock now says {now:%Y-%m-%d %H:%M}Z", highlight=False)
    return 0


def api() -> None:
    """Serve the HTTP API."""
    from uvicorn.loops.auto import auto_loop_factory

    from api.app import serve

    # Uvicorn chooses its loop only where it makes it.
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(serve(Settings()))


async def worker() -> None:
    """Run the Temporal worker."""
    from workflows.worker import run_worker

    async with backbone(Settings()) as parts:
        await run_worker(parts, build_id())
    # Leaving through the interpreter's shutdown right after a worker can abort it: all is done, so leave at once.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def relay() -> None:
    """Deliver pokes and reconcile open cases with the engine."""
    from workflows.worker import run_relay

    async with backbone(Settings()) as parts:
        await run_relay(parts)


async def migrate() -> None:
    """Bring the schema to this code, as its owner, and make anew the read models whose meaning changed."""
    url = Settings().owner_database_url
    if url is None:
        raise RefusedToStart(["JENJANG_OWNER_DATABASE_URL is not set. Migrations run as the owner of the schema."])
    engine = create_async_engine(url.get_secret_value())
    async with engine.connect() as connection:
        await migrate_schema(connection)
        if stale := await outdated(connection, PROJECTIONS):
            written = await rebuild(connection, stale)
            Console().print(f"read models made anew: {', '.join(p.name for p in stale)} ({written} rows)")
        await connection.commit()
    await engine.dispose()


def settings(*, locale: Annotated[str, Parameter(help="id or en")] = "") -> None:
    """List every setting with its value, default and meaning."""
    found = Settings()
    table = Table("variable", "value", "default", "meaning", box=None)
    for row in rows(found):
        table.add_row(row.variable, row.value, row.default, getattr(row.meaning, locale or found.locale))
    Console().print(table)


def build_id() -> str:
    """What names this build to Temporal; without it the SDK would hash every loaded module."""
    return os.environ.get("JENJANG_BUILD_ID", version("jenjang"))
