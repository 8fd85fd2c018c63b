"""The only write path: find the receipt, load, fold, decide, append, COMMIT; then answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import CommandIdReused, Contended, DomainError
from domain.ports import AnyCommand, Change, Conflict, EventStore, Receipt, Transaction
from domain.proposal.commands import Command, CreateDraft
from domain.proposal.decisions import decide
from domain.proposal.events import ProposalEvent
from domain.proposal.notices import Notice, notices
from domain.proposal.proposal import Nothing, Proposal, Recorded, evolve, fold
from domain.register import changes as register
from domain.register.person import fold as fold_person

Owing = tuple[int, Notice]
TRIES = 3
"""How often a lost race is decided anew. Source: design decision."""


@dataclass(frozen=True)
class Ledger:
    """Records commands, each exactly once."""

    store: EventStore

    async def record(self, command: AnyCommand) -> Receipt:
        """Append the command's events once, however often it is sent.

        Raises the DomainError of a refusal, of which the stream keeps no trace, and Contended after three lost races.
        """
        for _ in range(TRIES):
            try:
                return await self._record(command)
            except Conflict:
                continue
            except DomainError as refusal:
                return await self._refused(command, refusal)
        raise Contended

    async def _refused(self, command: AnyCommand, refusal: DomainError) -> Receipt:
        """Raise the refusal, unless a twin of the command was recorded since we looked for its receipt."""
        try:
            async with self.store.begin() as transaction:
                if receipt := await transaction.receipt(command):
                    return receipt
        except CommandIdReused as reused:
            refusal = reused
        if command.actor != "system":
            await self.store.refused(command, refusal.code)
        raise refusal

    async def _record(self, command: AnyCommand) -> Receipt:
        async with self.store.begin() as transaction:
            if receipt := await transaction.receipt(command):
                return receipt
            return await transaction.append(command, await _changes(transaction, command))


async def _changes(transaction: Transaction, command: AnyCommand) -> Sequence[Change]:
    match command:
        case register.ImportPeople():
            return await _people(transaction, command)
        case register.ImportUnits():
            return await _units(transaction, command)
        case _:
            return await _proposal(transaction, command)


async def _proposal(transaction: Transaction, command: Command) -> Sequence[Change]:
    stream_id = command.stream_id
    if isinstance(command, CreateDraft):
        stream_id = f"proposal/{await transaction.number(command.asked.matter)}"
    assert stream_id is not None
    before = fold(await transaction.load(stream_id))
    facts = await transaction.facts_for(command, before)
    decision = decide(before, command, facts)
    if not decision.events:
        return []
    after, owed = _followed(before, [Recorded(e, command.actor, facts.at, stream_id) for e in decision.events])
    assert not isinstance(after, Nothing)
    agency = after.case.agency
    changes = [Change(stream_id, agency, before, after, decision.events, owed)]
    for register_stream, events in sorted(decision.register.items()):
        person = facts.people[register_stream.removeprefix("person/")]
        changes.append(Change(register_stream, agency, person, fold_person(events, person), events))
    return changes


def _followed(state: Proposal, history: Sequence[Recorded[ProposalEvent]]) -> tuple[Proposal, list[Owing]]:
    """The state after the events, and the notices each owes in the state right after it."""
    owed: list[Owing] = []
    for index, recorded in enumerate(history):
        state = evolve(state, recorded)
        assert not isinstance(state, Nothing)
        owed += [(index, notice) for notice in notices(recorded.event, state)]
    return state, owed


async def _people(transaction: Transaction, command: register.ImportPeople) -> Sequence[Change]:
    known = await transaction.people([entry.subject for entry in command.people])
    return [
        Change(f"person/{subject}", command.agency, known[subject], fold_person(events, known[subject]), events)
        for subject, events in register.record_people(command, known).items()
    ]


async def _units(transaction: Transaction, command: register.ImportUnits) -> Sequence[Change]:
    stream_id = f"organisation/{command.agency}"
    known: register.Units = {}
    for recorded in await transaction.load(stream_id):
        known = register.evolve_units(known, recorded.event)
    events = register.record_units(command, known)
    after = known
    for event in events:
        after = register.evolve_units(after, event)
    return [Change(stream_id, command.agency, known, after, events)] if events else []
