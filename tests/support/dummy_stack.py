"""The supervisor over tiny children, as a test's own process.

`--worker` and `--api` are the roles that those two play; with `--code` the story ends at once with that exit code.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from activities.settings import Settings
from deploy.local.services import Child
from deploy.local.stack import Addresses
from deploy.local.supervisor import up

SERVICE = Path(__file__).with_name("dummy_service.py")


def main() -> None:
    """Run until a signal, or until the story ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worker", default="worker")
    parser.add_argument("--api", default="api")
    parser.add_argument("--code", type=int)
    given = parser.parse_args()

    def child(name: str, role: str, **how: bool) -> Child:
        # The folder in the command line tells whose process it is.
        return Child(name, (sys.executable, str(SERVICE), role, str(given.folder)), **how)

    async def story(addresses: Addresses) -> int | None:
        sys.stdout.write(f"story at {addresses.database_url}\n")
        return given.code

    children = [
        child("migrate", "migrate", once=True),
        child("worker", given.worker),
        child("relay", "relay"),
        child("api", given.api, serves=True),
    ]
    sys.exit(asyncio.run(up(Settings(data_dir=given.folder), ready=story, children=children)))


if __name__ == "__main__":
    main()
