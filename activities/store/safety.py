"""The refusal to run on a database that could forget, change or antedate an acknowledged decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.settings import Refusal, Settings, key_bytes, refuse
from activities.store.schema import REVISION, differences, revision

log = structlog.get_logger()

Clock = Callable[[], datetime]
"""The time of this process, with its time zone."""

APP_ROLE = "jenjang_app"
"""The role that the migrations give its rights to, and no other."""
APART = timedelta(seconds=2)
"""How far this machine's clock may be from the database's. Source: design decision."""
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")

# `session_user`, not `current_user`: whoever may take a role off again holds the rights behind it.
SESSION = """
SELECT session_user AS role, clock_timestamp() AS now,
    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    ARRAY(SELECT power FROM pg_roles, LATERAL (VALUES ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
        ('CREATEROLE', rolcreaterole), ('REPLICATION', rolreplication)) AS powers (power, held)
        WHERE rolname = session_user AND held) AS powers,
    ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname <> session_user
        AND pg_has_role(session_user, oid, 'MEMBER') ORDER BY 1) AS roles,
    ARRAY(SELECT pg_describe_object(classid, objid, objsubid) FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
        AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = session_user)
        AND (SELECT oid FROM pg_database WHERE datname = current_database())
            IN (dbid, CASE WHEN classid = 'pg_database'::regclass THEN objid END) ORDER BY 1) AS owned,
    has_table_privilege(to_regclass('alembic_version'), 'SELECT') IS NOT FALSE AS may_ask_revision
"""
CONTENT = """
SELECT (SELECT ahead FROM ledger_clock) IS DISTINCT FROM interval '0' AS moved,
    (SELECT wrapped_dek FROM vault.subject_keys WHERE wrapped_dek IS NOT NULL LIMIT 1) AS wrapped
"""


SAID: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "data-checksums-off": (
        (
            "data_checksums mati: kerusakan diam-diam pada disk tidak akan diketahui PostgreSQL.",
            "Hentikan PostgreSQL, jalankan pg_checksums --enable, lalu nyalakan lagi.",
        ),
        (
            "data_checksums is off: PostgreSQL would not notice silent damage on the disk.",
            "Stop PostgreSQL, run pg_checksums --enable, and start it again.",
        ),
    ),
    "upcaster-missing": (
        ("Tidak ada upcaster yang membaca {gap}.", "Pasang versi Jenjang yang menulisnya, atau yang lebih baru."),
        ("No upcaster reads {gap}.", "Install the version of Jenjang that wrote it, or a newer one."),
    ),
    "durability-off": (
        (
            "{name} = {value}: keputusan yang sudah dikonfirmasi dapat hilang.",
            "ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf(); periksa juga peran dan alamatnya.",
        ),
        (
            "{name} = {value}: an acknowledged decision could be lost.",
            "ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf(); look at the role and the address too.",
        ),
    ),
    "role-other": (
        ("Layanan masuk sebagai {role}, bukan {app}.", "Isi JENJANG_DATABASE_URL dengan peran {app}."),
        ("The service is connected as {role}, not as {app}.", "Set JENJANG_DATABASE_URL to the role {app}."),
    ),
    "role-powers": (
        ("Peran {role} memegang {powers}: tidak ada yang menahannya.", "ALTER ROLE {role} {without}"),
        ("The role {role} holds {powers}: nothing would hold it back.", "ALTER ROLE {role} {without}"),
    ),
    "role-member": (
        ("Peran {role} dapat bertindak sebagai {roles}.", "REVOKE {roles} FROM {role}"),
        ("The role {role} may act as {roles}.", "REVOKE {roles} FROM {role}"),
    ),
    "role-owner": (
        ("Peran {role} memiliki {owned}.", "REASSIGN OWNED BY {role} TO pemilik skema"),
        ("The role {role} owns {owned}.", "REASSIGN OWNED BY {role} TO the schema's owner"),
    ),
    "clock-apart": (
        ("Jam mesin ini berselisih {apart} detik dari jam basis data.", "Jalankan NTP pada kedua mesin."),
        ("This machine's clock is {apart} seconds off the database's.", "Run NTP on both machines."),
    ),
    "schema-none": (
        ("Basis data belum berisi skema.", "Jalankan jenjang migrate."),
        ("The database holds no schema.", "Run jenjang migrate."),
    ),
    "schema-older": (
        ("Skema {found} lebih lama dari milik program ini.", "Jalankan jenjang migrate."),
        ("The schema {found} is older than this code.", "Run jenjang migrate."),
    ),
    "schema-newer": (
        ("Skema {found} lebih baru dari milik program ini.", "Pasang versi Jenjang yang lebih baru."),
        ("The schema {found} is newer than this code.", "Install the newer version of Jenjang."),
    ),
    "schema-surplus": (
        ("Pada basis data ada yang tidak semestinya: {made}", "Sebagai pemilik skema: {undone}"),
        ("In the database stands what should not: {made}", "As the schema's owner: {undone}"),
    ),
    "schema-missing": (
        ("Pada basis data tidak ada yang semestinya: {made}", "Jalankan pernyataan itu sebagai pemilik skema."),
        ("In the database is missing: {made}", "Run that statement as the schema's owner."),
    ),
    "ledger-clock-moved": (
        ("Jam buku besar digeser.", "Pakai basis data yang jamnya tidak pernah digeser; ini milik demo atau uji."),
        ("The ledger's clock is moved.", "Use a database whose clock never was; this one is a demo's or a test's."),
    ),
    "vault-key-other": (
        (
            "JENJANG_VAULT_KEY bukan kunci yang membungkus data pribadi di basis data ini.",
            "Pakai kunci yang lama, dari cadangannya.",
        ),
        (
            "JENJANG_VAULT_KEY is not the key that wrapped the personal data in this database.",
            "Use the former key, from its backup.",
        ),
    ),
}
"""Cause and cure in Indonesian, then in English."""


async def assure(connection: AsyncConnection, settings: Settings, clock: Clock) -> None:
    """Raise RefusedToStart unless the database may be trusted with decisions; say in the log what it does less well."""
    refuse(await unsafe(connection, settings, clock), settings.locale)
    for doubt in await doubts(connection):
        log.warning(doubt.code, cause=doubt.cause.en, cure=doubt.cure.en)


async def unsafe(connection: AsyncConnection, settings: Settings, clock: Clock) -> list[Refusal]:
    """Why this database must not be used, asked as the application's own role; empty when all is well."""
    before = clock()
    session = (await connection.execute(text(SESSION))).one()
    found = [*_durability(session), *_role(session), *_clocks(before, session.now, clock())]
    surplus, missing = await differences(connection)
    if session.may_ask_revision and (other := await revision(connection)) != REVISION:
        return [*found, _other_revision(other)]
    found += [_refusal("schema-surplus", made=fact.made, undone=fact.undone) for fact in surplus]
    found += [_refusal("schema-missing", made=statement) for statement in missing]
    if missing:
        # What follows may no longer be there to be asked.
        return found
    content = (await connection.execute(text(CONTENT))).one()
    return [*found, *_content(content, settings)]


async def doubts(connection: AsyncConnection) -> list[Refusal]:
    """What is no reason to stop, but should be known."""
    checked = await connection.scalar(text("SELECT current_setting('data_checksums')")) == "on"
    return [] if checked else [_refusal("data-checksums-off")]


def unreadable(gaps: Sequence[str]) -> list[Refusal]:
    """A refusal for each (type, version) of events that no upcaster leads to today's."""
    return [_refusal("upcaster-missing", gap=gap) for gap in gaps]


def _refusal(code: str, **facts: object) -> Refusal:
    indonesian, english = SAID[code]
    return Refusal.of(code, indonesian, english, **facts)


def _durability(session: Any) -> Iterator[Refusal]:
    for name in DURABILITY:
        if (value := getattr(session, name)) in ("off", "local"):
            yield Refusal.of(f"{name.replace('_', '-')}-off", *SAID["durability-off"], name=name, value=value)


def _role(session: Any) -> Iterator[Refusal]:
    role = session.role
    if role != APP_ROLE:
        yield _refusal("role-other", role=role, app=APP_ROLE)
        return
    if session.powers:
        without = " ".join(f"NO{power}" for power in session.powers)
        yield _refusal("role-powers", role=role, powers=", ".join(session.powers), without=without)
    if "SUPERUSER" in session.powers:
        # Every role and every table is a superuser's.
        return
    if session.roles:
        yield _refusal("role-member", role=role, roles=", ".join(session.roles))
    if session.owned:
        yield _refusal("role-owner", role=role, owned=", ".join(session.owned))


def _clocks(before: datetime, database: datetime, after: datetime) -> Iterator[Refusal]:
    # The database answered between the two, however long the way was.
    apart = max(before - database, database - after)
    if apart > APART:
        yield _refusal("clock-apart", apart=f"{apart.total_seconds():.0f}")


def _other_revision(found: str | None) -> Refusal:
    if found is None:
        return _refusal("schema-none")
    return _refusal("schema-older" if found < REVISION else "schema-newer", found=found)


def _content(content: Any, settings: Settings) -> Iterator[Refusal]:
    if content.moved and (settings.mode == "production" or not settings.allow_clock_offset):
        yield _refusal("ledger-clock-moved")
    if content.wrapped is not None and not _opens(key_bytes(settings.vault_key), bytes(content.wrapped)):
        yield _refusal("vault-key-other")


def _opens(key: bytes, wrapped: bytes) -> bool:
    try:
        aes_key_unwrap(key, wrapped)
    except InvalidUnwrap:
        return False
    return True
