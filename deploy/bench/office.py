"""An invented office on a ledger, and in it a few cases really submitted, each on a day of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg

from activities.store.tables import subject_vault
from activities.wiring import Backbone
from domain.ports import AnyCommand, Receipt
from domain.proposal import commands as c
from domain.register import facts as f
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.events import Source, UnitDescribed
from domain.vocabulary import Grade, Rating, Role

AGENCY = "BENCH"
SOURCE = Source(file_sha256="0" * 64, file_kind="bench")
LONG_AGO = date(2010, 1, 1)
FIRST_STEP, DOCUMENTS = "PENGANTAR_OPD", ("SK_PANGKAT", "SKP_1", "SKP_2")
ROLES = (Role.VERIFIER, Role.APPROVER, Role.BOARD, Role.PYB, Role.PPK, Role.ADMINISTRATOR)
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Sample:
    """A case to submit: how many days ago, and whether its first desk has approved it already."""

    days_ago: int
    approved: bool = False


SAMPLES = (
    *[Sample(35), Sample(20), Sample(4), Sample(4)],
    *[Sample(1, approved=True)] * 2,
    *[Sample(1)] * 4,
    *[Sample(0, approved=True)] * 2,
    *[Sample(0)] * 8,
)
"""What an office's open cases look like, oldest first: a tenth stands still, most are of these days."""


@dataclass(frozen=True)
class Submitted:
    """A case that was really submitted by the busy office, with its subject."""

    proposal_id: str
    subject: str


def ref(kind: str, number: int) -> str:
    """The reference of an invented person; `kind` is one hexadecimal digit."""
    return f"{kind}{number:031x}"


def office(number: int) -> str:
    """The unit whose head decides first."""
    return f"DINAS{number:04d}"


def section(number: int) -> str:
    """The unit of the subjects and of the proposer, below the office of that number."""
    return f"SEKSI{number:04d}"


def chief(number: int) -> str:
    """Who leads the office."""
    return ref("c", number)


def head(number: int) -> str:
    """Who leads the section and proposes."""
    return ref("a", number)


def holder(role: Role) -> str:
    """Who holds the role."""
    return ref("e", ROLES.index(role))


class Office:
    """The office's ledger, with the power over its clock."""

    def __init__(self, parts: Backbone, owner_url: str, offices: int) -> None:
        self._parts = parts
        self._owner_url = owner_url
        self._offices = offices

    async def open(self) -> list[Submitted]:
        """Import everybody, then submit every sample on its day; afterwards the clock is right and nothing is owed."""
        async with await psycopg.AsyncConnection.connect(self._owner_url, autocommit=True) as owner:
            await _move_clock(owner, timedelta(days=-SAMPLES[0].days_ago))
            await self._settle()
            submitted = []
            for number, sample in enumerate(SAMPLES):
                await _move_clock(owner, timedelta(days=-sample.days_ago))
                submitted.append(await self._submit(number, approved=sample.approved))
                await self._catch_up(owner, submitted[-1].proposal_id)
            await _move_clock(owner, timedelta())
            await owner.execute("UPDATE outbox SET done_at = created_at")
        return submitted

    async def _settle(self) -> None:
        units = [UnitDescribed(unit="ROOT", name="Pemerintah Contoh")]
        for number in range(self._offices):
            units += [
                UnitDescribed(unit=office(number), name="Dinas", parent="ROOT", eselon="22"),
                UnitDescribed(unit=section(number), name="Seksi", parent=office(number), eselon="41"),
            ]
        await self._record(
            ImportUnits(command_id="bench/units", actor="bench", agency=AGENCY, source=SOURCE, units=units)
        )
        await self._register("bench/people", list(_officials(self._offices)))

    async def _register(self, command_id: str, people: list[PersonFacts]) -> None:
        async with self._parts.store.engine.begin() as connection:
            await self._parts.keys.provide(connection, [person.subject for person in people])
            rows = [{"subject_ref": p.subject, "agency": AGENCY, "name": f"Pegawai {p.subject}"} for p in people]
            await connection.execute(subject_vault.insert(), rows)
        await self._record(
            ImportPeople(command_id=command_id, actor="bench", agency=AGENCY, source=SOURCE, people=people)
        )

    async def _submit(self, number: int, *, approved: bool) -> Submitted:
        subject = ref("d", number)
        await self._register(f"bench/{subject}", [PersonFacts(subject=subject, facts=_career())])
        proposer = {"actor": head(0)}
        asked = c.PromotionAsked(subject=subject)
        drafted = await self._record(
            c.CreateDraft(command_id=f"bench/{subject}/draft", agency=AGENCY, asked=asked, **proposer)
        )
        case, version = drafted.proposal_id, drafted.last_version
        for document in DOCUMENTS:
            attached = c.AttachDocument(
                command_id=f"bench/{subject}/{document}",
                proposal_id=case,
                expected_version=version,
                document=document,
                sha256="a" * 64,
                size=1,
                media_type="application/pdf",
                **proposer,
            )
            version = (await self._record(attached)).last_version
        lodged = c.Submit(command_id=f"bench/{subject}/submit", proposal_id=case, expected_version=version, **proposer)
        version = (await self._record(lodged)).last_version
        if approved:
            consent = c.ApproveStep(
                command_id=f"bench/{subject}/approve",
                actor=chief(0),
                proposal_id=case,
                expected_version=version,
                step=FIRST_STEP,
                round=1,
            )
            await self._record(consent)
        return Submitted(case, subject)

    async def _catch_up(self, owner: psycopg.AsyncConnection, proposal_id: str) -> None:
        """Remind, escalate and mark as stalled, each in its own hour, as the case's workflow would have."""
        while dues := (await self._parts.briefs.brief(proposal_id)).dues:
            if dues[0].at > datetime.now(dues[0].at.tzinfo):
                return
            await _move_clock(owner, dues[0].at + MOMENT - datetime.now(dues[0].at.tzinfo))
            await self._record(dues[0].command)

    async def _record(self, command: AnyCommand) -> Receipt:
        return await self._parts.ledger.record(command)


def _officials(offices: int) -> Iterator[PersonFacts]:
    for number in range(offices):
        for subject, unit in ((head(number), section(number)), (chief(number), office(number))):
            seat = _post(f"unit/{unit}", unit, f.PostKind.STRUCTURAL)
            yield PersonFacts(subject=subject, facts=[seat])
    for role in ROLES:
        yield PersonFacts(subject=holder(role), facts=[f.RoleGranted(valid_from=LONG_AGO, role=role)])


def _post(post: str, unit: str, kind: f.PostKind) -> f.PostHeld:
    return f.PostHeld(valid_from=LONG_AGO, post=post, name="Jabatan", post_kind=kind, unit=unit)


def _career() -> list[f.Fact]:
    ratings = [f.RatingGiven(valid_from=date(y, 1, 1), year=y, rating=Rating.BAIK) for y in range(2020, 2041)]
    return [
        f.StandingHeld(valid_from=LONG_AGO, legal_position="01", service_status="P"),
        f.BirthKnown(valid_from=date(1990, 1, 1)),
        f.AppointmentMade(valid_from=LONG_AGO, pns_from=LONG_AGO),
        f.EducationEarned(valid_from=LONG_AGO, level="40"),
        f.RankHeld(valid_from=date(2020, 1, 1), grade=Grade("III/a")),
        _post(f"jfu/1@{section(0)}", section(0), f.PostKind.GENERAL),
        *ratings,
    ]


async def _move_clock(owner: psycopg.AsyncConnection, ahead: timedelta) -> None:
    await owner.execute("UPDATE ledger_clock SET ahead = %s", [ahead])
