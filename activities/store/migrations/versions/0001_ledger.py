"""The ledger: log, receipts, outbox, vault, roles, and the triggers that keep the log append-only."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LOG = """
CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream_id text NOT NULL,
    version integer NOT NULL,
    event_id uuid NOT NULL CONSTRAINT events_event_id_key UNIQUE,
    type text NOT NULL,
    schema_version smallint NOT NULL,
    agency text NOT NULL,
    effective_on date,
    recorded_at timestamptz NOT NULL,
    actor_ref text NOT NULL,
    command_id text NOT NULL,
    entry bytea NOT NULL CONSTRAINT events_entry_size CHECK (octet_length(entry) < 65536),
    leaf_hash bytea NOT NULL CONSTRAINT events_leaf_hash_size CHECK (octet_length(leaf_hash) = 32),
    CONSTRAINT events_stream_version_key UNIQUE (stream_id, version)
);
CREATE TABLE streams (
    stream_id text PRIMARY KEY,
    category text NOT NULL,
    agency text NOT NULL,
    version integer NOT NULL,
    head_hash bytea NOT NULL,
    retention_class text NOT NULL DEFAULT 'permanent'
);
CREATE INDEX streams_category_idx ON streams (category, stream_id);
CREATE TABLE command_receipts (
    command_id text PRIMARY KEY,
    request_hash bytea NOT NULL,
    actor_ref text NOT NULL,
    stream_id text NOT NULL,
    first_version integer NOT NULL,
    last_version integer NOT NULL,
    outcome text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE log_head (
    id smallint PRIMARY KEY CONSTRAINT log_head_one_row CHECK (id = 1),
    size bigint NOT NULL
);
INSERT INTO log_head VALUES (1, 0);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id text NOT NULL,
    kind text NOT NULL,
    dest text NOT NULL,
    message_id text NOT NULL,
    body jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE INDEX outbox_waiting_idx ON outbox (kind, id) WHERE done_at IS NULL;
CREATE INDEX outbox_stream_idx ON outbox (stream_id) WHERE done_at IS NULL;
CREATE TABLE projection_checkpoints (
    name text PRIMARY KEY,
    version integer NOT NULL,
    position bigint NOT NULL,
    status text NOT NULL
);
CREATE TABLE refused_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_ref text NOT NULL,
    command text NOT NULL,
    stream_id text,
    code text NOT NULL
);
CREATE TABLE proposal_numbers (
    series text,
    year integer,
    last integer NOT NULL,
    PRIMARY KEY (series, year)
);
"""
CLOCK = """
CREATE TABLE ledger_clock (
    id smallint PRIMARY KEY CONSTRAINT ledger_clock_one_row CHECK (id = 1),
    ahead interval NOT NULL
);
INSERT INTO ledger_clock VALUES (1, '0');
CREATE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT clock_timestamp() + ahead FROM ledger_clock $$;
"""
VAULT = """
CREATE SCHEMA vault;
CREATE TABLE vault.subject_vault (
    subject_ref text PRIMARY KEY,
    agency text NOT NULL,
    siasn_id text,
    nip text,
    name text NOT NULL,
    titles jsonb NOT NULL DEFAULT '{}',
    born_on date,
    sex text,
    contact text,
    CONSTRAINT subject_vault_siasn_key UNIQUE (agency, siasn_id),
    CONSTRAINT subject_vault_nip_key UNIQUE (agency, nip)
);
CREATE TABLE vault.subject_keys (
    subject_ref text PRIMARY KEY,
    wrapped_dek bytea,
    destroyed_at timestamptz
);
"""
PROPOSALS = """
CREATE TABLE cases (
    proposal_id text PRIMARY KEY,
    agency text NOT NULL,
    matter text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    open boolean NOT NULL,
    step text,
    step_kind text,
    round integer NOT NULL,
    version integer NOT NULL,
    proposer text NOT NULL,
    subjects text[] NOT NULL,
    unit text NOT NULL,
    target_tmt date NOT NULL,
    summary jsonb NOT NULL,
    waits_at text[] NOT NULL,
    seen_by text[] NOT NULL,
    opened_at timestamptz,
    due_at timestamptz,
    next_at timestamptz,
    stalled boolean NOT NULL,
    stall_cause text
);
CREATE INDEX cases_due_idx ON cases (agency, due_at, proposal_id) WHERE open;
CREATE INDEX cases_stalled_idx ON cases (agency, opened_at, proposal_id) WHERE open AND stalled;
CREATE INDEX cases_next_idx ON cases (next_at) WHERE open;
CREATE INDEX cases_proposer_idx ON cases (proposer, proposal_id);
CREATE INDEX cases_subjects_idx ON cases USING gin (subjects);
CREATE TABLE inbox (
    desk text,
    proposal_id text,
    step text,
    round integer,
    agency text NOT NULL,
    matter text NOT NULL,
    kind text NOT NULL,
    acts_for text NOT NULL,
    due_at timestamptz NOT NULL,
    target_tmt date NOT NULL,
    PRIMARY KEY (desk, proposal_id, step, round)
);
CREATE INDEX inbox_due_idx ON inbox (agency, desk, due_at, proposal_id);
CREATE TABLE open_claims (
    subject_ref text,
    matter text,
    target_tmt date,
    proposal_id text NOT NULL,
    PRIMARY KEY (subject_ref, matter, target_tmt)
);
CREATE TABLE decisions (
    proposal_id text,
    step text,
    round integer,
    desk text,
    verb text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (proposal_id, step, round, desk)
);
"""
# Core PostgreSQL has no gist operators for text equality; a range over text has them, so one seat
# and overlapping days exclude each other without an extension.
REGISTER = """
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
CREATE TABLE ranks_held (
    subject_ref text,
    valid_from date,
    agency text NOT NULL,
    grade text NOT NULL,
    during daterange NOT NULL,
    PRIMARY KEY (subject_ref, valid_from)
);
CREATE TABLE incumbencies (
    post text,
    subject_ref text,
    valid_from date,
    assignment text,
    agency text NOT NULL,
    unit text NOT NULL,
    name text NOT NULL,
    during daterange NOT NULL,
    PRIMARY KEY (post, subject_ref, valid_from, assignment),
    CONSTRAINT incumbencies_one_a_day EXCLUDE USING gist (textrange(post, post, '[]') WITH =, during WITH &&)
        WHERE (assignment = 'D' AND post LIKE 'unit/%')
);
CREATE INDEX incumbencies_subject_idx ON incumbencies (subject_ref);
CREATE INDEX incumbencies_unit_idx ON incumbencies (unit);
CREATE TABLE roles_held (
    agency text,
    role text,
    subject_ref text,
    valid_from date,
    during daterange NOT NULL,
    PRIMARY KEY (agency, role, subject_ref, valid_from)
);
CREATE INDEX roles_held_subject_idx ON roles_held (subject_ref);
CREATE TABLE units (
    unit text PRIMARY KEY,
    name text NOT NULL,
    parent text,
    eselon text NOT NULL,
    head_post text NOT NULL,
    active boolean NOT NULL
);
CREATE INDEX units_parent_idx ON units (parent);
"""
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON command_receipts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE command_receipts ENABLE ALWAYS TRIGGER append_only;
"""
# Roles belong to the cluster, so they may be there from another database already.
ROLES = """
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['jenjang_app', 'jenjang_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA public, vault TO jenjang_app;
GRANT SELECT, INSERT ON events, command_receipts, refused_attempts TO jenjang_app;
GRANT SELECT, INSERT, UPDATE ON streams, outbox, proposal_numbers, vault.subject_vault, vault.subject_keys
    TO jenjang_app;
GRANT SELECT, UPDATE ON log_head TO jenjang_app;
GRANT SELECT ON ledger_clock, projection_checkpoints, alembic_version TO jenjang_app;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON cases, inbox, open_claims, decisions, ranks_held, incumbencies, roles_held, units TO jenjang_app;
GRANT USAGE ON SCHEMA public TO jenjang_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO jenjang_auditor;
"""


def upgrade() -> None:
    """Create everything, in the order of dependence."""
    for part in (LOG, CLOCK, VAULT, PROPOSALS, REGISTER, APPEND_ONLY, ROLES):
        op.execute(part)


def downgrade() -> None:
    """Refuse: a ledger is never taken down by a tool."""
    message = "the ledger has no way back; restore a backup instead"
    raise RuntimeError(message)
