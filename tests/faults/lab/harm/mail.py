"""The mail server is away, slow, unwilling, or forgets to say that it took the letter."""

from __future__ import annotations

import asyncio
from random import Random

from tests.faults.lab.harm import Inject
from tests.faults.lab.machine import Machine
from tests.faults.lab.mailbox import OK

LOOK, LONGEST = 0.2, 30.0
"""Letters follow their decisions when the worker finds time: the trouble lasts until one has met it, if one does."""


def mail(mode: str) -> Inject:
    """The mail server behaves like this for a while."""

    async def inject(machine: Machine, _: Random, seconds: float) -> int:
        before = machine.mailbox.troubled
        machine.mailbox.mode = mode
        try:
            await asyncio.sleep(seconds)
            for _look in range(int(LONGEST / LOOK)):
                if machine.mailbox.troubled > before:
                    break
                await asyncio.sleep(LOOK)
        finally:
            machine.mailbox.mode = OK
        return machine.mailbox.troubled - before

    return inject
