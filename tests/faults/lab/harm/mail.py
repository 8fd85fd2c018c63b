"""The mail server is away, slow, unwilling, or forgets to say that it took the letter."""

from __future__ import annotations

import asyncio
from random import Random

from tests.faults.lab.harm import Inject
from tests.faults.lab.machine import Machine
from tests.faults.lab.mailbox import OK


def mail(mode: str) -> Inject:
    """The mail server behaves like this for a while."""

    async def inject(machine: Machine, _: Random, seconds: float) -> int:
        before = machine.mailbox.troubled
        machine.mailbox.mode = mode
        try:
            await asyncio.sleep(seconds)
        finally:
            machine.mailbox.mode = OK
        return machine.mailbox.troubled - before

    return inject
