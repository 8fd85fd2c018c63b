"""Editions of the rulebook that the service started with; only when it last did may change."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EDITIONS = """
CREATE TABLE rulebook_editions (
    version text PRIMARY KEY,
    files jsonb NOT NULL,
    first_started_at timestamptz NOT NULL,
    last_started_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE (last_started_at) ON rulebook_editions TO jenjang_app;
GRANT SELECT ON rulebook_editions TO jenjang_auditor;
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(EDITIONS)


def downgrade() -> None:
    """Refuse: a ledger is never taken down by a tool."""
    message = "the ledger has no way back; restore a backup instead"
    raise RuntimeError(message)
