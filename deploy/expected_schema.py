"""Renews `expected_schema.txt` from a fresh database: `python -m deploy.expected_schema`, after a new migration."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import create_async_engine

from activities.store.migrate import migrate
from activities.store.schema import EXPECTED, described
from deploy.local.folder import DataFolder
from deploy.local.postgres import EmbeddedPostgres


async def lines(folder: Path) -> list[str]:
    """What holds in a freshly migrated database, whose server lives in the folder."""
    server = EmbeddedPostgres(DataFolder(folder))
    await server.start()
    engine = create_async_engine(server.owner_url)
    try:
        async with engine.connect() as connection:
            await migrate(connection)
            return [fact.line for fact in await described(connection)]
    finally:
        await engine.dispose()
        await server.stop()


def main() -> None:
    """Migrate a database that is thrown away, and write down what holds in it."""
    with TemporaryDirectory(prefix="jenjang-schema-") as folder:
        found = asyncio.run(lines(Path(folder)))
    Path(str(EXPECTED)).write_text("\n".join(found) + "\n")
    sys.stdout.write(f"{EXPECTED}: {len(found)} facts\n")


if __name__ == "__main__":
    main()
