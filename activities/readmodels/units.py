"""The organisation tree, as described last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Boolean, Column, Index, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.projection import Projection, Row
from activities.store.driver import fetch
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


CHAIN = """
    WITH RECURSIVE chain AS (
        SELECT * FROM units WHERE unit = ANY(%(start)s)
        UNION SELECT parent.* FROM units parent JOIN chain ON parent.unit = chain.parent)
"""
"""The units named in `start` and all their ancestors, as the table expression `chain`."""
UNITS = Projection("units", 1, "organisation", units, rows)


async def upward(connection: AsyncConnection, start: Sequence[str]) -> dict[str, UnitDescribed]:
    """The units and all their ancestors."""
    found = await fetch(connection, f"{CHAIN} SELECT * FROM chain", {"start": list(start)})  # noqa: S608 - a constant
    return {row.unit: UnitDescribed(**row._asdict()) for row in found}
