"""Engines: how the service connects to PostgreSQL."""

from __future__ import annotations

import select
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WRITERS = 8
"""Connections that write; more contenders for the counter row do less. Source: measured, see deploy/adr."""
POOL_PATIENCE = 2.0
"""Seconds; then the caller is told to come back."""
LOCK_PATIENCE, STATEMENT_PATIENCE = "5s", "30s"


def write_engine(url: str) -> AsyncEngine:
    """READ COMMITTED, pinned: under REPEATABLE READ appends to different streams would fail on the counter row."""
    return _engine(url, "READ COMMITTED", overflow=0)


def read_engine(url: str) -> AsyncEngine:
    """AUTOCOMMIT: a screen's question is one statement."""
    return _engine(url, "AUTOCOMMIT", overflow=WRITERS)


def _engine(url: str, isolation: Literal["READ COMMITTED", "AUTOCOMMIT"], *, overflow: int) -> AsyncEngine:
    """Nobody waits long for a connection or a lock, and no error quotes what was asked: it may hold a NIP."""
    engine = create_async_engine(
        url,
        isolation_level=isolation,
        pool_size=WRITERS,
        max_overflow=overflow,
        pool_timeout=POOL_PATIENCE,
        hide_parameters=True,
        connect_args={"options": f"-c lock_timeout={LOCK_PATIENCE} -c statement_timeout={STATEMENT_PATIENCE}"},
    )
    event.listen(engine.sync_engine, "checkout", _replace_if_hung_up)
    return engine


def _replace_if_hung_up(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool connect anew when the server closed a waiting connection: its socket has an end to read.

    This costs no round trip, which a ping before every use would.
    """
    ready = select.poll()
    ready.register(connection.driver_connection.fileno(), select.POLLIN)
    if ready.poll(0):
        raise DisconnectionError
