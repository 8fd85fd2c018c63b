"""`make bench`: what a decision costs, as a ratio to a floor measured in the same run on the same database.

Floor: one statement that appends an event, moves the case and its inbox row, and COMMITs, on the bare driver.
Absolute times mean nothing on shared machines; the last line is one JSON object with the ratios.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels import cases
from activities.settings import Settings
from activities.store.migrate import migrate
from activities.wiring import Backbone, backbone
from deploy.local.folder import DataFolder
from deploy.local.postgres import EmbeddedPostgres
from domain.proposal import commands as c
from domain.register import facts as f
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.events import Source, UnitDescribed
from domain.vocabulary import Grade, Rating, Role

CASES = 200
CLIENTS = 16
AGENCY = "BENCH"
HEAD, CHIEF, VERIFIER = (f"{number:032x}" for number in (1, 2, 3))
SOURCE = Source(file_sha256="0" * 64, file_kind="bench")
LONG_AGO = date(2015, 1, 1)
NUMBERS = itertools.count(1)
FLOOR = """
WITH head AS (UPDATE bench_head SET size = size + 1 RETURNING size - 1 AS base),
     moved AS (UPDATE bench_case SET version = version + 1 WHERE id = %(id)s),
     gone AS (DELETE FROM bench_inbox WHERE id = %(id)s),
     come AS (INSERT INTO bench_inbox VALUES (-%(id)s - %(n)s * 100000))
INSERT INTO bench_event SELECT base, %(n)s, %(entry)s FROM head
"""
FLOOR_TABLES = """
CREATE TABLE bench_head AS SELECT 0::bigint AS size;
CREATE TABLE bench_case AS SELECT g AS id, 0 AS version FROM generate_series(1, 1000) g;
CREATE UNIQUE INDEX ON bench_case (id);
CREATE TABLE bench_inbox (id bigint PRIMARY KEY);
CREATE TABLE bench_event (position bigint PRIMARY KEY, n bigint, entry bytea);
"""


async def main() -> None:
    """Measure and print."""
    async with _bench() as (parts, owner_url):
        floor = await _floor(owner_url)
        proposals = await _submitted(parts)
        half = len(proposals) // 2
        alone = await _timed([_approval(parts, *case) for case in proposals[:half]], clients=1)
        crowd = await _timed([_approval(parts, *case) for case in proposals[half:]], clients=CLIENTS)
        reads = await _timed([_status(parts, case[0]) for case in proposals], clients=1)
    _print(floor, alone, crowd, reads)


Timed = tuple[list[float], float]
"""Seconds of each call, and of all of them together."""


async def _timed(calls: list[Callable[[], Awaitable[object]]], clients: int) -> Timed:
    waiting, seconds = iter(calls), list[float]()

    async def client() -> None:
        for call in waiting:
            begun = time.perf_counter()
            await call()
            seconds.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return seconds, time.perf_counter() - begun


async def _floor(owner_url: str) -> dict[int, Timed]:
    address = owner_url.replace("postgresql+psycopg", "postgresql")
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute(FLOOR_TABLES.encode())
    entry = os.urandom(1500)
    found = {}
    for clients in (1, CLIENTS):
        connections = [await psycopg.AsyncConnection.connect(address, autocommit=True) for _ in range(clients)]
        free = asyncio.Queue[psycopg.AsyncConnection]()
        for connection in connections:
            free.put_nowait(connection)

        async def append(n: int, free: asyncio.Queue[psycopg.AsyncConnection] = free) -> None:
            connection = await free.get()
            await connection.execute(FLOOR, {"id": n % 1000 + 1, "n": next(NUMBERS), "entry": entry})
            free.put_nowait(connection)

        found[clients] = await _timed([lambda n=n, a=append: a(n) for n in range(CASES * 2)], clients)  # type: ignore[misc]
        for connection in connections:
            await connection.close()
    return found


async def _submitted(parts: Backbone) -> list[tuple[str, int]]:
    staff = [f"{number:032x}" for number in range(100, 100 + CASES)]
    await _office(parts, staff)
    return [await _submit(parts, subject) for subject in staff]


async def _submit(parts: Backbone, subject: str) -> tuple[str, int]:
    asked = c.PromotionAsked(subject=subject)
    receipt = await parts.ledger.record(c.CreateDraft(command_id=_id(), actor=HEAD, agency=AGENCY, asked=asked))
    proposal_id = receipt.proposal_id
    for document in ("SK_PANGKAT", "SKP_1", "SKP_2"):
        receipt = await parts.ledger.record(
            c.AttachDocument(
                command_id=_id(),
                actor=HEAD,
                proposal_id=proposal_id,
                expected_version=receipt.last_version,
                document=document,
                sha256="a" * 64,
                size=1,
                media_type="application/pdf",
            )
        )
    lodged = c.Submit(command_id=_id(), actor=HEAD, proposal_id=proposal_id, expected_version=receipt.last_version)
    return proposal_id, (await parts.ledger.record(lodged)).last_version


def _approval(parts: Backbone, proposal_id: str, version: int) -> Callable[[], Awaitable[object]]:
    command = c.ApproveStep(
        command_id=_id(),
        actor=CHIEF,
        proposal_id=proposal_id,
        expected_version=version,
        step="PENGANTAR_OPD",
        round=1,
    )
    return lambda: parts.ledger.record(command)


def _status(parts: Backbone, proposal_id: str) -> Callable[[], Awaitable[object]]:
    async def read() -> object:
        async with parts.reads.connect() as connection:
            return await cases.find(connection, proposal_id)

    return read


async def _office(parts: Backbone, staff: list[str]) -> None:
    units = [
        UnitDescribed(unit="ROOT", name="Pemerintah Contoh"),
        UnitDescribed(unit="OFFICE", name="Dinas", parent="ROOT"),
        UnitDescribed(unit="SECTION", name="Seksi", parent="OFFICE"),
    ]
    people: dict[str, list[f.Fact]] = {
        HEAD: [_post("unit/SECTION", "SECTION", f.PostKind.STRUCTURAL)],
        CHIEF: [_post("unit/OFFICE", "OFFICE", f.PostKind.STRUCTURAL)],
        VERIFIER: [f.RoleGranted(valid_from=LONG_AGO, role=Role.VERIFIER)],
        **{subject: _career() for subject in staff},
    }
    known = [PersonFacts(subject=subject, facts=facts) for subject, facts in people.items()]
    async with parts.store.engine.begin() as connection:
        await parts.keys.provide(connection, list(people))
    await parts.ledger.record(ImportUnits(command_id=_id(), actor="bench", agency=AGENCY, source=SOURCE, units=units))
    await parts.ledger.record(ImportPeople(command_id=_id(), actor="bench", agency=AGENCY, source=SOURCE, people=known))


def _post(post: str, unit: str, kind: f.PostKind) -> f.PostHeld:
    return f.PostHeld(valid_from=LONG_AGO, post=post, name="Jabatan", post_kind=kind, unit=unit)


def _career() -> list[f.Fact]:
    ratings = [f.RatingGiven(valid_from=date(y, 1, 1), year=y, rating=Rating.BAIK) for y in range(2020, 2040)]
    return [
        f.StandingHeld(valid_from=LONG_AGO, legal_position="01", service_status="P"),
        f.AppointmentMade(valid_from=LONG_AGO, pns_from=LONG_AGO),
        f.EducationEarned(valid_from=LONG_AGO, level="40"),
        f.RankHeld(valid_from=date(2020, 1, 1), grade=Grade("III/a")),
        _post("jfu/1@SECTION", "SECTION", f.PostKind.GENERAL),
        *ratings,
    ]


def _print(floor: dict[int, Timed], alone: Timed, crowd: Timed, reads: Timed) -> None:
    measured = {"floor, 1 client": floor[1], "decision, 1 client": alone, "status read, 1 client": reads}
    measured |= {f"floor, {CLIENTS} clients": floor[CLIENTS], f"decision, {CLIENTS} clients": crowd}
    table = Table("what", "p50 ms", "p99 ms", "per second", box=None)
    for what, (seconds, total) in measured.items():
        p50, p99 = statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]
        table.add_row(what, f"{p50 * 1e3:.2f}", f"{p99 * 1e3:.2f}", f"{len(seconds) / total:.0f}")
    Console().print(table)
    ratios = {
        "decision_p50_over_floor": statistics.median(alone[0]) / statistics.median(floor[1][0]),
        "decision_rate_over_floor": _rate(crowd) / _rate(floor[CLIENTS]),
        "decision_p99_over_p50": statistics.quantiles(crowd[0], n=100)[98] / statistics.median(crowd[0]),
    }
    print(json.dumps({name: round(value, 3) for name, value in ratios.items()}))  # noqa: T201 - for programs


def _rate(measured: Timed) -> float:
    return len(measured[0]) / measured[1]


def _id() -> str:
    return f"bench-{next(NUMBERS):08d}"


@asynccontextmanager
async def _bench() -> AsyncIterator[tuple[Backbone, str]]:
    with TemporaryDirectory(prefix="jenjang-bench-") as folder:
        server = EmbeddedPostgres(DataFolder(Path(folder)))
        await server.start()
        try:
            engine = create_async_engine(server.owner_url)
            async with engine.connect() as connection:
                await migrate(connection)
            await engine.dispose()
            key = SecretStr(base64.b64encode(os.urandom(32)).decode())
            url = SecretStr(server.app_url)
            settings = Settings(mode="test", agency=AGENCY, database_url=url, token_key=key, vault_key=key)
            async with backbone(settings) as parts:
                yield parts, server.owner_url
        finally:
            await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
