"""The harm that the lab does, by what it is done to. Each heals itself and answers how often it struck."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from tests.faults.lab.machine import Machine

Inject = Callable[[Machine, Random, float], Awaitable[int]]
"""The machine, dice, and for how long the harm may last, in seconds; the answer is how often it struck."""
