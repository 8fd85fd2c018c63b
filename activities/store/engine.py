"""Engines, and the refusal to run on a database that could forget an acknowledged decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

WRITERS = 8
"""Connections that write; more contenders for the counter row do less. Source: measured, see deploy/adr."""
POOL_PATIENCE = 2.0
"""Seconds; then the caller is told to come back."""
LOCK_PATIENCE, STATEMENT_PATIENCE = "5s", "30s"
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")
RELATIONS = ("events", "command_receipts")


def write_engine(url: str) -> AsyncEngine:
    """READ COMMITTED, pinned: under REPEATABLE READ appends to different streams would fail on the counter row."""
    return _engine(url, "READ COMMITTED", overflow=0)


def read_engine(url: str) -> AsyncEngine:
    """AUTOCOMMIT: a screen's question is one statement."""
    return _engine(url, "AUTOCOMMIT", overflow=WRITERS)


def _engine(url: str, isolation: Literal["READ COMMITTED", "AUTOCOMMIT"], *, overflow: int) -> AsyncEngine:
    """Nobody waits long for a connection or a lock, and no error quotes what was asked: it may hold a NIP."""
    return create_async_engine(
        url,
        isolation_level=isolation,
        pool_size=WRITERS,
        max_overflow=overflow,
        pool_timeout=POOL_PATIENCE,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": f"-c lock_timeout={LOCK_PATIENCE} -c statement_timeout={STATEMENT_PATIENCE}"},
    )


async def unsafe(connection: AsyncConnection, *, clock_may_move: bool) -> list[tuple[str, str]]:
    """Why this database must not be used, as (cause, cure); empty when all is well."""
    found = await _durability(connection)
    if not clock_may_move and await connection.scalar(text("SELECT ahead <> interval '0' FROM ledger_clock")):
        found.append(("the ledger's clock is moved", "UPDATE ledger_clock SET ahead = '0'"))
    if await connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        found.append(("the application's role is a superuser", "connect as jenjang_app"))
    rights = await _rights(connection)
    for relation in RELATIONS:
        if extra := rights[relation] - {"SELECT", "INSERT"}:
            found.append((f"{relation} grants {', '.join(sorted(extra))}", f"REVOKE them on {relation}"))
    found += [(f"trigger on {name} is off", "ALTER TABLE … ENABLE ALWAYS TRIGGER") for name in await _open(connection)]
    return found


async def _durability(connection: AsyncConnection) -> list[tuple[str, str]]:
    found = []
    for name in DURABILITY:
        value = await connection.scalar(text("SELECT current_setting(:name)"), {"name": name})
        if value in ("off", "local"):
            found.append((f"{name} is {value}", f"ALTER SYSTEM SET {name} = on"))
    return found


async def _rights(connection: AsyncConnection) -> Mapping[str, set[str]]:
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    rights: dict[str, set[str]] = {}
    for relation in RELATIONS:
        row = await connection.execute(
            text(
                "SELECT v FROM unnest(CAST(:verbs AS text[])) v WHERE has_table_privilege(:relation, v) "
                "OR (v = 'UPDATE' AND has_any_column_privilege(:relation, v))"
            ),
            {"verbs": list(verbs), "relation": relation},
        )
        rights[relation] = set(row.scalars())
    return rights


async def _open(connection: AsyncConnection) -> list[str]:
    rows = await connection.execute(
        text(
            "SELECT r FROM unnest(CAST(:relations AS text[])) r WHERE NOT EXISTS (SELECT FROM pg_trigger "
            "WHERE tgrelid = r::regclass AND tgname = 'append_only' AND tgenabled = 'A')"
        ),
        {"relations": list(RELATIONS)},
    )
    return list(rows.scalars())
