"""The doors in memory: a desk that remembers, reads that know what a test tells them, and people with tokens."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx2
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr

from activities.documents import Kept
from activities.readmodels.visibility import Sight, Viewer
from activities.rule_files import RulesInForce
from activities.settings import Settings
from api.app import create_app
from api.services import Services
from api.tokens import Tokens
from domain.calendar import WorkingCalendar
from domain.errors import DomainError
from domain.ports import AnyCommand, Receipt
from domain.proposal.commands import Command
from tests.support.builders import RULEBOOK
from tests.support.people import ADMIN, AGENCY, CHIEF, HEAD, STAFF

KEY = b"0123456789abcdefghijklmnopqrstuv"
CASE = "KP-2026-000001"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
BASE = "/api/v1"
CASE_URL = f"{BASE}/proposals/{CASE}"
CALENDAR = WorkingCalendar(days_off=frozenset(), version="test")
NUMBERS = itertools.count(1)


def viewer(ref: str, *desks: str) -> Viewer:
    """Somebody with desks."""
    return Viewer(ref, AGENCY, dict.fromkeys((f"person/{ref}", *desks), False), date(2026, 3, 2))


VIEWERS = {
    HEAD: viewer(HEAD, "unit/SEKSI-A1"),
    CHIEF: viewer(CHIEF, "unit/DINAS-A"),
    STAFF: viewer(STAFF),
    ADMIN: viewer(ADMIN, "role/administrator"),
}


def case_row(**changed: Any) -> dict[str, Any]:
    """A row of the case index: a promotion that waits for the head of office."""
    row: dict[str, Any] = {
        "proposal_id": CASE,
        "agency": AGENCY,
        "matter": "promotion",
        "kind": "REG",
        "state": "in-review",
        "open": True,
        "step": "PENGANTAR_OPD",
        "step_kind": "decision",
        "round": 1,
        "version": 7,
        "proposer": HEAD,
        "subjects": [STAFF],
        "unit": "SEKSI-A1",
        "target_tmt": date(2026, 6, 1),
        "summary": {"grade": "III/b", "target_grade": "III/c"},
        "waits_at": ["unit/DINAS-A"],
        "seen_by": ["unit/DINAS-A"],
        "opened_at": AT,
        "due_at": AT + timedelta(days=3),
        "next_at": AT + timedelta(days=2),
        "stalled": False,
        "stall_cause": None,
    }
    return {**row, **changed}


@dataclass
class FakeDesk:
    """Remembers what arrives and answers with a receipt, or refuses, or fails, as it is told."""

    refusal: Exception | None = None
    repeated: bool = False
    arrived: list[AnyCommand] = field(default_factory=list)

    async def record(self, command: AnyCommand) -> Receipt:
        """Remember it."""
        if self.refusal is not None:
            raise self.refusal
        self.arrived.append(command)
        stream_id = (command.stream_id if isinstance(command, Command) else None) or f"proposal/{CASE}"
        return Receipt(
            command_id=command.command_id,
            stream_id=stream_id,
            first_version=8,
            last_version=9,
            outcome="recorded",
            recorded_at=AT,
            repeated=self.repeated,
        )


@dataclass
class FakeReads:
    """Answers from memory; `case` is seen by whoever `sights` names."""

    viewers: Mapping[str, Viewer] = field(default_factory=lambda: VIEWERS)
    row: Mapping[str, Any] = field(default_factory=case_row)
    sights: Mapping[str, Sight] = field(
        default_factory=lambda: {HEAD: Sight.OUTSIDE, STAFF: Sight.OUTSIDE, CHIEF: Sight.INSIDE}
    )
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    known_names: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    fault: Exception | None = None
    asked: list[Any] = field(default_factory=list)

    async def viewer(self, ref: str) -> Viewer | None:
        """Somebody known."""
        if self.fault is not None:
            raise self.fault
        return self.viewers.get(ref)

    async def case(self, proposal_id: str, who: Viewer) -> tuple[Mapping[str, Any], Sight] | None:
        """The one case."""
        seen = self.sights.get(who.ref)
        return (self.row, seen) if seen and proposal_id == CASE else None

    async def involving(self, who: Viewer, after: str | None, limit: int) -> list[Mapping[str, Any]]:
        """Rows behind a number, newest first."""
        self.asked.append(after)
        return [row for row in self.rows if after is None or row["proposal_id"] < after][:limit]

    async def stalled(self, who: Viewer, after: tuple[datetime, str] | None, limit: int) -> list[Mapping[str, Any]]:
        """Rows behind an instant, oldest first."""
        self.asked.append(after)
        behind = [row for row in self.rows if after is None or (row["opened_at"], row["proposal_id"]) > after]
        return behind[:limit]

    async def person(self, ref: str, who: Viewer, as_at: int | None) -> Any:
        """Whoever the test knows."""
        self.asked.append((ref, as_at))
        return self.files.get(ref)

    async def receipt(self, command_id: str, who: Viewer) -> Receipt | None:
        """A receipt of anybody's."""
        return self.receipts.get(command_id)

    async def names(self, people: Iterable[str]) -> dict[str, str]:
        """Known names."""
        return {ref: self.known_names[ref] for ref in people if ref in self.known_names}

    async def at_head(self) -> bool:
        """Always, unless the database is away."""
        if self.fault is not None:
            raise self.fault
        return True


@dataclass
class FakeDocuments:
    """Keeps content in memory, whatever its kind."""

    kept: dict[str, bytes] = field(default_factory=dict)
    media_type: str = "application/pdf"

    async def keep(self, chunks: AsyncIterator[bytes]) -> Kept:
        """Read it all."""
        content = b"".join([chunk async for chunk in chunks])
        digest = sha256(content).hexdigest()
        self.kept[digest] = content
        return Kept(digest, len(content), self.media_type)

    async def content(self, digest: str) -> bytes:
        """What was kept."""
        return self.kept[digest]


def services(**changed: Any) -> Services:
    """Services that are all fakes."""
    settings = Settings(mode="test", token_key=SecretStr("unused"), max_body_bytes=1024 * 1024)
    built = Services(
        desk=FakeDesk(),
        reads=FakeReads(),  # type: ignore[arg-type]
        documents=FakeDocuments(),
        tokens=Tokens(KEY, may_issue=True),
        rules=RulesInForce(RULEBOOK),
        calendar=CALENDAR,
        settings=settings,
        engine_answers=yes,
    )
    return replace(built, **changed)


async def yes() -> bool:
    """The engine answers."""
    return True


def app_on(built: Services) -> FastAPI:
    """The app on these services."""
    return create_app(built)


@asynccontextmanager
async def web(built: Services) -> AsyncIterator[AsyncClient]:
    """A client of the app on these services."""
    transport = ASGITransport(app=app_on(built), raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def speaking(ref: str, shown: int | None = None, **headers: str) -> dict[str, str]:
    """Headers of somebody's request: a token, a fresh command id, and the version that was shown."""
    token = Tokens(KEY, may_issue=True).issue(ref, AGENCY, timedelta(hours=1))
    found = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"command-{next(NUMBERS):06d}"}
    if shown is not None:
        found["If-Match"] = f'"{shown}"'
    return {**found, **{name.replace("_", "-"): value for name, value in headers.items()}}


def refusing(refusal: DomainError | Exception) -> Services:
    """Services whose desk refuses everything."""
    return services(desk=FakeDesk(refusal=refusal))
