"""A read model is a pure function from a stream's state to rows; writing it is writing a difference of two sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table, delete, tuple_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

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
        """Delete what is gone, then change, then add: a set-wide constraint sees the old rows leave first."""
        gone: list[Key] = []
        changed: list[Row] = []
        added: list[Row] = []
        for change in changes:
            if change.stream_id.startswith(f"{self.category}/"):
                before, after = self.keyed(change.before), self.keyed(change.after)
                gone += [key for key in before if key not in after]
                changed += [row for key, row in after.items() if key in before and before[key] != row]
                added += [row for key, row in after.items() if key not in before]
        if gone:
            columns = tuple_(*self.table.primary_key.columns)
            await connection.execute(delete(self.table).where(columns.in_(gone)))
        if changed:
            await connection.execute(_upsert(self.table), changed)
        if added:
            await connection.execute(insert(self.table), added)

    def keyed(self, state: Any) -> dict[Key, Row]:
        """The rows by primary key."""
        names = [column.name for column in self.table.primary_key.columns]
        return {tuple(row[name] for name in names): row for row in self.rows(state)}


@cache
def _upsert(table: Table) -> Insert:
    """Built once for a table: making the statement costs more than running it."""
    statement = insert(table)
    keys = {column.name for column in table.primary_key.columns}
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=rest)
