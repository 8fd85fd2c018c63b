"""Words for situations on a real ledger: everybody knows their desk, every command gets an id."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from activities.wiring import Backbone
from domain.ports import AnyCommand, Receipt
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.person import Person
from domain.vocabulary import Grade
from tests.support.people import AGENCY, HEAD, SOURCE, STAFF, UNITS, everybody

REG_DOCUMENTS = ("SK_PANGKAT", "SKP_1", "SKP_2")
ROTATION_DOCUMENTS = ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN")


@dataclass
class Office:
    """An invented office on a ledger."""

    parts: Backbone
    proposal_id: str = ""
    version: int = 0
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def settle_in(self, people: list[PersonFacts] | None = None) -> None:
        """Import units and people."""
        people = people or everybody()
        async with self.parts.store.engine.begin() as connection:
            await self.parts.keys.provide(connection, [person.subject for person in people])
        shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
        await self.parts.ledger.record(ImportUnits(command_id=self.id(), units=UNITS, **shared))
        await self.parts.ledger.record(ImportPeople(command_id=self.id(), people=people, **shared))

    def id(self) -> str:
        """A fresh command id."""
        return f"command-{next(self.numbers):06d}"

    async def record(self, command: AnyCommand) -> Receipt:
        """Record and remember the version shown."""
        receipt = await self.parts.ledger.record(command)
        self.version = max(self.version, receipt.last_version)
        return receipt

    async def draft(self, asked: c.Asked | None = None, proposer: str = HEAD) -> Receipt:
        """A draft; the case that everything after speaks of."""
        asked = asked or c.PromotionAsked(subject=STAFF)
        command = c.CreateDraft(command_id=self.id(), actor=proposer, agency=AGENCY, asked=asked)
        self.version = 0
        receipt = await self.record(command)
        self.proposal_id = receipt.proposal_id
        return receipt

    async def submitted(self, asked: c.Asked | None = None, proposer: str = HEAD) -> str:
        """A submitted proposal with its documents; the answer is its id."""
        await self.draft(asked, proposer)
        documents = ROTATION_DOCUMENTS if isinstance(asked, c.RotationAsked) else REG_DOCUMENTS
        for document in documents:
            await self.attach(document, proposer)
        await self.record(c.Submit(**self.by(proposer)))
        return self.proposal_id

    async def attach(self, document: str, proposer: str = HEAD) -> Receipt:
        """Attach an invented file."""
        content = {"sha256": "a" * 64, "size": 10, "media_type": "application/pdf"}
        return await self.record(c.AttachDocument(document=document, **content, **self.by(proposer)))

    async def approve(self, actor: str, step: str, round_: int = 1) -> Receipt:
        """Approve at a step."""
        return await self.record(c.ApproveStep(step=step, round=round_, **self.by(actor)))

    def by(self, actor: str) -> dict[str, object]:
        """What every person's command carries."""
        return {
            "command_id": self.id(),
            "actor": actor,
            "proposal_id": self.proposal_id,
            "expected_version": self.version,
        }

    async def today(self) -> date:
        """The office's date."""
        async with self.parts.store.begin() as transaction:
            return self.parts.calendar.local_date(await transaction.now())

    async def events(self) -> list[str]:
        """Types of the case's events, without their category."""
        async with self.parts.reads.connect() as connection:
            rows = await connection.execute(
                text("SELECT type FROM events WHERE stream_id = :id ORDER BY version"),
                {"id": f"proposal/{self.proposal_id}"},
            )
            return [found.removeprefix("proposal.") for found in rows.scalars()]

    async def person(self, subject: str) -> Person:
        """Someone as the register knows them now."""
        async with self.parts.store.begin() as transaction:
            return (await transaction.people([subject]))[subject]

    async def grade_of(self, subject: str, day: date) -> Grade | None:
        """The grade on a day."""
        rank = (await self.person(subject)).rank_on(day)
        return rank.grade if rank else None

    async def post_of(self, subject: str, day: date) -> str | None:
        """The post on a day."""
        post = (await self.person(subject)).post_on(day)
        return post.post if post else None
