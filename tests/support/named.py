"""Names for some of the invented office's people, and the question who somebody is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import insert

from activities.readmodels.visibility import Viewer
from activities.store.tables import subject_vault
from activities.wiring import Backbone
from tests.support.people import AGENCY, HEAD, STAFF

NAMES = {STAFF: ("Sekar Ayu Wulandari", "199001012015049001"), HEAD: ("Bagas Pramana", "198001012005019002")}
"""Name and NIP by reference."""
Seeing = Callable[[str], Awaitable[Viewer]]
"""Somebody of the office, with today's desks."""


async def give_names(parts: Backbone) -> None:
    """Put the names into the vault."""
    rows = [
        {"subject_ref": ref, "agency": AGENCY, "name": name, "nip": nip, "titles": {"back": "S.E."}}
        for ref, (name, nip) in NAMES.items()
    ]
    async with parts.store.engine.begin() as connection:
        await connection.execute(insert(subject_vault), rows)
