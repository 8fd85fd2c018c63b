"""What the ledger and the effects need from the world, as protocols; adapters and fakes implement them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from domain.proposal.commands import Command
from domain.proposal.notices import Notice
from domain.proposal.proposal import Proposal, Recorded
from domain.register.changes import RegisterCommand
from domain.register.person import Person
from domain.vocabulary import Frozen, Instant

if TYPE_CHECKING:
    # The rulebook behind it loads the rules' evaluator, which no workflow needs.
    from domain.proposal.facts import Facts

AnyCommand = Command | RegisterCommand


class Receipt(Frozen):
    """The ledger's answer to a command, kept for ever: versions of its stream, and `noop` when nothing changed."""

    command_id: str
    stream_id: str
    first_version: int
    last_version: int
    outcome: str
    recorded_at: Instant
    repeated: bool = False

    @property
    def proposal_id(self) -> str:
        """The proposal's id, when the stream is a proposal's."""
        return self.stream_id.removeprefix("proposal/")


@dataclass(frozen=True)
class Change:
    """Events to append to one stream, with its state before and after, and the notices they owe."""

    stream_id: str
    agency: str
    before: Any
    after: Any
    events: Sequence[Any]
    notices: Sequence[tuple[int, Notice]] = ()


class Transaction(Protocol):
    """One database transaction; it ends with `append` or leaves no trace."""

    async def receipt(self, command: AnyCommand) -> Receipt | None:
        """The answer given before; raises CommandIdReused for another actor or content under the id."""

    async def load(self, stream_id: str) -> list[Recorded[Any]]:
        """The stream's events in version order, its chain checked; raises HistoryUnreadable."""

    async def people(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Each person, folded from the stream; someone unknown is a Person without a subject."""

    async def facts_for(self, command: Command, state: Proposal) -> Facts:
        """All that the decision may look at, at the database's time."""

    async def number(self, matter: str) -> str:
        """The next proposal id of the series; taken back when the transaction is."""

    async def append(self, command: AnyCommand, changes: Sequence[Change]) -> Receipt:
        """Append the events, projections, outbox rows and receipt together; raises Conflict when another was first."""

    async def now(self) -> datetime:
        """The database's time, the only clock there is."""


class Conflict(Exception):
    """Another transaction came first: start again at the receipt."""


class EventStore(Protocol):
    """Where the ledger keeps its streams."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction; leaving it without `append` rolls back."""

    async def refused(self, command: AnyCommand, code: str) -> None:
        """Remember a refused attempt, apart from the streams."""


class Recording(Protocol):
    """The ledger, for whoever has a command to record."""

    async def record(self, command: AnyCommand) -> Receipt:
        """Append once; raises the DomainError of a refusal."""


class Notifier(Protocol):
    """How notices reach people."""

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Deliver once per message id; raises ConnectionError when the channel is away."""
