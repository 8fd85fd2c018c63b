"""The data folder of one installation, and the right to use it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOG_LIMIT = 10 * 1024 * 1024
DATA = ("postgres", "temporal", "documents", "demo", "log", "run", "secrets.json")


class FolderInUse(Exception):
    """Another supervisor holds the folder."""

    def __init__(self, root: Path, holder: str) -> None:
        super().__init__(f"{root} is in use by process {holder}")
        self.root = root
        self.holder = holder


@dataclass(frozen=True)
class DataFolder:
    """Where an installation keeps its database, engine, logs and the notes about its processes."""

    root: Path

    def make(self) -> DataFolder:
        """The folder with its sub-folders, readable by its owner only; an existing one is left as it is."""
        for part in (self.root, self.root / "log", self.root / "run"):
            if not part.exists():
                part.mkdir(parents=True, mode=0o700)
        return self

    def log(self, name: str) -> Path:
        """The log of a program; the previous one is set aside when it has grown large."""
        path = self.root / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def note(self, name: str) -> Path:
        """Where the identity of a running program is noted for the next start."""
        return self.root / "run" / f"{name}.process.json"

    def notes(self) -> list[Path]:
        """Every note that an earlier start left, the program that was started last first."""
        notes = (self.root / "run").glob("*.process.json")
        return sorted(notes, key=lambda path: path.stat().st_mtime, reverse=True)

    def clear(self) -> None:
        """Delete what the service keeps here, and nothing else that may lie in the folder."""
        for name in DATA:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.make()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone; the system lets go of it when this process ends, however it ends.

        Raises FolderInUse when another process holds it.
        """
        self.make()
        with self._lock_file().open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise FolderInUse(self.root, lock.read().strip() or "?") from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def is_held(self) -> bool:
        """Whether a supervisor holds the folder now."""
        if not self._lock_file().exists():
            return False
        with self._lock_file().open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _lock_file(self) -> Path:
        return self.root / "lock"
