"""Copies of the source with a few words changed: crash points inserted, a protection taken away.

Processes run from such a copy by PYTHONPATH. The product itself knows nothing of the lab.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("api", "deploy", "workflows", "activities", "domain")
CRASH_MODULE = "crash.py"
CRASH = '''"""Where the lab may end a process: at a named point, once, by SIGKILL."""

import os
import signal


def crash_here(name: str) -> None:
    """End this process when the point is armed. Whoever removes the file first is the one that dies."""
    try:
        os.unlink(os.path.join(os.environ["LAB_CRASH_DIR"], name))
    except (KeyError, FileNotFoundError):
        return
    os.kill(os.getpid(), signal.SIGKILL)
'''


class EditDoesNotFit(Exception):
    """The source no longer says what an edit wants to replace."""

    def __init__(self, edit: Edit, times: int) -> None:
        super().__init__(f"{edit.path}: found {times} times instead of once: {edit.old!r}")


@dataclass(frozen=True)
class Edit:
    """In the file at `path`, `old` becomes `new`; it must stand there exactly once."""

    path: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Change the file in the copy. Raises EditDoesNotFit."""
        file = folder / self.path
        found = file.read_text()
        if found.count(self.old) != 1:
            raise EditDoesNotFit(self, found.count(self.old))
        file.write_text(found.replace(self.old, self.new))


def planted(folder: Path, edits: Sequence[Edit]) -> Path:
    """A copy of the source with these edits, and with the means to crash; the answer is its place for PYTHONPATH.

    Raises EditDoesNotFit.
    """
    for package in PACKAGES:
        # With their compiled files, which stay valid: a copy keeps its time.
        shutil.copytree(ROOT / package, folder / package)
    (folder / CRASH_MODULE).write_text(CRASH)
    for edit in edits:
        edit.apply(folder)
    return folder


def _crash(name: str, path: str, *, before: str = "", after: str = "") -> Edit:
    """Insert the crash point as a line of its own before or after the given one, as deep as that one is."""
    line = before or after
    depth = line[: len(line) - len(line.lstrip())]
    point = f"{depth}__import__('crash').crash_here('{name}')\n"
    return Edit(path, line, point + line if before else line + point)


_COMMIT = "            await connection.commit()\n"
CRASH_POINTS: Mapping[str, Edit] = {
    "before-commit": _crash("before-commit", "activities/store/event_store.py", before=_COMMIT),
    "after-commit": _crash("after-commit", "activities/store/event_store.py", after=_COMMIT),
    "before-poke": _crash(
        "before-poke",
        "workflows/desk.py",
        before="            await self.poker.poke(receipt.proposal_id, matter, receipt.last_version)\n",
    ),
    "after-poke": _crash(
        "after-poke",
        "workflows/desk.py",
        after="            await self.poker.poke(receipt.proposal_id, matter, receipt.last_version)\n",
    ),
    "relay-before-mark": _crash(
        "relay-before-mark",
        "workflows/relay.py",
        before="        await self.outbox.poked(stream_id, version)\n",
    ),
    "after-record": Edit(
        "activities/proposals.py",
        "        return (await self.ledger.record(command)).last_version\n",
        "        receipt = await self.ledger.record(command)\n"
        "        __import__('crash').crash_here('after-record')\n"
        "        return receipt.last_version\n",
    ),
    "after-mail": _crash("after-mail", "activities/notices.py", before="        return len(letters)\n"),
}
"""The windows in which a process may die: around COMMIT, around the poke, before a message or an activity is marked."""
