"""All that is judged, and what a broken promise is called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from tests.faults.lab.book import Entry
from tests.faults.lab.judging.fold import Case, fold
from tests.faults.lab.judging.log import Log

Reached = Callable[[str], Mapping[str, str]]
"""The addresses that a notice to a desk must come to, by person."""


class Finding(NamedTuple):
    """One broken promise: which, and where."""

    invariant: str
    what: str


class Delivered(Protocol):
    """One letter as the mail server took it; the digest is of its words."""

    @property
    def message_id(self) -> str:
        """As in its head."""

    @property
    def recipient(self) -> str:
        """The address."""

    @property
    def digest(self) -> str:
        """Of subject and text."""


@dataclass(frozen=True)
class Evidence:
    """The log, the book and the letters; `finished` says that everything was given its time."""

    log: Log
    entries: Sequence[Entry] = ()
    letters: Collection[Delivered] = ()
    reached: Reached | None = None
    finished: bool = False

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Every proposal, folded, by its number."""
        return {number: fold(number, events) for number, events in self.log.proposals.items()}
