"""PostgreSQL: the log, its outbox and its vault. The only home of SQLAlchemy writes."""
