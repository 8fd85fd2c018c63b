"""Races: commands that leave at one instant for two API processes on one database, and of which one may win.

Whoever loses is told who was faster, and when. In the end every answer is held against the log.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from cyclopts import App
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.settings import Settings
from activities.store.migrate import migrate
from activities.wiring import Backbone, backbone
from api.tokens import Tokens
from deploy.local.folder import DataFolder
from deploy.local.ports import LOOPBACK, answers_ok, any_port
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.process import until
from deploy.local.services import JENJANG, Child, ChildService
from domain.proposal import commands as c
from domain.register.changes import PersonFacts
from domain.register.facts import Assignment
from domain.vocabulary import Role
from tests.support.people import (
    AGENCY,
    APPROVER,
    CHIEF,
    HEAD,
    PPK,
    VERIFIER,
    everybody,
    granted,
    ref,
    seat,
    staff_facts,
)
from tests.support.story import REG_DOCUMENTS, Office

OFTEN = {"two holders": 6, "withdrawal": 3, "return": 4, "other id": 4, "same id": 1, "id reused": 2}
"""Kinds of race, and how often each is run. Same id: one command many times at once. Id reused: one id, two contents.
The others: two ids at one step."""
HOLDERS_ONLY = {"two holders", "return"}
BKN_SAYS = {
    "MS": {"outcome": "MS", "number": "PT-1"},
    "BTS": {"outcome": "BTS", "number": "PT-1", "reason_code": "incomplete"},
}
CROWD = 50
LODGED_IN_A_RACE = 0.25
"""Share of new cases; the others are lodged in peace."""
LIMITS = httpx2.Limits(keepalive_expiry=1.0)
"""Idle connections are given up long before the API does so: closing must not race with sending."""
LANES = 2
ENOUGH = 20
"""Findings after which a run goes no further."""
LONG = 60
"""Versions after which a case is taken back: it is folded anew for every command."""

STAND_IN, SECOND_VERIFIER, SECOND_APPROVER, SECOND_PPK = (ref(number) for number in range(50, 54))
HOLDERS = {
    "PENGANTAR_OPD": (CHIEF, STAND_IN),
    "VERIF": (VERIFIER, SECOND_VERIFIER),
    "APPROVAL": (APPROVER, SECOND_APPROVER),
    "BKN": (VERIFIER, SECOND_VERIFIER),
    "SK": (PPK, SECOND_PPK),
}
EVENTS = {
    "submission": "proposal.submitted",
    "withdrawal": "proposal.withdrawn",
    "approval": "proposal.step-approved",
    "return": "proposal.returned",
    "outcome": "proposal.outcome-recorded",
    "decree": "proposal.decree-issued",
}
"""The first event of each verb."""
BY_PROPOSER = {"submission", "withdrawal"}
LOGGED = """
SELECT command_id, min(stream_id) AS stream_id, array_agg(version ORDER BY version) AS versions,
       (array_agg(type ORDER BY version))[1] AS type
FROM events GROUP BY command_id
"""
DECIDED_TWICE = """
SELECT stream_id, data ->> 'step', CAST(data ->> 'round' AS int), data ->> 'desk', count(*)
FROM events, LATERAL (SELECT convert_from(entry, 'UTF8')::jsonb -> 'data' AS data)
WHERE type IN ('proposal.step-approved', 'proposal.returned', 'proposal.rejected', 'proposal.outcome-recorded',
               'proposal.decree-issued')
GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
"""


@dataclass(frozen=True)
class Sent:
    """One command as it leaves."""

    actor: str
    verb: str
    command_id: str
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back; `late` counts how often the API had no room and asked to come again."""

    sent: Sent
    status: int
    told: Mapping[str, Any]
    repeated: bool = False
    late: int = 0


@dataclass(frozen=True)
class Place:
    """Where a case stands; no step while it waits for its proposer."""

    step: str | None
    round: int
    version: int


@dataclass(frozen=True)
class Race:
    """Commands that left at once, and how each was answered."""

    kind: str
    proposal_id: str
    place: Place
    answers: Sequence[Answer]
    seconds: float

    @property
    def won(self) -> list[Answer]:
        """Everything that was acknowledged."""
        return [answer for answer in self.answers if answer.status == httpx2.codes.OK]


@dataclass(frozen=True)
class Finding:
    """Something that must not be: told in an answer, or standing in the log."""

    kind: str
    what: str
    logged: bool = False


def misanswered(race: Race) -> Iterator[str]:
    """Whatever is wrong with the answers: winners, receipts, and what the losers were told."""
    won = race.won
    if race.kind == "same id":
        firsts = [answer for answer in won if not answer.repeated]
        if len(won) != len(race.answers) or len(firsts) != 1 or any(answer.told != won[0].told for answer in won):
            yield f"{len(won)} of {len(race.answers)} acknowledged, {len(firsts)} of them as the first"
    elif len(won) != 1:
        yield f"{len(won)} winners"
    else:
        losers = [answer for answer in race.answers if answer is not won[0]]
        yield from (f"a loser was told {loser.told}" for loser in losers if not _knows(loser, won[0]))


def _knows(loser: Answer, winner: Answer) -> bool:
    """Whether the loser was told why and, unless only the id was taken, who was faster, and when."""
    told, refusal = loser.told, (loser.status, loser.told["code"])
    if loser.sent.command_id == winner.sent.command_id:
        return refusal == (409, "idempotency-conflict")
    proposer = loser.sent.verb in BY_PROPOSER
    due, did = ((412, "stale-version"), "changed") if proposer else ((409, "step-closed"), "decided")
    who, when = told.get(f"{did}_by"), told.get(f"{did}_at")
    faster = winner.sent.actor, datetime.fromisoformat(winner.told["recorded_at"])
    return refusal == due and (who, when and datetime.fromisoformat(when)) == faster


@dataclass
class Arena:
    """Two APIs on one ledger, and everything that was raced there."""

    parts: Backbone
    apis: Sequence[httpx2.AsyncClient]
    races: list[Race] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    async def race(self, pairs: int, seed: int) -> None:
        """Race so many pairs, a few cases at a time; then hold all answers against the log. Each seed once."""
        # Ids and people of one seed are those of no other.
        first = Office(self.parts, numbers=itertools.count(seed * 1_000_000))
        subjects = [ref(seed * 1_000_000 + number) for number in range(2 * ENOUGH + pairs // 10)]
        staff = [PersonFacts(subject=subject, facts=staff_facts()) for subject in subjects]
        await first.settle_in([*everybody(), *_second_holders(), *staff])
        waiting, tickets = iter(subjects), iter(range(pairs))
        lanes = [
            Lane(self, Office(self.parts, numbers=first.numbers), waiting, Random(f"{seed}/{number}"))
            for number in range(LANES)
        ]
        await asyncio.gather(*(lane.run(tickets) for lane in lanes))
        self.findings += await self.contradictions()

    async def at_once(self, proposal_id: str, version: int, commands: Sequence[Sent]) -> list[Answer]:
        """Everybody waits at the barrier; then all leave, by turns for one API and the other."""
        barrier = asyncio.Barrier(len(commands))

        async def leave(sent: Sent, api: httpx2.AsyncClient) -> Answer:
            await barrier.wait()
            return await self.send(proposal_id, version, sent, api)

        return await asyncio.gather(*map(leave, commands, itertools.cycle(self.apis)))

    async def send(self, proposal_id: str, version: int, sent: Sent, api: httpx2.AsyncClient) -> Answer:
        """Send, and again while the API has no room: a crowd is larger than its pool of connections."""
        token = Tokens.of(self.parts.settings).issue(sent.actor, AGENCY, timedelta(hours=1))
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": sent.command_id, "If-Match": f'"{version}"'}
        late = 0
        while True:
            response = await api.post(f"/api/v1/proposals/{proposal_id}/{sent.verb}", json=sent.body, headers=headers)
            if response.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                repeated = "Idempotency-Replayed" in response.headers
                return Answer(sent, response.status_code, response.json(), repeated, late)
            late += 1
            await asyncio.sleep(0.1)

    async def contradictions(self) -> list[Finding]:
        """What the log says against the answers, by its own bytes."""
        async with self.parts.reads.connect() as connection:
            rows = await connection.execute(text(LOGGED))
            logged = {row.command_id: (row.stream_id, row.versions, row.type) for row in rows}
            receipts = Counter((await connection.execute(text("SELECT command_id FROM command_receipts"))).scalars())
            twice = (await connection.execute(text(DECIDED_TWICE))).all()
        kinds = {(f"proposal/{race.proposal_id}", race.place.step, race.place.round): race.kind for race in self.races}
        found = [Finding(kinds[tuple(at)], f"{desk} decided {n} times at {at}", logged=True) for *at, desk, n in twice]
        for race in self.races:
            found += [Finding(race.kind, what, logged=True) for what in _unlike(race, logged, receipts)]
        return found


def _unlike(race: Race, logged: Mapping[str, Any], receipts: Mapping[str, int]) -> Iterator[str]:
    """Whatever the log has otherwise: the winner's events, as in the receipt and nowhere else; of losers nothing."""
    winner = race.won[0] if race.won else None
    for command_id in {answer.sent.command_id for answer in race.answers}:
        found, times = logged.get(command_id), receipts.get(command_id, 0)
        if winner is None or command_id != winner.sent.command_id:
            if found or times:
                yield f"{race.proposal_id}: {command_id} lost, and yet there is {found}"
            continue
        versions = [*range(winner.told["first_version"], winner.told["version"] + 1)]
        due = (f"proposal/{race.proposal_id}", versions, EVENTS[winner.sent.verb])
        if (found, times) != (due, 1):
            yield f"{command_id}: the receipt says {due}, the log {found}, with {times} receipts"


@dataclass
class Lane:
    """One case after another, each raced from step to step and from round to round."""

    arena: Arena
    office: Office
    subjects: Iterator[str]
    random: Random
    subject: str = ""

    async def run(self, tickets: Iterator[int]) -> None:
        """Race until the tickets are gone, or enough is wrong."""
        for _ in tickets:
            if len(self.arena.findings) >= ENOUGH:
                return
            race = await self.raced(await self.place())
            self.arena.races.append(race)
            faults = [Finding(race.kind, f"{race.proposal_id}: {what}") for what in misanswered(race)]
            self.arena.findings += faults
            if faults:
                self.subject = ""

    async def place(self) -> Place:
        """Where the case stands, or a new one when this one has ended, grown long, been decreed or gone wrong."""
        async with self.arena.parts.reads.connect() as connection:
            case = {"id": self.office.proposal_id}
            row = (await connection.execute(text("SELECT * FROM cases WHERE proposal_id = :id"), case)).one_or_none()
        if row is None or not self.subject or row.state == "decided":
            self.subject = next(self.subjects)
        elif row.open and row.version < LONG:
            return Place(row.step, row.round, row.version)
        elif row.open:
            self.office.version = row.version
            await self.office.record(c.Withdraw(**self.office.by(HEAD)))
        asked = c.PromotionAsked(subject=self.subject)
        if self.random.random() < LODGED_IN_A_RACE:
            await self.office.draft(asked)
            for document in REG_DOCUMENTS:
                await self.office.attach(document)
            return Place(None, 0, self.office.version)
        await self.office.submitted(asked)
        return Place("PENGANTAR_OPD", 1, self.office.version)

    async def raced(self, place: Place) -> Race:
        """One race at this place."""
        kinds = [kind for kind in OFTEN if place.step or kind not in HOLDERS_ONLY]
        (kind,) = self.random.choices(kinds, [OFTEN[kind] for kind in kinds])
        commands = await self.commands(kind, place)
        self.random.shuffle(commands)
        begun = time.perf_counter()
        answers = await self.arena.at_once(self.office.proposal_id, place.version, commands)
        return Race(kind, self.office.proposal_id, place, answers, time.perf_counter() - begun)

    async def commands(self, kind: str, place: Place) -> list[Sent]:
        """The commands of one race."""
        first, second = self.random.sample(HOLDERS[place.step], 2) if place.step else (HEAD, HEAD)
        one = await self.onward(first, place)
        match kind:
            case "two holders":
                return [one, await self.onward(second, place)]
            case "other id":
                return [one, await self.onward(first, place)]
            case "withdrawal":
                return [one, Sent(HEAD, "withdrawal", self.office.id())]
            case "return":
                return [one, self.back(second, place, self.office.id())]
            case "id reused":
                return [one, self.back(first, place, one.command_id)]
            case _:
                return [one] * CROWD

    async def onward(self, actor: str, place: Place) -> Sent:
        """What takes the case on from here."""
        at: dict[str, object] = {"step": place.step, "round": place.round}
        dated = {**at, "dated": (await self.office.today()).isoformat()}
        match place.step:
            case None:
                return Sent(actor, "submission", self.office.id())
            case "BKN":
                # Most files go back: a decree ends what can be raced in a case.
                outcome = self.random.choice(("BTS", "BTS", "MS"))
                return Sent(actor, "outcome", self.office.id(), {**dated, **BKN_SAYS[outcome]})
            case "SK":
                return Sent(actor, "decree", self.office.id(), {**dated, "number": "SK-1"})
            case _:
                return Sent(actor, "approval", self.office.id(), at)

    def back(self, actor: str, place: Place, command_id: str) -> Sent:
        """What takes the case back: the proposer's withdrawal, at a step its return."""
        if place.step is None:
            return Sent(actor, "withdrawal", command_id)
        reason = {"reason_code": "incomplete", "note": "SKP belum ditandatangani"}
        return Sent(actor, "return", command_id, {"step": place.step, "round": place.round, **reason})


def _second_holders() -> list[PersonFacts]:
    """A second holder for every desk: the head of office has a stand-in (Plh)."""
    facts = {
        STAND_IN: [seat("DINAS-A").model_copy(update={"assignment": Assignment.PLH})],
        SECOND_VERIFIER: granted(Role.VERIFIER),
        SECOND_APPROVER: granted(Role.APPROVER),
        SECOND_PPK: granted(Role.PPK),
    }
    return [PersonFacts(subject=subject, facts=known) for subject, known in facts.items()]


@asynccontextmanager
async def arena(parts: Backbone, folder: Path, apis: int = 2) -> AsyncIterator[Arena]:
    """API processes of our own on the ledger of the parts. There is no engine: decisions do not need one."""
    async with AsyncExitStack() as stack:
        clients, ready = [], []
        for number in range(1, apis + 1):
            port = any_port()
            settings = parts.settings.model_copy(update={"api_port": port})
            environment = {f"JENJANG_{name.upper()}": _plain(value) for name, value in settings if value is not None}
            environment["TEMPORAL_ADDRESS"] = f"{LOOPBACK}:{any_port()}"
            child = Child(f"api-{number}", (*JENJANG, "api"))
            service = ChildService(child, DataFolder(folder / child.name).make(), environment)
            await service.start()
            stack.push_async_callback(service.stop)
            ready.append(_serves(service, port))
            client = httpx2.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=60.0, limits=LIMITS)
            clients.append(await stack.enter_async_context(client))
        await asyncio.gather(*ready)
        yield Arena(parts, clients)


async def _serves(service: ChildService, port: int) -> None:
    assert service.running is not None
    if not await until(lambda: answers_ok(LOOPBACK, port, "/livez"), service.running, 60.0):
        raise service.failure()


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@asynccontextmanager
async def _own_ledger(folder: Path) -> AsyncIterator[Backbone]:
    server = EmbeddedPostgres(DataFolder(folder))
    await server.start()
    try:
        engine = create_async_engine(server.owner_url)
        async with engine.connect() as connection:
            await migrate(connection)
        await engine.dispose()
        key, url = SecretStr("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="), SecretStr(server.app_url)
        settings = Settings(mode="test", agency=AGENCY, database_url=url, data_dir=folder, token_key=key, vault_key=key)
        async with backbone(settings) as parts:
            yield parts
    finally:
        await server.stop()


def report(found: Arena, title: str) -> Table:
    """What happened, by kind of race."""
    columns = ("race", "pairs", "won", "lost", "wrong", "doubled", "p50 ms", "seconds")
    table = Table(*columns, title=title, box=None, padding=(0, 1, 0, 0))
    for kind in OFTEN:
        races = [race for race in found.races if race.kind == kind]
        codes = Counter(answer.told["code"] for race in races for answer in race.answers if answer not in race.won)
        wrong = Counter(finding.logged for finding in found.findings if finding.kind == kind)
        spent = [race.seconds for race in races]
        table.add_row(
            f"{kind} × {CROWD}" if kind == "same id" else kind,
            str(len(races)),
            str(sum(bool(race.won) for race in races)),
            "\n".join(f"{count} {code}" for code, count in sorted(codes.items())),
            str(wrong[False]),
            str(wrong[True]),
            f"{median(spent or [0]) * 1e3:.0f}",
            f"{sum(spent):.0f}",
        )
    return table


app = App(name="races", help="Race pairs of commands over two APIs on servers of their own; 1 when anything is wrong.")


@app.default
async def main(*, pairs: int = 5000, seed: int = 1) -> int:
    """Race, print the table, and every finding."""
    with TemporaryDirectory(prefix="jenjang-races-") as name:
        folder, begun = Path(name), time.perf_counter()
        async with _own_ledger(folder) as parts, arena(parts, folder) as found:
            await found.race(pairs, seed)
        collided = DataFolder(folder).log("postgres").read_text().count("violates unique constraint")
    commands = sum(len(race.answers) for race in found.races)
    late = sum(answer.late for race in found.races for answer in race.answers)
    console = Console()
    title = f"{len(found.races)} pairs, {commands} commands in {time.perf_counter() - begun:.0f} s, seed {seed}"
    console.print(report(found, title), highlight=False)
    console.print(f"{collided} collisions inside PostgreSQL; {late} commands were asked to come again")
    for finding in found.findings:
        console.print(f"✗ {finding.kind}: {finding.what}", highlight=False)
    return 1 if found.findings else 0


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
