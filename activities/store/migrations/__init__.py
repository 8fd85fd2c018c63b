"""Alembic's environment and revisions, run by `activities.store.migrate`."""
