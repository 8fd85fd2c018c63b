"""The log's tables. Constraints and triggers are in the migrations; `deploy/adr` says why they are as they are."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()
MAX_ENTRY = 65_536
"""Bytes of one entry; tlog-tiles bundles store a uint16 length."""

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("event_id", UUID(as_uuid=False), nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", SmallInteger, nullable=False),
    Column("agency", Text, nullable=False),
    Column("effective_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("actor_ref", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    UniqueConstraint("stream_id", "version", name="events_stream_version_key"),
    UniqueConstraint("event_id", name="events_event_id_key"),
    CheckConstraint(f"octet_length(entry) < {MAX_ENTRY}", name="events_entry_size"),
    CheckConstraint("octet_length(leaf_hash) = 32", name="events_leaf_hash_size"),
)

streams = Table(
    "streams",
    metadata,
    Column("stream_id", Text, primary_key=True),
    Column("category", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    Column("retention_class", Text, nullable=False, server_default="permanent"),
    Index("streams_category_idx", "category", "stream_id"),
)

command_receipts = Table(
    "command_receipts",
    metadata,
    Column("command_id", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("actor_ref", Text, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("first_version", Integer, nullable=False),
    Column("last_version", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("size", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="log_head_one_row"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("stream_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("dest", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Index("outbox_waiting_idx", "kind", "id", postgresql_where=text("done_at IS NULL")),
    Index("outbox_stream_idx", "stream_id", postgresql_where=text("done_at IS NULL")),
)

projection_checkpoints = Table(
    "projection_checkpoints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
)

refused_attempts = Table(
    "refused_attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_ref", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("stream_id", Text),
    Column("code", Text, nullable=False),
)

proposal_numbers = Table(
    "proposal_numbers",
    metadata,
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

rulebook_editions = Table(
    "rulebook_editions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("files", JSONB, nullable=False),
    Column("first_started_at", DateTime(timezone=True), nullable=False),
    Column("last_started_at", DateTime(timezone=True), nullable=False),
)

ledger_clock = Table(
    "ledger_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("ahead", Interval, nullable=False),
    CheckConstraint("id = 1", name="ledger_clock_one_row"),
)

subject_vault = Table(
    "subject_vault",
    metadata,
    Column("subject_ref", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("siasn_id", Text),
    Column("nip", Text),
    Column("name", Text, nullable=False),
    Column("titles", JSONB, nullable=False, server_default="{}"),
    Column("born_on", Date),
    Column("sex", Text),
    Column("contact", Text),
    UniqueConstraint("agency", "siasn_id", name="subject_vault_siasn_key"),
    UniqueConstraint("agency", "nip", name="subject_vault_nip_key"),
    schema="vault",
)

subject_keys = Table(
    "subject_keys",
    metadata,
    Column("subject_ref", Text, primary_key=True),
    Column("wrapped_dek", LargeBinary),
    Column("destroyed_at", DateTime(timezone=True)),
    schema="vault",
)
