"""The way to the database breaks, exactly on COMMIT or anywhere; it is slow; nobody answers; its disk is full."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults.lab.harm import Inject
from tests.faults.lab.machine import Machine
from tests.faults.lab.proxy import Moment, Proxy

TIMES = 5
LATENCIES = (0.05, 0.3, 1.5)
"""Seconds by which every question is held back."""
TOP_UP = 0.2
DISK = 2 << 30
"""Bytes of the small disk; it takes no more of the large one than is written."""
NO_SPACE = "No space left on device"


def _door(machine: Machine) -> Proxy:
    assert machine.proxy is not None
    return machine.proxy


def cut_commit(moment: Moment) -> Inject:
    """The connection breaks exactly on COMMIT: a few of them, a few times."""

    async def inject(machine: Machine, random: Random, seconds: float) -> int:
        door = _door(machine)
        before = door.cut[moment]
        for _ in range(TIMES):
            door.cut_on_commit(moment, random.randint(1, 3))
            await asyncio.sleep(seconds / TIMES)
        door.spare(moment)
        return door.cut[moment] - before

    return inject


async def hang_up(machine: Machine, random: Random, seconds: float) -> int:
    """All connections break, wherever they are."""
    struck = 0
    for _ in range(TIMES):
        struck += _door(machine).hang_up()
        await asyncio.sleep(random.uniform(0, seconds / TIMES))
    return struck


async def slow(machine: Machine, random: Random, seconds: float) -> int:
    """Every question takes longer."""
    door = _door(machine)
    door.latency = random.choice(LATENCIES)
    try:
        await asyncio.sleep(seconds)
    finally:
        door.latency = 0.0
    return 1


async def half_open(machine: Machine, _: Random, seconds: float) -> int:
    """Connections stay open, and nobody answers."""
    door = _door(machine)
    door.silent = True
    try:
        await asyncio.sleep(seconds)
    finally:
        door.speak()
    return 1


async def fill_disk(machine: Machine, _: Random, seconds: float) -> int:
    """Not one byte more for the database, which heals by itself when there is room again."""
    disk = machine.database / "postgres"
    assert os.path.ismount(disk), "only a disk of our own is filled"
    log = machine.database / "log" / "postgres.log"
    before = log.read_text(errors="replace").count(NO_SPACE)
    clock = asyncio.get_running_loop().time
    give_up, ballast = clock() + seconds, disk / "ballast"
    try:
        while clock() < give_up:
            _take_all(disk, ballast)
            await asyncio.sleep(TOP_UP)
    finally:
        ballast.unlink(missing_ok=True)
    return log.read_text(errors="replace").count(NO_SPACE) - before


def _take_all(disk: Path, ballast: Path) -> None:
    with ballast.open("ab") as file, suppress(OSError):
        while free := shutil.disk_usage(disk).free:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)


@contextmanager
def small_disk(where: Path, image: Path) -> Iterator[None]:
    """A file system of its own in the folder, on a file; both are gone afterwards. Raises CalledProcessError."""
    where.mkdir(parents=True, exist_ok=True)
    with image.open("wb") as file:
        file.truncate(DISK)
    try:
        _do("mkfs.ext4", "-q", "-m", "0", str(image))
        _do("mount", "-o", "loop", str(image), str(where))
        try:
            yield
        finally:
            _do("umount", str(where))
    finally:
        image.unlink()


@cache
def why_no_disk() -> str | None:
    """Why this machine cannot have a small disk; it is tried once."""
    if os.geteuid() != 0:
        return "a small disk is mounted by root only"
    try:
        with TemporaryDirectory(prefix="jenjang-disk-") as folder, small_disk(Path(folder, "m"), Path(folder, "image")):
            return None
    except (OSError, subprocess.CalledProcessError) as fault:
        return f"no disk can be mounted: {fault}"


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
