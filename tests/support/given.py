"""Situations of the pure decider: given(events…).when(command).then(events… | refusal | nothing)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.errors import DomainError
from domain.proposal import commands as c
from domain.proposal.decisions import decide
from domain.proposal.events import ProposalEvent
from domain.proposal.proposal import Nothing, Proposal, Recorded, fold
from domain.register.events import RegisterEvent
from tests.support.builders import LATEST, OFFICE, Happened, World


@dataclass(frozen=True)
class Like:
    """An event of a kind, of which only the named fields matter."""

    kind: type[Any]
    fields: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind and all(getattr(other, name) == value for name, value in self.fields.items())

    def __hash__(self) -> int:
        return hash(self.kind)


def like(kind: type[Any], **fields: Any) -> Any:
    """An event of the kind whose named fields have these values."""
    return Like(kind, fields)


def given(*history: Happened) -> Given:
    """The case after these events, in the invented office."""
    return Given(history)


@dataclass(frozen=True)
class Given:
    """A history, and the world around it."""

    history: tuple[Happened, ...] = ()
    world: World = OFFICE

    def where(self, world: World) -> Given:
        """The same history in another world."""
        return replace(self, world=replace(world, at=self.world.at))

    def at(self, instant: datetime) -> Given:
        """The same history, asked at another instant."""
        return replace(self, world=self.world.when(instant))

    @property
    def state(self) -> Proposal:
        """The case as folded."""
        return fold(self.history)

    def when(self, command: c.Command) -> Outcome:
        """What the decision is; LATEST as expected version means the present one."""
        if isinstance(command, c.ToProposal) and command.expected_version == LATEST:
            command = command.model_copy(update={"expected_version": len(self.history)})
        facts = self.world.facts(command, self.state)
        try:
            decision = decide(self.state, command, facts)
        except DomainError as refusal:
            return Outcome(self, command, refusal=refusal)
        return Outcome(self, command, tuple(decision.events), dict(decision.register))


@dataclass(frozen=True)
class Outcome:
    """Events, or a refusal, or nothing."""

    given: Given
    command: c.Command
    events: tuple[ProposalEvent, ...] = ()
    register: Mapping[str, list[RegisterEvent]] | None = None
    refusal: DomainError | None = None

    def then(self, *expected: Any) -> Outcome:
        """Exactly these events (each an event or `like` one), this refusal (an instance or its class), or nothing."""
        if len(expected) == 1 and _is_refusal(expected[0]):
            self._then_refused(expected[0])
        else:
            assert self.refusal is None, f"refused: {self.refusal!r}"
            assert list(expected) == list(self.events)
        return self

    def then_register(self, expected: Mapping[str, list[Any]]) -> Outcome:
        """Exactly these events on the streams of the register."""
        assert dict(expected) == dict(self.register or {})
        return self

    @property
    def after(self) -> Given:
        """The case with the new events, for what happens next."""
        stream, at = "proposal/KP-1", self.given.world.at
        new = [Recorded(event, self.command.actor, at, stream) for event in self.events]
        return replace(self.given, history=(*self.given.history, *new))

    @property
    def state(self) -> Proposal:
        """The case with the new events, folded."""
        return self.after.state

    def _then_refused(self, expected: DomainError | type[DomainError]) -> None:
        assert not self.events, f"not refused: {self.events}"
        if isinstance(expected, type):
            assert isinstance(self.refusal, expected), f"refused with {self.refusal!r}"
        else:
            assert expected == self.refusal, f"refused with {self.refusal!r}"


def _is_refusal(value: object) -> bool:
    return isinstance(value, DomainError) or (isinstance(value, type) and issubclass(value, DomainError))


def case(history: Iterable[Happened]) -> Any:
    """The shared part of the state after the history."""
    state = fold(history)
    assert not isinstance(state, Nothing)
    return state.case
