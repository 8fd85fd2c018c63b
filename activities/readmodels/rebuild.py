"""Makes read models anew from the log, and proves that the stored ones equal it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Key, Projection, Row
from activities.store.loading import load
from activities.store.tables import projection_checkpoints, streams
from domain.proposal.proposal import Nothing, Recorded
from domain.proposal.proposal import fold as fold_proposal
from domain.register.changes import Units, evolve_units
from domain.register.person import fold as fold_person

PAGE = 500
WRITERS_WAIT = text("LOCK TABLE log_head IN EXCLUSIVE MODE")
"""Every append updates the counter row, so this lets none commit while read models are made anew."""


async def rebuild(connection: AsyncConnection, projections: Sequence[Projection]) -> int:
    """Replace the rows by what the log says, in the caller's transaction; the answer is their count."""
    await connection.execute(WRITERS_WAIT)
    for projection in projections:
        await connection.execute(delete(projection.table))
    written = 0
    waiting: dict[str, list[Row]] = {projection.name: [] for projection in projections}
    async for category, state in states(connection):
        for projection in projections:
            rows = waiting[projection.name]
            if projection.category == category:
                rows += projection.rows(state)
            if len(rows) >= PAGE:
                written += await projection.add(connection, rows)
                rows.clear()
    for projection in projections:
        written += await projection.add(connection, waiting[projection.name])
        await _checkpoint(connection, projection)
    return written


async def outdated(connection: AsyncConnection, projections: Sequence[Projection]) -> list[Projection]:
    """Projections whose stored version is not that of this code."""
    rows = await connection.execute(select(projection_checkpoints.c.name, projection_checkpoints.c.version))
    stored = {row.name: row.version for row in rows}
    return [projection for projection in projections if stored.get(projection.name) != projection.version]


async def differences(connection: AsyncConnection, projections: Iterable[Projection]) -> list[str]:
    """Where stored rows differ from the fold of the log, as "table: key"; empty when they are equal."""
    expected: dict[str, dict[Key, Row]] = {projection.name: {} for projection in projections}
    async for category, state in states(connection):
        for projection in projections:
            if projection.category == category:
                expected[projection.name] |= projection.keyed(state)
    found = []
    for projection in projections:
        rows = await connection.execute(select(projection.table))
        names = [column.name for column in projection.table.primary_key.columns]
        stored = {tuple(row[name] for name in names): dict(row) for row in rows.mappings()}
        wanted = expected[projection.name]
        different = [key for key in stored.keys() | wanted.keys() if stored.get(key) != wanted.get(key)]
        found += [f"{projection.name}: {key}" for key in sorted(different, key=str)]
    return found


async def states(connection: AsyncConnection) -> AsyncIterator[tuple[str, Any]]:
    """Category and folded state of every stream, a page at a time."""
    after = ""
    while True:
        page = list(
            (
                await connection.execute(
                    select(streams.c.stream_id)
                    .where(streams.c.stream_id > after)
                    .order_by(streams.c.stream_id)
                    .limit(PAGE)
                )
            ).scalars()
        )
        if not page:
            return
        for stream_id, stream in (await load(connection, page)).items():
            category = stream_id.partition("/")[0]
            yield category, _folded(category, stream.history)
        after = page[-1]


def _folded(category: str, history: list[Recorded[Any]]) -> Any:
    match category:
        case "proposal":
            return fold_proposal(history, Nothing())
        case "person":
            return fold_person(recorded.event for recorded in history)
        case _:
            known: Units = {}
            for recorded in history:
                known = evolve_units(known, recorded.event)
            return known


async def _checkpoint(connection: AsyncConnection, projection: Projection) -> None:
    size = await connection.scalar(text("SELECT size FROM log_head"))
    statement = insert(projection_checkpoints).values(
        name=projection.name, version=projection.version, position=size, status="inline"
    )
    changed = {name: statement.excluded[name] for name in ("version", "position", "status")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))
