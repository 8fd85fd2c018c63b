"""Which facts of the register an answer rests on, found by asking again without them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from domain.register.facts import Fact
from domain.register.person import Person

FactKey = tuple[str, date]
"""Slot and first day: what names one fact of one person."""
Reading = Callable[[Person], Iterable[tuple[str, object]]]
"""What the rules would be told of a person, input by input."""


def evidence(person: Person, reading: Reading) -> Mapping[str, list[Fact]]:
    """By input, the facts without which it would read differently, in the order of slot and day.

    What several facts say alike hangs on none of them alone: it rests on all of their kind.
    """
    read = dict(reading(person))
    alone: dict[str, list[Fact]] = defaultdict(list)
    together: dict[str, list[Fact]] = defaultdict(list)

    def changed(without: Collection[FactKey]) -> Iterator[str]:
        others = {key: fact for key, fact in person.facts.items() if key not in without}
        return (name for name, value in reading(replace(person, facts=others)) if value != read[name])

    kinds: dict[str, list[FactKey]] = defaultdict(list)
    for key, fact in sorted(person.facts.items()):
        kinds[fact.kind].append(key)
        for name in changed([key]):
            alone[name].append(fact)
    for keys in kinds.values():
        for name in changed(keys):
            together[name] += [person.facts[key] for key in keys]
    return together | alone
