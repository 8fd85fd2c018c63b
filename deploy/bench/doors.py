"""What people notice, over HTTP with authentication: a decision, a case's status, a list; each beside its floor."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import psycopg

from deploy.bench.floors import Floor
from deploy.bench.measure import Findings, Timed, rest, side_by_side, timed
from deploy.bench.office import FIRST_STEP, chief, holder, office
from deploy.bench.stand import Stand
from deploy.bench.wire import request, wires
from domain.vocabulary import Role

WARM = 50
"""Calls before the clock starts: pools are filled, statements are planned."""
PAGE = 25
UNDECIDED = """
    SELECT proposal_id, version, right(waits_at[1], 4)::int FROM cases
    WHERE step = %s AND round = 1 AND NOT stalled AND next_at > ledger_now() + interval '1 hour'
    ORDER BY waits_at[1] = %s, md5(proposal_id)
"""
"""Cases that wait for their first desk, in no order; the busy desk's last, so that its list keeps its length."""
T = TypeVar("T")
Bearer = dict[str, str]


@dataclass(frozen=True)
class Counts:
    """Calls of one round: by one client, by a crowd of as many clients, and of each list."""

    alone: int
    crowd: int
    clients: int
    lists: int

    @property
    def both(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(clients, calls) of one client, then of the crowd."""
        return (1, self.alone), (self.clients, self.crowd)


@dataclass(frozen=True)
class Waiting:
    """A case that waits for its first desk, and the head of office who sits there, with a token."""

    proposal_id: str
    version: int
    actor: str
    bearer: Bearer

    @property
    def url(self) -> str:
        """Where the API shows it."""
        return f"/api/v1/proposals/{self.proposal_id}"


async def waiting(stand: Stand) -> list[Waiting]:
    """Every case of the stand that waits for its first desk."""
    async with await psycopg.AsyncConnection.connect(stand.owner_url) as connection:
        cases = await (await connection.execute(UNDECIDED, [FIRST_STEP, f"unit/{office(0)}"])).fetchall()
    bearers = {number: stand.bearer(chief(number)) for number in {number for _, _, number in cases}}
    return [Waiting(proposal_id, version, chief(number), bearers[number]) for proposal_id, version, number in cases]


async def asked(port: int, requests: Sequence[bytes], clients: int) -> Timed:
    """Ask what was written down before the clock started."""
    async with wires(port, clients) as opened:
        return await timed([wire.ask for wire in opened], requests)


class RanOut(Exception):
    """The stand has no more cases to decide: its size does not fit the number of calls."""


class Decisions:
    """Consents to distinct submitted cases of all offices; each is asked for once."""

    def __init__(self, cases: Sequence[Waiting], port: int) -> None:
        self._cases = cases
        self._port = port
        self._taken = 0

    @classmethod
    async def on(cls, stand: Stand, clients: int, warm: int = WARM) -> Decisions:
        """Those of a stand, some of them taken already, so that pools and statements are ready."""
        found = cls(await waiting(stand), stand.port)
        await found.timed(warm, 1)
        await found.timed(warm, clients)
        await rest()
        return found

    @property
    def left(self) -> int:
        """How many cases still wait."""
        return len(self._cases) - self._taken

    async def timed(self, count: int, clients: int) -> Timed:
        """Decide as many cases. Raises RanOut."""
        return await asked(self._port, self.take(count), clients)

    def take(self, count: int) -> list[bytes]:
        """The requests of as many decisions. Raises RanOut."""
        if count > self.left:
            raise RanOut(count, self.left)
        taken = self._cases[self._taken : self._taken + count]
        self._taken += count
        return [_consent(case) for case in taken]


@dataclass(frozen=True)
class Deciding:
    """Decisions beside the floor, for one client and for a crowd."""

    floor: Floor
    decisions: Decisions
    counts: Counts

    async def round(self, found: Findings) -> None:
        """One round."""
        for clients, count in self.counts.both:
            async with self.floor.clients(clients) as opened:
                least = found.time(f"floor, {_by(clients)}", await timed(opened, self.floor.work(count * 2)))
            ours = found.time(f"decision, {_by(clients)}", await self.decisions.timed(count, clients))
            if clients == 1:
                found.figure("decision_p50_over_floor", ours.p50 / least.p50)
            else:
                found.figure("decision_rate_over_floor", ours.rate / least.rate)
                found.figure("decision_p99_over_p50", ours.p99 / ours.p50)
            await rest()


@dataclass(frozen=True)
class Status:
    """A case as its head of office reads it, in one row, whole, or unchanged since; beside a bare row."""

    cases: Sequence[Waiting]
    port: int
    bare_port: int
    counts: Counts

    @classmethod
    async def on(cls, stand: Stand, counts: Counts) -> Status:
        """The last cases of a stand: nobody decides them."""
        cases = await waiting(stand)
        return cls(_some(cases[-WARM:], counts.crowd), stand.port, await stand.bare(), counts)

    async def round(self, found: Findings) -> None:
        """One round."""
        bare = [request("GET", f"/cases/{case.proposal_id}", {}) for case in self.cases]
        row = [request("GET", f"{case.url}/status", case.bearer) for case in self.cases]
        whole = [request("GET", case.url, case.bearer) for case in self.cases]
        same = [request("GET", case.url, {**case.bearer, "If-None-Match": f'"{case.version}"'}) for case in self.cases]
        for clients, count in self.counts.both:
            least = found.time(f"bare row, {_by(clients)}", await asked(self.bare_port, bare[:count], clients))
            ours = found.time(f"status, {_by(clients)}", await asked(self.port, row[:count], clients))
            file = found.time(f"whole case, {_by(clients)}", await asked(self.port, whole[:count], clients))
            unchanged = found.time(f"unchanged case, {_by(clients)}", await asked(self.port, same[:count], clients))
        found.figure("status_read_over_bare", ours.rate / least.rate)
        found.figure("case_read_over_bare", file.rate / least.rate)
        found.figure("unchanged_case_over_bare", unchanged.rate / least.rate)


@dataclass(frozen=True)
class Lists:
    """The busy desk's inbox and the stalled board, two pages of each, where few and where many cases are open."""

    stands: Sequence[Stand]
    counts: Counts

    async def round(self, found: Findings) -> None:
        """One round."""
        for name, reader in (("inbox", chief(0)), ("stalled", holder(Role.ADMINISTRATOR))):
            pages = [await _pages(stand, name, reader) for stand in self.stands]
            await _compared(found, name, self.stands, [_some(both, self.counts.lists) for both in pages])


@dataclass(frozen=True)
class Growing:
    """Decisions where few and where many cases are open."""

    stands: Sequence[Stand]
    decisions: Sequence[Decisions]
    counts: Counts

    async def round(self, found: Findings) -> None:
        """One round."""
        consents = [decisions.take(self.counts.lists) for decisions in self.decisions]
        await _compared(found, "decision", self.stands, consents)
        await rest()


async def _compared(found: Findings, name: str, stands: Sequence[Stand], work: Sequence[Sequence[bytes]]) -> None:
    """One client asks the stands in turn; how much slower the slowest twentieth is at the last than at the first."""
    async with AsyncExitStack() as stack:
        opened = [(await stack.enter_async_context(wires(stand.port, 1)))[0] for stand in stands]
        rounds = await side_by_side([wire.ask for wire in opened], work)
    for stand, seconds in zip(stands, rounds, strict=True):
        found.time(f"{name}, {stand.size}", seconds)
    found.figure(f"{name}_p95_growth", rounds[-1].p95 / rounds[0].p95)


def _some(things: Sequence[T], count: int) -> list[T]:
    return list(itertools.islice(itertools.cycle(things), count))


async def _pages(stand: Stand, name: str, reader: str) -> list[bytes]:
    """The first page of a list and the one behind it, once asked for already."""
    bearer = stand.bearer(reader)
    first = request("GET", f"/api/v1/{name}?{urlencode({'limit': PAGE})}", bearer)
    async with wires(stand.port, 1) as (wire,):
        behind = (await wire.ask(first)).json["next"]
        if behind is None:
            return [first]
        second = request("GET", f"/api/v1/{name}?{urlencode({'limit': PAGE, 'after': behind})}", bearer)
        await wire.ask(second)
    return [first, second]


def _consent(case: Waiting) -> bytes:
    headers = {**case.bearer, "If-Match": f'"{case.version}"', "Idempotency-Key": f"bench-{case.proposal_id}"}
    body = {"step": FIRST_STEP, "round": 1, "note": "Berkas lengkap"}
    return request("POST", f"{case.url}/approval", headers, body)


def _by(clients: int) -> str:
    return "1 client" if clients == 1 else f"{clients} clients"
