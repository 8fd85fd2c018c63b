"""Each invariant finds nothing in a whole database, and finds what is planted in a copy of it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from temporalio.client import Client, WorkflowExecutionStatus

from activities.settings import Settings
from activities.wiring import Backbone, backbone
from api.app import create_app, services_on
from deploy.local.postgres import EmbeddedPostgres
from tests.faults.lab.book import Answer, Book, Entry
from tests.faults.lab.driver import BASE, Crowd
from tests.faults.lab.invariants import engine, judge
from tests.faults.lab.judging.evidence import Evidence, Reached
from tests.faults.lab.judging.log import Event, Log, read, read_from
from tests.faults.lab.mailbox import Delivery
from tests.faults.lab.office import AGENCY, OfficeOfTheLab, settle
from tests.support.relay_fakes import FakePoker
from workflows.desk import ProposalDesk

pytestmark = pytest.mark.xdist_group("invariants")
DATABASE = "lab_invariants"
NUMBERS = itertools.count(1)
DELIVERED = text("UPDATE outbox SET done_at = ledger_now() WHERE done_at IS NULL")
CASES = 10
MONDAY = datetime(2027, 3, 1, 2, tzinfo=UTC)
"""When the story begins, whenever the test runs."""


@dataclass
class Written:
    """A database that a crowd has written to, its book, and the letters that went out; seen in one transaction."""

    connection: AsyncConnection
    entries: list[Entry]
    letters: list[Delivery]
    reached: Reached

    async def judged(self, *, finished: bool = False) -> set[str]:
        """Which promises are broken."""
        evidence = Evidence(await self.log(), self.entries, self.letters, self.reached, finished)
        return {finding.invariant for finding in judge(evidence)}

    async def log(self) -> Log:
        """Everything in it."""
        return await read_from(self.connection)

    async def planted(self, *statements: str, **values: Any) -> None:
        """Change it as its owner can."""
        for statement in statements:
            await self.connection.execute(text(statement), values)

    async def entry_of(self, kind: str) -> Event:
        """The first event of a kind."""
        return next(event for event in (await self.log()).events if event.type == kind)

    async def rewritten(self, event: Event, **changed: Any) -> None:
        """Tell the event otherwise; it gets the hash of its new bytes."""
        entry, leaf_hash = _encoded({**event.told, **changed})
        await self.planted(
            "UPDATE events SET entry = :entry, leaf_hash = :leaf_hash WHERE position = :position",
            entry=entry,
            leaf_hash=leaf_hash,
            position=event.position,
        )

    async def appended(self, stream: str, like: Event, **changed: Any) -> None:
        """Add an event to the end of a stream, rightly numbered and chained."""
        log = await self.log()
        before = log.streams.get(stream, [])
        version, prev = len(before) + 1, before[-1].leaf_hash.hex() if before else ""
        event_id = f"00000000-0000-4000-8000-{next(NUMBERS):012d}"
        told = {**like.told, "stream": stream, "version": version, "prev": prev, "event_id": event_id, **changed}
        entry, leaf_hash = _encoded(told)
        await self.planted(
            "INSERT INTO events SELECT :position, :stream, :version, CAST(:id AS uuid), type, schema_version, agency, "
            "effective_on, recorded_at, actor_ref, :command, :entry, :leaf_hash FROM events WHERE position = :like",
            "UPDATE log_head SET size = size + 1",
            "INSERT INTO streams VALUES (:stream, 'proposal', :agency, :version, :leaf_hash) "
            "ON CONFLICT (stream_id) DO UPDATE SET version = :version, head_hash = :leaf_hash",
            position=log.size,
            stream=stream,
            version=version,
            id=event_id,
            like=like.position,
            entry=entry,
            leaf_hash=leaf_hash,
            agency=AGENCY,
            command=told["command_id"],
        )


def _encoded(told: Any) -> tuple[bytes, bytes]:
    entry = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return entry, hashlib.sha256(b"\x00" + entry).digest()


@dataclass(frozen=True)
class Whole:
    """What the crowd left behind."""

    owner_url: str
    entries: Sequence[Entry]
    letters: Sequence[Delivery]
    reached: Reached


@pytest.fixture(scope="module")
async def whole(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    """Twelve proposals of a crowd, some with their decree in effect, written by the service in this process."""
    folder = tmp_path_factory.mktemp("lab")
    server = create_async_engine(postgres.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE jenjang"))
        settings = _settings(postgres, folder)
        await _begin(settings)
        office = await settle(settings, CASES)
        async with backbone(settings) as parts:
            with Book(folder / "book") as book:
                entries = await _told(parts, office, book)
            letters = await _delivered(parts, office)
        yield Whole(postgres.url("postgres", DATABASE), entries, letters, office.reached)
        await connection.execute(text(f"DROP DATABASE {DATABASE} WITH (FORCE)"))
    await server.dispose()


async def _begin(settings: Settings) -> None:
    owner = create_async_engine(_owner_url(settings))
    async with owner.begin() as connection:
        await connection.execute(text("UPDATE ledger_clock SET ahead = :at - ledger_now()"), {"at": MONDAY})
    await owner.dispose()


async def _told(parts: Backbone, office: OfficeOfTheLab, book: Book) -> list[Entry]:
    desk = ProposalDesk(parts.ledger, FakePoker(), parts.outbox)
    nobody = await Client.connect("127.0.0.1:1", lazy=True)
    transport = httpx2.ASGITransport(app=create_app(services_on(parts, desk, nobody)))
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://test{BASE}") as door:
        crowd = Crowd([], office, book, Random(4), doors=[door, door])
        await crowd.work(CASES)
        for _ in range(4):
            await _pass(parts, timedelta(days=9))
            await crowd.attend()
    await desk.close()
    await _pass(parts, timedelta(minutes=1))
    return book.entries()


async def _pass(parts: Backbone, duration: timedelta) -> None:
    """Let time pass from instant to instant, and do by hand what workflows would do."""
    owner = create_async_engine(_owner_url(parts.settings))
    async with owner.connect() as connection:
        until = await connection.scalar(text("SELECT ledger_now()")) + duration
        while (
            instant := await connection.scalar(text("SELECT min(next_at) FROM cases WHERE open"))
        ) and instant <= until:
            await _set(connection, instant + timedelta(seconds=1))
            await _act(parts, connection)
        await _set(connection, until)
        await connection.execute(DELIVERED)
        await connection.commit()
    await owner.dispose()


async def _set(connection: AsyncConnection, instant: datetime) -> None:
    """Never back: an instant may be past already."""
    await connection.execute(
        text("UPDATE ledger_clock SET ahead = greatest(ahead, ahead + (:at - ledger_now()))"), {"at": instant}
    )
    await connection.commit()


async def _act(parts: Backbone, connection: AsyncConnection) -> None:
    due = text("SELECT proposal_id FROM cases WHERE open AND next_at <= ledger_now()")
    while numbers := list((await connection.execute(due)).scalars()):
        await connection.execute(DELIVERED)
        await connection.commit()
        for number in numbers:
            await parts.ledger.record((await parts.briefs.brief(number)).dues[0].command)


async def _delivered(parts: Backbone, office: OfficeOfTheLab) -> list[Delivery]:
    """The letters of every notice that is marked."""
    log = await read(_owner_url(parts.settings))
    return [
        Delivery(f"<{row['message_id']}/{person}@jenjang>".replace("/", "."), address, "digest")
        for row in log.rows["outbox"]
        if row["kind"] == "notice" and row["done_at"] is not None
        for person, address in office.reached(row["dest"]).items()
    ]


def _owner_url(settings: Settings) -> str:
    assert settings.owner_database_url is not None
    return settings.owner_database_url.get_secret_value()


def _settings(postgres: EmbeddedPostgres, folder: Path) -> Settings:
    key = SecretStr(base64.b64encode(b"0123456789abcdefghijklmnopqrstuv").decode())
    return Settings(
        mode="test",
        agency=AGENCY,
        database_url=SecretStr(postgres.url("jenjang_app", DATABASE)),
        owner_database_url=SecretStr(postgres.url("postgres", DATABASE)),
        data_dir=folder,
        token_key=key,
        vault_key=key,
        allow_clock_offset=True,
    )


@pytest.fixture
async def written(whole: Whole) -> AsyncIterator[Written]:
    """What a test does to it is taken back afterwards."""
    owner = create_async_engine(whole.owner_url)
    async with owner.connect() as connection:
        for table in ("events", "command_receipts"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        yield Written(connection, list(whole.entries), list(whole.letters), whole.reached)
        await connection.rollback()
    await owner.dispose()


async def test_a_whole_database_breaks_no_promise(written: Written) -> None:
    """Decisions, returns, reminders, escalations, effects: all of it is there, and nothing is found."""
    kinds = {event.type for event in (await written.log()).events}

    assert await written.judged() == set()
    assert {"step-approved", "returned", "reminder-sent", "step-escalated", "took-effect", "closed"} <= kinds
    assert {entry.outcome for entry in written.entries} == {"acknowledged", "refused"}


async def lost(written: Written) -> None:
    """The last acknowledged command is gone, with its events and its receipt."""
    last = [entry for entry in written.entries if entry.receipts][-1].asked.command_id
    await written.planted(
        "DELETE FROM events WHERE command_id = :last",
        "DELETE FROM command_receipts WHERE command_id = :last",
        last=last,
    )


async def altered(written: Written) -> None:
    """Another file than the one that was attached; the bytes have their hash."""
    event = await written.entry_of("document-attached")
    await written.rewritten(event, data={**event.data, "sha256": "f" * 64})


async def answered_otherwise(written: Written) -> None:
    """The receipt names another instant than the answer did."""
    await written.planted("UPDATE command_receipts SET recorded_at = recorded_at + interval '1 s'")


async def refused_and_recorded(written: Written) -> None:
    """Somebody was told no, and it happened."""
    _reanswered(written, Answer("refused", 409, "step-closed"))


async def never_answered(written: Written) -> None:
    """Somebody waits for ever."""
    _reanswered(written, Answer("unknown", code="ReadTimeout"))


def _reanswered(written: Written, answer: Answer) -> None:
    index = next(n for n, entry in enumerate(written.entries) if entry.receipts)
    written.entries[index] = Entry(written.entries[index].asked, 0.0, [answer])


async def decided_twice(written: Written) -> None:
    """The same approval again, as an event of its own."""
    event = await written.entry_of("step-approved")
    await written.appended(event.stream, event)


async def after_the_end(written: Written) -> None:
    """A withdrawn proposal is decided."""
    withdrawn = await written.entry_of("withdrawn")
    await written.appended(withdrawn.stream, await written.entry_of("step-approved"))


async def open_twice(written: Written) -> None:
    """A second proposal for somebody whose first is open still."""
    log = await written.log()
    number = next(row["proposal_id"] for row in log.rows["claims"])
    await written.appended("proposal/KP-2026-999999", log.proposals[number][0])


async def without_receipt(written: Written) -> None:
    """Events of a command that nobody could repeat."""
    event = await written.entry_of("submitted")
    await written.planted("DELETE FROM command_receipts WHERE command_id = :id", id=event.command_id)


async def without_poke(written: Written) -> None:
    """A decision of which the workflow is never told."""
    await written.planted("DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE kind = 'poke')")


async def without_notice(written: Written) -> None:
    """A desk that is never told."""
    await written.planted("DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox WHERE kind = 'notice')")


async def without_event(written: Written) -> None:
    """A notice of something that never happened."""
    await written.planted(
        "INSERT INTO outbox (stream_id, kind, dest, message_id, body, created_at, next_at) "
        "SELECT stream_id, kind, dest, 'x' || message_id, body, created_at, next_at FROM outbox "
        "WHERE kind = 'notice' LIMIT 1"
    )


async def in_effect_for_nobody(written: Written) -> None:
    """The decree took effect, and the register knows nothing of it."""
    event = await written.entry_of("rank-changed")
    await written.planted("DELETE FROM events WHERE position = :position", position=event.position)


async def with_another_hash(written: Written) -> None:
    """One bit of a hash."""
    await written.planted(
        "UPDATE events SET leaf_hash = set_bit(leaf_hash, 5, 1 - get_bit(leaf_hash, 5)) WHERE position = 40"
    )


async def with_a_gap(written: Written) -> None:
    """A position that was taken back."""
    await written.planted(
        "UPDATE events SET position = position + 1 WHERE position = (SELECT max(position) FROM events)",
        "UPDATE log_head SET size = size + 1",
    )


async def cut_off(written: Written) -> None:
    """The counter counts an event that is not there."""
    await written.planted("UPDATE log_head SET size = size + 1")


async def rehashed(written: Written) -> None:
    """An entry was told otherwise; its own hash is right, its successor remembers another one."""
    event = await written.entry_of("drafted")
    await written.rewritten(event, data={**event.data, "reason": ""})


async def shown_wrongly(written: Written) -> None:
    """The index shows a case at another step."""
    await written.planted("UPDATE cases SET step = 'VERIF' WHERE proposal_id = (SELECT min(proposal_id) FROM cases)")


async def left_in_the_inbox(written: Written) -> None:
    """A desk is asked for what is done already."""
    await written.planted(
        "INSERT INTO inbox SELECT 'role/approver', proposal_id, 'APPROVAL', 9, agency, matter, kind, 'role/approver', "
        "now(), target_tmt FROM cases LIMIT 1"
    )


async def promoted_on_paper(written: Written) -> None:
    """The new rank is not in the register's index."""
    await written.planted("UPDATE ranks_held SET grade = 'III/b'")


async def decided_blindly(written: Written) -> None:
    """The submission was accepted on a version before the last document."""
    index = next(n for n, e in enumerate(written.entries) if e.receipts and e.asked.verb == "submission")
    entry = written.entries[index]
    assert entry.asked.shown is not None
    written.entries[index] = replace(entry, asked=replace(entry.asked, shown=entry.asked.shown - 1))


async def too_early(written: Written) -> None:
    """A reminder a day before its time."""
    await _moved(written, -timedelta(days=1))


async def too_late(written: Written) -> None:
    """A reminder a day after its time."""
    await _moved(written, timedelta(days=1))


async def _moved(written: Written, by: timedelta) -> None:
    event = await written.entry_of("reminder-sent")
    await written.rewritten(event, recorded_at=(event.at + by).isoformat(timespec="microseconds"))


async def reminded_twice(written: Written) -> None:
    """The same reminder again."""
    log = await written.log()
    streams = {row["proposal_id"]: log.proposals[row["proposal_id"]] for row in log.rows["cases"] if row["open"]}
    reminder = next(e for events in streams.values() for e in events if e.type == "reminder-sent" and e.data["step"])
    await written.appended(reminder.stream, reminder)


async def never_reminded(written: Written) -> None:
    """A month went by, and the clock stood still."""
    await written.planted("UPDATE ledger_clock SET ahead = ahead + interval '40 days'")


async def never_delivered(written: Written) -> None:
    """A notice is marked, and nobody got it."""
    written.letters.pop()


async def left_lying(written: Written) -> None:
    """A notice waits for an hour, and nobody sends it."""
    await written.planted(
        "UPDATE outbox SET done_at = NULL, created_at = created_at - interval '1 h', "
        "next_at = next_at - interval '1 h' "
        "WHERE id = (SELECT max(id) FROM outbox)"
    )


async def under_two_ids(written: Written) -> None:
    """A second letter for one notice, which no receiver can tell from another notice."""
    written.letters.append(replace(written.letters[0], message_id="<again@jenjang>"))


async def in_two_wordings(written: Written) -> None:
    """One id, two contents."""
    written.letters.append(replace(written.letters[0], digest="another"))


async def taken_back(written: Written) -> None:
    """Somebody acted on a version that does not exist any more."""
    index = next(n for n, e in enumerate(written.entries) if e.asked.shown is not None)
    entry = written.entries[index]
    written.entries[index] = replace(entry, asked=replace(entry.asked, shown=99))


PLANTED: list[tuple[str, Callable[[Written], Awaitable[None]]]] = [
    *(("I1", plant) for plant in (lost, altered, answered_otherwise, refused_and_recorded)),
    *(("I2", plant) for plant in (decided_twice, after_the_end, open_twice)),
    *(("I3", plant) for plant in (without_receipt, without_poke, without_notice, without_event, in_effect_for_nobody)),
    *(("I4", plant) for plant in (with_another_hash, with_a_gap, cut_off, rehashed)),
    *(("I6", plant) for plant in (shown_wrongly, left_in_the_inbox, promoted_on_paper)),
    ("I7", decided_blindly),
    *(("I8", plant) for plant in (too_early, too_late, reminded_twice, never_reminded)),
    *(("I9", plant) for plant in (never_delivered, left_lying, under_two_ids, in_two_wordings)),
    ("I11", never_answered),
    ("I12", taken_back),
]


@pytest.mark.parametrize(("invariant", "plant"), PLANTED, ids=lambda value: getattr(value, "__name__", ""))
async def test_what_is_planted_is_found(
    written: Written, invariant: str, plant: Callable[[Written], Awaitable[None]]
) -> None:
    """The lab names the promise that is broken."""
    await plant(written)

    assert invariant in await written.judged()


async def test_a_case_that_never_ends_is_found_once_all_had_their_time(written: Written) -> None:
    """Until then an open case is no fault."""
    assert await written.judged(finished=True) == {"ends"}


@dataclass
class FakeEngine:
    """An engine in which these cases have a running workflow, and no other case has any."""

    running: set[str]
    asked: str = ""

    def get_workflow_handle(self, workflow_id: str) -> FakeEngine:
        """The workflow."""
        return replace(self, asked=workflow_id.removeprefix("proposal/"))

    async def describe(self) -> FakeEngine:
        """How it stands."""
        return self

    @property
    def status(self) -> WorkflowExecutionStatus:
        """Running or done."""
        return WorkflowExecutionStatus.RUNNING if self.asked in self.running else WorkflowExecutionStatus.COMPLETED


@pytest.mark.parametrize("fate", ["as it is", "one missing", "one too many"])
async def test_a_workflow_that_is_missing_or_left_over_is_found(whole: Whole, fate: str) -> None:
    """Each open case has one, and no ended case."""
    log = await read(whole.owner_url)
    numbers = [row["proposal_id"] for row in log.rows["cases"] if row["open"]]
    ended = {row["proposal_id"] for row in log.rows["cases"] if not row["open"]}
    running = {"as it is": {*numbers}, "one missing": {*numbers[1:]}, "one too many": {*numbers, ended.pop()}}[fate]
    found = await engine(whole.owner_url, FakeEngine(running), patience=0)  # type: ignore[arg-type]

    assert len(found) == (fate != "as it is")
