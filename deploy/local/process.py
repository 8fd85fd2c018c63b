"""Start a program of ours, note who it is, and end it surely: now, or at the next start."""

from __future__ import annotations

import asyncio
import ctypes
import functools
import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from deploy.local.folder import DataFolder

POLL = 0.05
SAME_START = 2.0
LAST_LINES = 12
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class StartFailed(Exception):
    """A program did not come up; `log` holds its last lines."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(f"{name} did not start, see {path}")
        self.name = name
        self.path = path
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        self.last_lines = "\n".join(lines[-LAST_LINES:])


@dataclass(frozen=True)
class Program:
    """What to start, and the signal by which it ends gracefully; `account` is set only when we are root."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    account: pwd.struct_passwd | None = None
    told: bytes = b""
    """A few lines for its standard input, which then ends."""


class Running:
    """A started program. It belongs to no event loop: what one started, another may stop."""

    def __init__(self, program: Program, process: subprocess.Popen[bytes], note: Path) -> None:
        self.program = program
        self.pid = process.pid
        self._process = process
        self._note = note

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        code = self._process.poll()
        if code is not None:
            self._note.unlink(missing_ok=True)
        return code

    async def ended(self) -> int:
        """Wait for the end and return the exit code."""
        while (code := self.code) is None:
            await asyncio.sleep(POLL)
        return code

    async def stop(self, grace: float = 10.0) -> None:
        """End it by its own signal, after the grace by SIGKILL; return when it is gone."""
        if self.code is None:
            self._process.send_signal(self.program.stop_signal)
            try:
                await asyncio.wait_for(self.ended(), grace)
            except TimeoutError:
                self.kill()
                await self.ended()

    def kill(self) -> None:
        """End it at once."""
        if self.code is None:
            self._process.kill()


async def spawn(program: Program, folder: DataFolder) -> Running:
    """Start the program in its own session, output to its log; an earlier one of that name is ended first."""
    note = folder.note(program.name)
    await end_leftover(note)
    with folder.log(program.name).open("ab") as log:
        process = subprocess.Popen(
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_follow_parent(program.stop_signal),  # noqa: PLW1509 - one system call, no lock
            **_as(program.account),
        )
    _tell(process, program.told)
    started = psutil.Process(process.pid).create_time()
    identity = {"pid": process.pid, "started": started, "signal": program.stop_signal.value}
    note.write_text(json.dumps(identity))
    return Running(program, process, note)


def _tell(process: subprocess.Popen[bytes], told: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(told)


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _follow_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel signals it when we are killed; elsewhere the next start ends the leftover."""
    if _LIBC is None:
        return None
    return functools.partial(_LIBC.prctl, PR_SET_PDEATHSIG, stop_signal.value)


async def end_leftover(note: Path, grace: float = 10.0) -> None:
    """End the program that an earlier start noted, if it still is that very process, and forget the note."""
    leftover = _noted(note)
    if leftover is not None:
        process, stop_signal = leftover
        await end(process, stop_signal, grace)
    note.unlink(missing_ok=True)


async def end(process: psutil.Process, stop_signal: int, grace: float) -> None:
    """End a process that is not our child: by its own signal, after the grace by SIGKILL."""
    for number, patience in ((stop_signal, grace), (signal.SIGKILL, 5.0)):
        try:
            process.send_signal(number)
            await asyncio.wait_for(_gone(process), patience)
        except psutil.NoSuchProcess:
            return
        except TimeoutError:
            continue
        return


def _noted(note: Path) -> tuple[psutil.Process, int] | None:
    """The process of the note, unless it is gone or its number was given to a stranger since."""
    try:
        identity = json.loads(note.read_text())
        process = psutil.Process(identity["pid"])
        same = abs(process.create_time() - identity["started"]) < SAME_START
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return (process, identity["signal"]) if same else None


async def _gone(process: psutil.Process) -> None:
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        await asyncio.sleep(POLL)


async def until(condition: Callable[[], Awaitable[bool]], running: Running, patience: float) -> bool:
    """Wait until the condition holds: True then, False when the program or the patience (seconds) ended."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while running.code is None and loop.time() < give_up:
        if await condition():
            return True
        await asyncio.sleep(POLL)
    return False
