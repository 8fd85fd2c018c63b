"""The organisation tree, as described last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Boolean, Column, Index, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Projection, Row
from activities.store.tables import metadata
from domain.register.events import UnitDescribed

units = Table(
    "units",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("eselon", Text, nullable=False),
    Column("head_post", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("units_parent_idx", "parent"),
)


def rows(described: Mapping[str, UnitDescribed]) -> list[Row]:
    """Every unit of an agency."""
    return [unit.model_dump() for unit in described.values()]


UNITS = Projection("units", 1, "organisation", units, rows)


async def upward(connection: AsyncConnection, start: Sequence[str]) -> dict[str, UnitDescribed]:
    """The units and all their ancestors."""
    found = await connection.execute(
        text(
            "WITH RECURSIVE chain AS (SELECT * FROM units WHERE unit = ANY(:start) "
            "UNION SELECT parent.* FROM units parent JOIN chain ON parent.unit = chain.parent) SELECT * FROM chain"
        ),
        {"start": list(start)},
    )
    return {row["unit"]: UnitDescribed.model_validate(dict(row)) for row in found.mappings()}
