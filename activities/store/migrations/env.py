"""Runs the revisions on the connection that `migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from activities.store.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, include_schemas=True)
with context.begin_transaction():
    context.run_migrations()
