"""The supervisor over tiny children, as a test's own process: `python dummy_stack.py FOLDER [WORKER] [CODE]`.

WORKER is the role that the worker plays; with CODE the story ends there and then with that exit code.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from activities.settings import Settings
from deploy.local.services import Child
from deploy.local.stack import Addresses
from deploy.local.supervisor import up

SERVICE = Path(__file__).with_name("dummy_service.py")


def child(role: str, folder: str, **how: bool) -> Child:
    """One role of the dummy service; the folder in its command line tells whose it is."""
    return Child(role, (sys.executable, str(SERVICE), role, folder), **how)


def main() -> None:
    """Run until a signal, or until the story ends."""
    folder, worker, *code = [*sys.argv[1:], "worker"][:2] + sys.argv[3:]

    async def story(addresses: Addresses) -> int | None:
        sys.stdout.write(f"story at {addresses.database_url}\n")
        return int(code[0]) if code else None

    children = [
        child("migrate", folder, once=True),
        child(worker, folder),
        child("relay", folder),
        child("api", folder, serves=True),
    ]
    sys.exit(asyncio.run(up(Settings(data_dir=Path(folder)), ready=story, children=children)))


if __name__ == "__main__":
    main()
