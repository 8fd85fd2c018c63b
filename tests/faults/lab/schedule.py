"""Which faults strike when: the same for a seed, all faults before any repeats, often several at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.lab.faults import Fault

AT_ONCE = {0: 10, 1: 30, 2: 40, 3: 20}
"""How many faults a round has, in a hundred rounds. A quiet round must raise no alarm."""


@dataclass(frozen=True)
class Strike:
    """A fault, and when it begins, in seconds after its round."""

    fault: Fault
    after: float


@dataclass(frozen=True)
class Round:
    """`seed` is for whatever else is left to chance in it."""

    number: int
    seed: str
    strikes: Sequence[Strike]

    @property
    def names(self) -> list[str]:
        """The faults."""
        return [strike.fault.name for strike in self.strikes]


def rounds(seed: int, faults: Sequence[Fault], spread: float) -> Iterator[Round]:
    """Rounds without end, their faults beginning within `spread` seconds; the first is quiet."""
    random, deck, number = Random(seed), list[Fault](), 0
    while True:
        count = random.choices(list(AT_ONCE), list(AT_ONCE.values()))[0] if number else 0
        drawn: list[Fault] = []
        while len(drawn) < min(count, len(faults)):
            deck = deck or random.sample(faults, len(faults))
            fault = next((f for f in deck if _fits(f, drawn)), None)
            if fault is None:
                break
            deck.remove(fault)
            drawn.append(fault)
        strikes = [Strike(fault, random.uniform(0, spread)) for fault in drawn]
        yield Round(number, f"{seed}/{number}", strikes)
        number += 1


def _fits(fault: Fault, drawn: Sequence[Fault]) -> bool:
    return fault not in drawn and not (fault.heavy and any(other.heavy for other in drawn))
