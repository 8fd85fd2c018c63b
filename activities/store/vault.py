"""The vault: names, NIPs and contacts under random references, in a schema of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.tables import subject_vault as vault


@dataclass(frozen=True)
class Identity:
    """Who a person is. Never in an event, an id, a log or an engine payload."""

    siasn_id: str | None
    nip: str | None
    name: str
    titles: dict[str, str] = field(default_factory=dict)
    born_on: date | None = None
    sex: str | None = None


async def references(connection: AsyncConnection, agency: str, people: Sequence[Identity]) -> list[str]:
    """The reference of each person, known by SIASN id or else NIP; a new one for someone unknown.

    What the register's own file says of a known person replaces what the vault said before; a bare name does not.
    """
    found = await known(connection, agency, people)
    references, rows = [], {}
    for person in people:
        subject = found.get(person.siasn_id or "") or found.get(person.nip or "")
        if subject is None or person.born_on is not None:
            subject = subject or uuid.uuid4().hex
            rows[subject] = _row(person, agency, subject)
            found |= {key: subject for key in (person.siasn_id, person.nip) if key}
        references.append(subject)
    if rows:
        statement = insert(vault)
        said = {name: statement.excluded[name] for name in ("siasn_id", "nip", "name", "titles", "born_on", "sex")}
        upsert = statement.on_conflict_do_update(index_elements=["subject_ref"], set_=said)
        await connection.execute(upsert, list(rows.values()))
    return references


async def known(connection: AsyncConnection, agency: str, people: Sequence[Identity]) -> dict[str, str]:
    """References by SIASN id and by NIP, of those people who are known."""
    siasn_ids = [person.siasn_id for person in people if person.siasn_id]
    nips = [person.nip for person in people if person.nip]
    rows = await connection.execute(
        select(vault.c.subject_ref, vault.c.siasn_id, vault.c.nip).where(
            vault.c.agency == agency, or_(vault.c.siasn_id.in_(siasn_ids), vault.c.nip.in_(nips))
        )
    )
    return {key: row.subject_ref for row in rows for key in (row.siasn_id, row.nip) if key}


async def names(connection: AsyncConnection, subjects: Iterable[str]) -> dict[str, str]:
    """Names by reference; someone erased is missing."""
    rows = await connection.execute(
        select(vault.c.subject_ref, vault.c.name, vault.c.titles).where(vault.c.subject_ref.in_(list(subjects)))
    )
    return {row.subject_ref: _titled(row.name, row.titles) for row in rows}


async def identity(connection: AsyncConnection, subject: str) -> Identity | None:
    """The person behind a reference."""
    row = (await connection.execute(select(vault).where(vault.c.subject_ref == subject))).one_or_none()
    return Identity(row.siasn_id, row.nip, row.name, row.titles, row.born_on, row.sex) if row else None


async def by_nip(connection: AsyncConnection, agency: str, nip: str) -> str | None:
    """The reference of the person with this NIP or SIASN id."""
    found: str | None = await connection.scalar(
        select(vault.c.subject_ref).where(vault.c.agency == agency, or_(vault.c.nip == nip, vault.c.siasn_id == nip))
    )
    return found


async def contacts(connection: AsyncConnection, subjects: Iterable[str]) -> dict[str, str]:
    """Mail addresses by reference, of those who have one."""
    rows = await connection.execute(
        select(vault.c.subject_ref, vault.c.contact).where(
            vault.c.subject_ref.in_(list(subjects)), vault.c.contact.is_not(None)
        )
    )
    return {row.subject_ref: row.contact for row in rows}


async def set_contact(connection: AsyncConnection, subject: str, address: str) -> None:
    """Set where notices reach the person."""
    await connection.execute(update(vault).where(vault.c.subject_ref == subject).values(contact=address))


def _row(person: Identity, agency: str, subject: str) -> dict[str, object]:
    return {
        "subject_ref": subject,
        "agency": agency,
        "siasn_id": person.siasn_id,
        "nip": person.nip,
        "name": person.name,
        "titles": person.titles,
        "born_on": person.born_on,
        "sex": person.sex,
    }


def _titled(name: str, titles: dict[str, str]) -> str:
    front, back = titles.get("front", ""), titles.get("back", "")
    return f"{front} {name}".strip() + (f", {back}" if back else "")
