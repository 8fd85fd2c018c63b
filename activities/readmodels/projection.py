"""A read model is a pure function from a stream's state to rows; writing it is writing a difference of two sets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.driver import execute
from domain.ports import Change

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Projection:
    """Rows of one table, each keyed by the table's primary key, computed from one stream's state.

    Raise `version` when `rows` changes its meaning: the next migration rebuilds the table.
    """

    name: str
    version: int
    category: str
    table: Table
    rows: Callable[[Any], list[Row]]

    async def apply(self, connection: AsyncConnection, changes: Sequence[Change]) -> None:
        """Delete what is gone, then change and add: a set-wide constraint sees the old rows leave first."""
        gone: list[Row] = []
        changed: list[Row] = []
        added: list[Row] = []
        for change in changes:
            if change.stream_id.startswith(f"{self.category}/"):
                before, after = self.keyed(change.before), self.keyed(change.after)
                gone += [row for key, row in before.items() if key not in after]
                changed += [row for key, row in after.items() if key in before and before[key] != row]
                added += [row for key, row in after.items() if key not in before]
        for statement, rows in ((_delete, gone), (_update, changed), (_insert, added)):
            if rows:
                await execute(connection, statement(self.table), {"rows": _json(rows)})

    async def add(self, connection: AsyncConnection, rows: Sequence[Row]) -> int:
        """Add rows whose keys are new; the answer is how many."""
        return await execute(connection, _insert(self.table), {"rows": _json(rows)}) if rows else 0

    def keyed(self, state: Any) -> dict[Key, Row]:
        """The rows by primary key."""
        return {tuple(row[name] for name in _key(self.table)): row for row in self.rows(state)}


@cache
def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)


@cache
def _delete(table: Table) -> str:
    return f"DELETE FROM {table.name} stored USING {_given(table)} WHERE {_same(table)}"  # noqa: S608 - names of our own tables


@cache
def _update(table: Table) -> str:
    rest = [column.name for column in table.columns if column.name not in _key(table)]
    changes = ", ".join(f"{name} = given.{name}" for name in rest)
    return f"UPDATE {table.name} stored SET {changes} FROM {_given(table)} WHERE {_same(table)}"  # noqa: S608 - names of our own tables


@cache
def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} SELECT * FROM {_given(table)}"  # noqa: S608 - names of our own tables


def _given(table: Table) -> str:
    """PostgreSQL itself makes typed rows of JSON: one parameter, whatever the table."""
    return f"jsonb_populate_recordset(NULL::{table.name}, CAST(%(rows)s AS jsonb)) given"


def _same(table: Table) -> str:
    return " AND ".join(f"stored.{name} = given.{name}" for name in _key(table))


def _json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_plain)


def _plain(value: date | Range[Any]) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
