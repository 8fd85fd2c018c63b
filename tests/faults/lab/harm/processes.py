"""Processes die, at any moment or at a named point; they stand still and come back; they live at another time."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from random import Random

import psutil

from tests.faults.lab.harm import Inject
from tests.faults.lab.machine import Machine

KILLS = 3
"""How often processes are killed by one fault."""
SHIFTS = ("+2d", "-2d", "+90s")
LOOK = 0.05


def kill(kind: str) -> Inject:
    """SIGKILL of processes of a kind, again and again."""

    async def inject(machine: Machine, random: Random, seconds: float) -> int:
        for _ in range(KILLS):
            await machine.kill(random.choice(machine.named(kind)))
            await asyncio.sleep(random.uniform(0, seconds / KILLS))
        return KILLS

    return inject


async def kill_backend(machine: Machine, random: Random, seconds: float) -> int:
    """SIGKILL of one of PostgreSQL's backends: the postmaster ends all the others and recovers."""
    struck = 0
    for _ in range(KILLS):
        backends = _backends(machine)
        if backends:
            random.choice(backends).kill()
            struck += 1
        await asyncio.sleep(random.uniform(0, seconds / KILLS))
    return struck


def _backends(machine: Machine) -> list[psutil.Process]:
    """Those that serve the application; the title of a backend names its role and database."""
    try:
        children = psutil.Process(machine.postgres.pid).children()
        return [child for child in children if "jenjang_app" in " ".join(child.cmdline())]
    except psutil.Error:
        return []


def pause(kind: str) -> Inject:
    """SIGSTOP in the middle of whatever is going on, then SIGCONT: a zombie that must lose."""

    async def inject(machine: Machine, random: Random, seconds: float) -> int:
        async with machine.paused(random.choice(machine.named(kind))):
            await asyncio.sleep(seconds)
        return 1

    return inject


def crash(point: str, *, by_way_of: str | None = None) -> Inject:
    """The process that comes first to the point dies there, a few times in a row.

    `by_way_of` is another point, at which somebody must die before anybody comes to this one.
    """

    async def inject(machine: Machine, _: Random, seconds: float) -> int:
        struck, clock = 0, asyncio.get_running_loop().time
        give_up = clock() + seconds
        while struck < KILLS and clock() < give_up:
            armed = [machine.armed(name) for name in (point, by_way_of) if name]
            while armed[0].exists() and clock() < give_up:
                await asyncio.sleep(LOOK)
            struck += not armed[0].exists()
            for left in armed:
                left.unlink(missing_ok=True)
        return struck

    return inject


async def shift_clock(machine: Machine, random: Random, seconds: float) -> int:
    """One worker or relay lives at another time."""
    name = random.choice(machine.named("worker") + machine.named("relay"))
    async with machine.told(name, {**faketime(), "FAKETIME": random.choice(SHIFTS)}):
        await asyncio.sleep(seconds)
    return 1


def why_no_shift() -> str | None:
    """What shifts a clock may not be installed."""
    return None if shutil.which("faketime") else "faketime is not installed"


@cache
def faketime() -> Mapping[str, str]:
    """What the program would put into the environment. It would also stay as a parent, which a SIGKILL never passes."""
    told = subprocess.run(["faketime", "-m", "-f", "+0", "env"], capture_output=True, text=True, check=True).stdout
    (library,) = (line for line in told.splitlines() if line.startswith("LD_PRELOAD="))
    return {"LD_PRELOAD": library.partition("=")[2], "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
