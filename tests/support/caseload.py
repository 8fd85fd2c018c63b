"""Many open cases at every stage, made quickly on a ledger in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from activities.store.outbox import oldest_waiting
from activities.wiring import Backbone
from domain.proposal import commands as c
from domain.proposal.brief import Brief
from domain.register.changes import ImportPeople, PersonFacts
from tests.support.people import AGENCY, APPROVER, CHIEF, HEAD, PPK, SOURCE, VERIFIER, everybody, ref, staff_facts
from tests.support.story import REG_DOCUMENTS, Office
from workflows.census import Census, Standing, state_hash
from workflows.relay import Relay

Step = Callable[[Office], Awaitable[object]]
FIRST_SUBJECT = 1000
CHUNK = 100
AT_ONCE = 8
PAUSE = 0.1


async def handed_in(case: Office) -> None:
    """A draft gets its documents and is submitted."""
    for document in REG_DOCUMENTS:
        await case.attach(document)
    await case.record(c.Submit(**case.by(HEAD)))


async def agreed(case: Office) -> None:
    """BKN's approval is recorded."""
    outcome = {"round": 1, "dated": await case.today(), "outcome": "MS", "number": f"PT-{case.proposal_id}"}
    await case.record(c.RecordOutcome(step="BKN", **outcome, **case.by(VERIFIER)))


async def signed(case: Office) -> None:
    """The decree is recorded; the case waits for its TMT."""
    decree = {"round": 1, "dated": await case.today(), "number": f"SK-{case.proposal_id}"}
    await case.record(c.IssueDecree(step="SK", **decree, **case.by(PPK)))


async def withdrawn(case: Office) -> None:
    """The proposer takes it back."""
    await case.record(c.Withdraw(**case.by(HEAD)))


PATH: Sequence[Step] = (
    handed_in,
    lambda case: case.approve(CHIEF, "PENGANTAR_OPD"),
    lambda case: case.approve(VERIFIER, "VERIF"),
    lambda case: case.approve(APPROVER, "APPROVAL"),
    agreed,
    signed,
)
"""From the draft to the decree."""


@dataclass
class Caseload:
    """Promotions of one section; case n has gone n steps of the path, over and over."""

    office: Office
    cases: list[Office] = field(default_factory=list)

    @classmethod
    async def opened(cls, parts: Backbone, count: int) -> Caseload:
        """Everybody has settled in, and so many cases are open."""
        found = cls(Office(parts))
        await found.office.settle_in(everybody())
        await found.add(count)
        return found

    async def add(self, count: int) -> None:
        """So many more."""
        first = len(self.cases)
        numbers = range(first, first + count)
        for start in numbers[::CHUNK]:
            await self._employ(list(range(start, min(start + CHUNK, first + count))))
        self.cases += [Office(self.office.parts, numbers=self.office.numbers) for _ in numbers]
        await at_most(AT_ONCE, [self._open(number) for number in numbers])

    async def decide(self) -> None:
        """While nobody looks, every third case goes a step further, and the first of seven is taken back."""
        number_of_steps = len(PATH) + 1
        steps = [
            (case, withdrawn if done == 0 else PATH[done])
            for number, case in enumerate(self.cases)
            for done in [number % number_of_steps]
            if done == 0 or (number % 3 == 0 and done < len(PATH))
        ]
        await at_most(AT_ONCE, [step(case) for case, step in steps])

    async def settled(self, relaying: Relay) -> Census:
        """Every poke and every notice has arrived; the engine shows what the ledger says, or stopped short of it."""
        async with self.office.parts.reads.connect() as connection:
            while await oldest_waiting(connection):
                # An engine that is busy with so many may be slow to take another.
                with suppress(TimeoutError):
                    await relaying.deliver()
                # The desk's own poke comes first: a row waits two seconds for it.
                await asyncio.sleep(PAUSE)
        return await relaying.settled()

    async def standings(self) -> list[Standing]:
        """Where each open case stands, folded from its events one by one: what every other answer must equal."""
        briefs: list[Brief] = []

        async def ask(case: Office) -> None:
            briefs.append(await case.parts.briefs.brief(case.proposal_id))

        await at_most(AT_ONCE, [ask(case) for case in self.cases])
        return [Standing(b.proposal_id, b.matter, b.stage, b.unit, b.due_at) for b in briefs if b.open]

    async def state_hash(self) -> str:
        """The control for the hashes of ledger and engine."""
        return state_hash(await self.standings())

    async def _employ(self, numbers: Sequence[int]) -> None:
        people = [PersonFacts(subject=ref(FIRST_SUBJECT + number), facts=staff_facts()) for number in numbers]
        parts = self.office.parts
        async with parts.store.engine.begin() as connection:
            await parts.keys.provide(connection, [person.subject for person in people])
        shared = {"command_id": self.office.id(), "actor": "import", "agency": AGENCY, "source": SOURCE}
        await parts.ledger.record(ImportPeople(people=people, **shared))

    async def _open(self, number: int) -> None:
        case = self.cases[number]
        await case.draft(c.PromotionAsked(subject=ref(FIRST_SUBJECT + number)))
        for step in PATH[: number % (len(PATH) + 1)]:
            await step(case)


async def at_most(count: int, calls: Sequence[Awaitable[object]]) -> None:
    """Await all, so many at a time."""
    gate = asyncio.Semaphore(count)

    async def one(call: Awaitable[object]) -> None:
        async with gate:
            await call

    await asyncio.gather(*(one(call) for call in calls))
