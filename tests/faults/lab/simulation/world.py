"""One office, one proposal: the real ledger, desk, relay and activities, wired to ports that fail."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from activities.ledger import Ledger
from activities.notices import NoticeActivities
from activities.proposals import ProposalActivities
from domain.errors import DomainError
from domain.ports import Receipt
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.facts import Fact, PostKind
from domain.vocabulary import Role
from tests.faults.lab.simulation.engine import Engine
from tests.faults.lab.simulation.faults import Faults, Lost
from tests.faults.lab.simulation.people import Book
from tests.faults.lab.simulation.ports import Briefs, FaultyStore, Mailbox, Outbox, Wire
from tests.faults.lab.simulation.twin import Twin
from tests.support.builders import TMT, role
from tests.support.fakes import InMemoryEventStore
from tests.support.people import AGENCY, CHIEF, HEAD, OTHER_HEAD, SOURCE, STAFF, UNITS, everybody, ref, seat
from workflows.desk import ProposalDesk
from workflows.relay import Cases, Relay

SECOND_HATS: Mapping[str, Role] = {HEAD: Role.VERIFIER, STAFF: Role.PPK, CHIEF: Role.APPROVER}
"""Proposer, subject and head of office could each decide at a second desk, and must not."""
STRANGER = ref(99)
FINAL_TURNS = 400


@dataclass(frozen=True)
class Parts:
    """What a world is made of; a control puts a broken part in the place of one of these."""

    store: type[InMemoryEventStore] = InMemoryEventStore
    connection: type[FaultyStore] = FaultyStore
    ledger: type[Ledger] = Ledger
    outbox: type[Outbox] = Outbox
    desk: type[ProposalDesk] = ProposalDesk
    relay: type[Relay] = Relay
    notices: type[NoticeActivities] = NoticeActivities
    twin: type[Twin] = Twin


SOUND = Parts()


class World:
    """Everything between a person's click and the log, in memory; `store.at` is the only clock."""

    def __init__(self, parts: Parts = SOUND) -> None:
        self.faults, self.book = Faults(), Book()
        self.store = parts.store()
        self.outbox = parts.outbox(self.store, self.faults)
        self.mailbox = Mailbox(self.faults)
        self.briefs = Briefs(self.store, self.outbox, self.faults)
        self.ledger = parts.ledger(parts.connection(self.store, self.faults))
        proposals = ProposalActivities(self.ledger, self.briefs)
        notices = parts.notices(self.outbox, self.mailbox)
        activities = (
            *(proposals.load_brief, proposals.record),
            *(notices.send_notice, notices.mark_sent, notices.defer_notice),
        )
        self.engine = Engine(lambda: self.store.at, {a.__name__: a for a in activities}, parts.twin, self.faults)
        wire = Wire(self.engine, self.faults)
        self.desk = parts.desk(self.ledger, wire, self.outbox)
        cases = Cases(self.briefs.open_cases, self.briefs.overdue_cases, self.engine.running, self.engine.look)
        self.relay = parts.relay(self.outbox, wire, cases)
        self.numbers = itertools.count(1)

    def id(self) -> str:
        """A fresh command id."""
        return f"command-{next(self.numbers):06d}"

    async def settle_in(self) -> None:
        """Everybody and every unit."""
        await self._import([PersonFacts(subject=one.subject, facts=_hats(one)) for one in everybody()])
        shared: dict[str, Any] = {"actor": "import", "agency": AGENCY, "source": SOURCE}
        await self.ledger.record(ImportUnits(command_id=self.id(), units=UNITS, **shared))

    async def a_stranger_takes_a_post(self) -> None:
        """From the TMT on one of the posts of the swap is somebody else's."""
        leaving = seat("SEKSI-B1", date(2023, 6, 1)).model_copy(update={"valid_to": TMT})
        taking = seat("SEKSI-B1", TMT)
        await self._import(
            [PersonFacts(subject=OTHER_HEAD, facts=[leaving]), PersonFacts(subject=STRANGER, facts=[taking])]
        )

    async def the_stranger_gives_it_up(self) -> None:
        """The register is corrected: from that day on it was another post."""
        other = seat("SEKSI-B1", TMT).model_copy(update={"post": "jfu/2@SEKSI-B1", "post_kind": PostKind.GENERAL})
        await self._import([PersonFacts(subject=STRANGER, facts=[other])])

    async def answer(self, command: c.Command) -> Receipt | DomainError | None:
        """What the desk answers; None when the answer was lost."""
        try:
            return await self.desk.record(command)
        except Lost:
            return None
        except DomainError as refusal:
            return refusal

    async def send(self, command: c.Command) -> Receipt | DomainError | None:
        """A person's command at the desk, entered in the book."""
        self.book.sent.setdefault(command.command_id, command)
        answer = await self.answer(command)
        self.book.note(command, answer)
        return answer

    async def relays(self) -> None:
        """One round of the relay; whatever goes wrong, there is another."""
        try:
            await self.relay.deliver()
        except Lost:
            return

    async def reconciles(self) -> None:
        """One round of the reconciler."""
        try:
            await self.relay.reconcile()
        except Lost:
            return

    async def settle(self, proposal_id: str) -> None:
        """With nothing failing any more, let relay and engine come to rest."""
        await self.relays()
        for _ in range(FINAL_TURNS):
            if not await self.engine.turn(proposal_id):
                return
        message = f"the workflow never comes to rest: {self.engine.runs[proposal_id].asking}"
        raise AssertionError(message)

    def pass_to(self, instant: datetime) -> None:
        """Time goes on, never back."""
        self.store.at = max(self.store.at, instant)

    async def heal(self) -> None:
        """Nothing fails from now on; what was late arrives."""
        self.faults.arm([])
        self.engine.ahead, self.mailbox.away = timedelta(), False
        while self.faults.late:
            await self.faults.arrive(0)

    async def _import(self, people: list[PersonFacts]) -> None:
        command = ImportPeople(command_id=self.id(), actor="import", agency=AGENCY, source=SOURCE, people=people)
        await self.ledger.record(command)


def _hats(one: PersonFacts) -> list[Fact]:
    hat = SECOND_HATS.get(one.subject)
    return [*one.facts, *(role(hat) if hat else [])]
