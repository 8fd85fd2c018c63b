"""Read models written with their events are what the log folds to, whatever happened in whatever order."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from activities.readmodels import PROJECTIONS
from activities.readmodels.projection import Key, Projection, Row
from activities.readmodels.rebuild import differences, rebuild
from activities.readmodels.verify import verify
from activities.settings import Settings
from activities.store.loading import load
from activities.wiring import Backbone
from domain.proposal import commands as c
from domain.proposal.proposal import fold as fold_proposal
from domain.register.changes import ImportPeople, PersonFacts, Units, evolve_units
from domain.register.facts import RankHeld, RatingGiven, RoleGranted
from domain.register.person import fold as fold_person
from domain.vocabulary import Grade, Rating, Role
from tests.support.builders import DAY, NOW, SWAP_ASKED, TMT, TMT_AT, TODAY, acting
from tests.support.people import (
    AGENCY,
    APPROVER,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    SOURCE,
    VERIFIER,
    everybody,
    ref,
    staff_facts,
)
from tests.support.shelves import PostgresShelf, settle_in
from tests.support.story import Office

Act = Callable[[], Awaitable[Any]]
STAFFS = [ref(100 + number) for number in range(7)]


@pytest.fixture
async def shelf(parts: Backbone, settings: Settings) -> AsyncIterator[PostgresShelf]:
    """A ledger of its own, with seven members of staff."""
    assert settings.owner_database_url is not None
    owner = create_async_engine(settings.owner_database_url.get_secret_value())
    found = PostgresShelf(parts, owner)
    await settle_in(found, [*everybody(), *(PersonFacts(subject=staff, facts=staff_facts()) for staff in STAFFS)])
    yield found
    await owner.dispose()


class Case:
    """One case on its way: acts to be done in order, between those of others."""

    def __init__(self, shelf: PostgresShelf, name: str) -> None:
        self.office = Office(shelf)  # type: ignore[arg-type] - it only records
        self.name = name

    def id(self, command: dict[str, Any]) -> dict[str, Any]:
        """An id that no other case uses."""
        return {**command, "command_id": f"{self.name}-{command['command_id']}"}

    def by(self, actor: str) -> dict[str, Any]:
        """What every person's command carries."""
        return self.id(self.office.by(actor))

    async def draft(self, asked: c.Asked, proposer: str) -> None:
        """Begin."""
        command = c.CreateDraft(command_id=f"{self.name}-draft", actor=proposer, agency=AGENCY, asked=asked)
        self.office.proposal_id = (await self.office.record(command)).proposal_id

    async def attach(self, document: str, proposer: str) -> None:
        """Attach."""
        content = {"document": document, "sha256": "a" * 64, "size": 1, "media_type": "application/pdf"}
        await self.office.record(c.AttachDocument(**content, **self.by(proposer)))

    async def do(self, command: type[c.ToProposal], actor: str, **content: Any) -> None:
        """One act of a person."""
        await self.office.record(command(**content, **self.by(actor)))

    async def clock(self, kind: c.SystemVerb, step: str, count: int = 0) -> None:
        """One act of the clock."""
        place = {"proposal_id": self.office.proposal_id, "kind": kind, "step": step, "round": 1, "count": count}
        await self.office.record(c.SystemCommand(command_id=f"{self.name}-{kind}-{step}-{count}", **place))


def lodged(case: Case, asked: c.Asked, proposer: str = HEAD) -> list[Act]:
    """From the draft to the first step."""
    rotation = isinstance(asked, c.RotationAsked)
    documents = ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN") if rotation else ("SK_PANGKAT", "SKP_1", "SKP_2")
    return [
        lambda: case.draft(asked, proposer),
        *(lambda document=document: case.attach(document, proposer) for document in documents),
        lambda: case.do(c.Submit, proposer),
    ]


def approvals(case: Case, *places: tuple[str, str], round_: int = 1) -> list[Act]:
    """Who approves where."""
    return [
        lambda actor=actor, step=step: case.do(c.ApproveStep, actor, step=step, round=round_) for actor, step in places
    ]


def promotion(case: Case, subject: str) -> list[Act]:
    """To the decree."""
    return [
        *lodged(case, c.PromotionAsked(subject=subject, target_tmt=TMT)),
        *approvals(case, (CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), (APPROVER, "APPROVAL")),
        lambda: case.do(c.RecordOutcome, VERIFIER, step="BKN", round=1, outcome="MS", number="PT-1", dated=TODAY),
        lambda: case.do(c.IssueDecree, PPK, step="SK", round=1, number="SK-1", dated=TODAY),
    ]


def swap(case: Case) -> list[Act]:
    """To the decree."""
    return [
        *lodged(case, SWAP_ASKED, PYB),
        *approvals(case, (OTHER_CHIEF, "PERSETUJUAN_ASAL"), (CHIEF, "PERSETUJUAN_ASAL")),
        *approvals(case, (VERIFIER, "VERIF"), (BOARD, "TPK")),
        lambda: case.do(c.IssueDecree, PPK, step="SK", round=1, number="SK-2", dated=TODAY),
    ]


def others(cases: list[Case]) -> list[list[Act]]:
    """A return and resubmission, a withdrawal, a rejection, an outside refusal; each of a person of its own."""
    back, gone, no, tms = cases
    asked = [c.PromotionAsked(subject=staff, target_tmt=TMT) for staff in STAFFS[1:5]]
    reason = {"reason_code": "incomplete", "note": "SKP kurang"}
    return [
        [
            *lodged(back, asked[0]),
            *approvals(back, (CHIEF, "PENGANTAR_OPD")),
            lambda: back.do(c.ReturnProposal, VERIFIER, step="VERIF", round=1, **reason),
            lambda: back.do(c.ChangeDraft, HEAD, asked=c.PromotionAsked(subject=STAFFS[1])),
            lambda: back.do(c.Submit, HEAD),
            *approvals(back, (CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), round_=2),
            lambda: back.do(c.ReturnProposal, APPROVER, step="APPROVAL", round=2, **reason),
        ],
        [*lodged(gone, asked[1]), lambda: gone.do(c.Withdraw, HEAD)],
        [*lodged(no, asked[2]), lambda: no.do(c.RejectProposal, CHIEF, step="PENGANTAR_OPD", round=1, **reason)],
        [
            *promotion(tms, STAFFS[4])[:-2],
            lambda: tms.do(
                c.RecordOutcome, VERIFIER, step="BKN", round=1, outcome="TMS", reason_code="other", dated=TODAY
            ),
        ],
    ]


def register(shelf: PostgresShelf) -> list[Act]:
    """Files that arrive meanwhile: new facts, corrections, the same again, roles that end, acting officials."""
    earlier = RankHeld(valid_from=TODAY - 900 * DAY, grade=Grade("III/a"))
    facts = [
        [earlier, earlier.model_copy(update={"valid_from": TODAY - 90 * DAY, "grade": Grade("III/b")})],
        [earlier.model_copy(update={"grade": Grade("II/d")})],
        [RatingGiven(valid_from=TODAY, year=2026, rating=Rating.BAIK), acting("DINAS-B")],
        [acting("DINAS-B").model_copy(update={"valid_to": TODAY}), RoleGranted(valid_from=TODAY, role=Role.BOARD)],
        [RoleGranted(valid_from=TODAY, valid_to=TMT, role=Role.BOARD)],
    ]

    def arriving(number: int) -> Act:
        people = [PersonFacts(subject=STAFFS[6], facts=facts[number % len(facts)])]
        command = ImportPeople(
            command_id=f"import-{number}", actor="import", agency=AGENCY, source=SOURCE, people=people
        )
        return lambda: shelf.ledger.record(command)

    return [arriving(number) for number in range(2 * len(facts))]


async def interleaved(dice: random.Random, stories: list[list[Act]]) -> None:
    """Every story in its own order, and between each other in any."""
    left = [list(story) for story in stories]
    while left := [story for story in left if story]:
        await dice.choice(left).pop(0)()


async def live(shelf: PostgresShelf, seed: int) -> None:
    """Two months of an office, in an order that the seed gives."""
    dice = random.Random(seed)
    whole, both, late = (Case(shelf, name) for name in ("whole", "both", "late"))
    rest = [Case(shelf, f"other-{number}") for number in range(4)]
    late_way = lodged(late, c.PromotionAsked(subject=STAFFS[5], target_tmt=TMT))
    await shelf.set_clock(NOW)
    await interleaved(dice, [promotion(whole, STAFFS[0]), swap(both), *others(rest), late_way, register(shelf)])
    await shelf.set_clock(TMT_AT)
    desk = "PENGANTAR_OPD"
    await interleaved(
        dice,
        [
            [
                lambda: whole.clock("take-effect", "EFEKTIF"),
                lambda: whole.clock("record-delivery", "DISTRIBUSI"),
                lambda: whole.do(c.Acknowledge, STAFFS[0]),
            ],
            [lambda: both.clock("take-effect", "EFEKTIF"), lambda: both.do(c.Acknowledge, OTHER_HEAD)],
            [
                lambda: late.clock("remind", desk, 1),
                lambda: late.clock("escalate", desk),
                lambda: late.clock("mark-stalled", desk),
            ],
        ],
    )


async def stored(connection: AsyncConnection, projection: Projection) -> dict[Key, Row]:
    """The rows as they are."""
    names = [column.name for column in projection.table.primary_key.columns]
    rows = (await connection.execute(select(projection.table))).mappings()
    return {tuple(row[name] for name in names): dict(row) for row in rows}


async def folded(connection: AsyncConnection, projection: Projection) -> dict[Key, Row]:
    """The rows as the log says, by brute force: every stream from its first event."""
    ids = await connection.execute(
        text("SELECT DISTINCT stream_id FROM events WHERE stream_id LIKE :like"), {"like": f"{projection.category}/%"}
    )
    found: dict[Key, Row] = {}
    for stream_id in ids.scalars().all():
        history = (await load(connection, [stream_id]))[stream_id].history
        state: Any
        match projection.category:
            case "proposal":
                state = fold_proposal(history)
            case "person":
                state = fold_person(recorded.event for recorded in history)
            case _:
                units: Units = {}
                for recorded in history:
                    units = evolve_units(units, recorded.event)
                state = units
        found |= projection.keyed(state)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_read_model_is_what_the_log_folds_to(shelf: PostgresShelf, seed: int) -> None:
    """After whole stories in a random order: inline = brute force = rebuilt, and none is empty."""
    await live(shelf, seed)
    async with shelf.owner.connect() as connection:
        inline = {projection.name: await stored(connection, projection) for projection in PROJECTIONS}
        by_force = {projection.name: await folded(connection, projection) for projection in PROJECTIONS}
        assert await differences(connection, PROJECTIONS) == []
        written = await rebuild(connection, PROJECTIONS)
        rebuilt = {projection.name: await stored(connection, projection) for projection in PROJECTIONS}
        await connection.rollback()
    async with shelf.owner.connect() as connection:
        verification = await verify(connection, PROJECTIONS)

    assert inline == by_force
    assert rebuilt == by_force
    assert written == sum(map(len, by_force.values()))
    assert [name for name, rows in inline.items() if not rows] == []
    assert verification.problems == []


async def test_a_row_that_is_missed_would_be_found(shelf: PostgresShelf) -> None:
    """The positive control: each read model in turn loses a row, and the comparison names it."""
    await Office(shelf).submitted()  # type: ignore[arg-type] - it only records
    async with shelf.owner.connect() as connection:
        for projection in PROJECTIONS:
            name = projection.table.name
            first = f"(SELECT ctid FROM {name} LIMIT 1)"
            lost = await connection.execute(text(f"DELETE FROM {name} WHERE ctid = {first}"))
            found = await differences(connection, [projection])
            await connection.rollback()
            assert len(found) == lost.rowcount, projection.name
            assert all(fault.startswith(f"{projection.name}: ") for fault in found)


async def test_one_command_may_touch_one_row_twice(shelf: PostgresShelf) -> None:
    """A step that is approved and opens again at the same desk leaves the inbox and takes its place anew."""
    office = Office(shelf)  # type: ignore[arg-type] - it only records
    await office.submitted()
    for actor, step in ((CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), (APPROVER, "APPROVAL")):
        await office.approve(actor, step)
    await office.record(
        c.RecordOutcome(
            step="BKN", round=1, outcome="BTS", reason_code="incomplete", dated=TODAY, **office.by(VERIFIER)
        )
    )
    rows = await shelf.ask("SELECT desk, step, round FROM inbox")

    assert [tuple(row) for row in rows] == [("role/verifier", "VERIF", 2)]
