"""A crowd of people over HTTP: each looks at a case, acts on what is shown, and repeats until there is an answer."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.faults.lab.book import Answer, Asked, Book
from tests.faults.lab.office import OfficeOfTheLab
from tests.faults.lab.plan import Fate, Move, Plan, next_moves, planned

BASE = "/api/v1"
TIMEOUT = httpx2.Timeout(6.0, connect=2.0)
PAUSES = (0.1, 0.3, 1.0, 2.0)
"""Seconds between two sendings of one command; the last one stays."""
PATIENCE = 150.0
"""Seconds in which a definite answer must come."""
TIRED = 8
"""Refusals in a row after which a case is left as it is."""
STRETCH = timedelta(days=9)
STRETCHES = 16
TRY_AGAIN = {401, 408, 425, 429}
"""Answers that say nothing about the command."""


@dataclass(frozen=True)
class Habits:
    """Shares of commands that are sent twice at once, and of moves with a rival; seconds until they give up.

    With `repeats` off an unknown answer is taken for a refusal, as naive clients do.
    """

    twins: float = 0.1
    rivals: float = 0.1
    patience: float = PATIENCE
    repeats: bool = True


@dataclass
class Crowd:
    """Everybody of the office, at all APIs at once; faults slow them down and never stop them."""

    apis: Sequence[str]
    office: OfficeOfTheLab
    book: Book
    random: Random
    habits: Habits = Habits()
    plans: list[Plan] = field(default_factory=list)
    today: str = ""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    doors: list[httpx2.AsyncClient] = field(default_factory=list)
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        """Stand at every door."""
        for api in self.apis:
            door = httpx2.AsyncClient(
                base_url=f"{api}{BASE}", timeout=TIMEOUT, limits=httpx2.Limits(max_connections=None)
            )
            self.doors.append(await self.closing.enter_async_context(door))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.closing.aclose()

    @property
    def open_plans(self) -> list[Plan]:
        """Cases that have not ended yet, as far as we know."""
        return [plan for plan in self.plans if not plan.ended]

    async def work(self, cases: int, fate: Fate | None = None) -> None:
        """So many new proposals at once, of any fate or one, each as far as it comes without the calendar."""
        await self._look_at_the_calendar()
        begun = [planned(self.office, self.random, self._first_of_month, self.habits.rivals) for _ in range(cases)]
        for plan in begun:
            plan.fate = fate or plan.fate
        self.plans += begun
        await asyncio.gather(*(self._story(plan) for plan in begun))

    async def attend(self) -> None:
        """Everybody looks again at every open case, and does what can be done now."""
        await self._look_at_the_calendar()
        await asyncio.gather(*(self._story(plan) for plan in self.open_plans))

    async def finish(self, let_pass: Callable[[timedelta], Awaitable[object]]) -> None:
        """Let time pass and attend, until every case has ended; those that do not end are left to the invariants."""
        for _ in range(STRETCHES):
            await self.attend()
            if not self.open_plans:
                return
            await let_pass(STRETCH)
            for plan in self.open_plans:
                plan.time_passed()

    async def _look_at_the_calendar(self) -> None:
        """The office's date is that of the ledger; when nobody answers, yesterday's will do."""
        shown = await self._read(self.office.at("role/pyb")[0], "/me")
        self.today = str(shown.json()["today"]) if shown else self.today

    def _first_of_month(self, months: int) -> str:
        """The first day of a later month."""
        today = date.fromisoformat(self.today)
        years, month = divmod(today.month - 1 + months, 12)
        return date(today.year + years, month + 1, 1).isoformat()

    async def _story(self, plan: Plan) -> None:
        if not plan.proposal_id:
            await self._begin(plan)
        refused = 0
        while plan.proposal_id and refused < TIRED:
            shown = await self._read(plan.proposer, f"/proposals/{plan.proposal_id}")
            if shown is None:
                return
            moves = next_moves(plan, shown.json(), self.office, self.today)
            if not moves:
                return
            version = int(shown.headers["ETag"].strip('"'))
            answers = await asyncio.gather(*(self._make(plan, move, version) for move in moves))
            refused = 0 if any(answer.receipt for answer in answers) else refused + 1

    async def _begin(self, plan: Plan) -> None:
        create = Move(plan.proposer, "creation", {"asked": plan.asked, "reason": "Memenuhi syarat"})
        moves = [create, create] if plan.has_rival() else [create]
        answers = await asyncio.gather(*(self._make(plan, move, None) for move in moves))
        plan.proposal_id = next((answer.receipt["proposal_id"] for answer in answers if answer.receipt), "")

    async def _make(self, plan: Plan, move: Move, shown: int | None) -> Answer:
        command_id = f"lab-{next(self.numbers):07d}"
        asked = Asked(command_id, move.actor, move.verb, move.body, plan.proposal_id or None, shown)
        self.book.intend(asked)
        doors = self.random.sample(self.doors, len(self.doors))
        if self.random.random() < self.habits.twins:
            twins = await asyncio.gather(*(self._ask(asked, move, doors[n:] + doors[:n]) for n in range(len(doors))))
            return next((answer for answer in twins if answer.receipt), twins[0])
        return await self._ask(asked, move, doors)

    async def _ask(self, asked: Asked, move: Move, doors: Sequence[httpx2.AsyncClient]) -> Answer:
        """Send it, by one door after the other, until the answer is definite or the patience ends."""
        give_up = asyncio.get_running_loop().time() + self.habits.patience
        for attempt in itertools.count():
            answer = await self._send(asked, move, doors[attempt % len(doors)])
            if answer.outcome == "unknown" and not self.habits.repeats:
                answer = Answer("refused", answer.status, "taken-for-refused")
            self.book.answered(asked.command_id, answer)
            if answer.outcome != "unknown" or asyncio.get_running_loop().time() > give_up:
                return answer
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
        raise AssertionError

    async def _send(self, asked: Asked, move: Move, door: httpx2.AsyncClient) -> Answer:
        headers = {**self._as(asked.actor), "Idempotency-Key": asked.command_id}
        if asked.shown is not None:
            headers["If-Match"] = f'"{asked.shown}"'
        body: dict[str, Any] = {"json": asked.body} if asked.verb != "acknowledgement" else {}
        if move.content is not None:
            body = {"content": move.content}
            headers["Content-Type"] = "application/pdf"
        method, path = _address(asked)
        try:
            response = await door.request(method, path, headers=headers, **body)
        except httpx2.HTTPError as fault:
            return Answer("unknown", code=type(fault).__name__)
        return _read_answer(response)

    async def _read(self, actor: str, path: str) -> httpx2.Response | None:
        """What is shown; None when nothing is shown to this person, or nobody answered for long."""
        give_up = asyncio.get_running_loop().time() + self.habits.patience
        for attempt in itertools.count():
            door = self.random.choice(self.doors)
            try:
                response = await door.get(path, headers=self._as(actor))
            except httpx2.HTTPError:
                response = None
            if response is not None and response.status_code not in TRY_AGAIN and not response.is_server_error:
                return response if response.is_success else None
            if asyncio.get_running_loop().time() > give_up:
                return None
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
        raise AssertionError

    def _as(self, actor: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.office.tokens[actor]}"}


def _address(asked: Asked) -> tuple[str, str]:
    match asked.verb:
        case "creation":
            return "POST", "/proposals"
        case "change":
            return "PUT", f"/proposals/{asked.case}"
        case "document":
            return "PUT", f"/proposals/{asked.case}/documents/{asked.body['document']}"
        case verb:
            return "POST", f"/proposals/{asked.case}/{verb}"


def _read_answer(response: httpx2.Response) -> Answer:
    """Only a receipt or a refusal by name is definite; everything else may have happened or not."""
    status = response.status_code
    try:
        body = response.json()
    except ValueError:
        return Answer("unknown", status, "no-json")
    if response.is_success and "command_id" in body:
        return Answer("acknowledged", status, receipt=body)
    code = str(body.get("type", "")).rpartition(":")[2]
    if not response.is_client_error or status in TRY_AGAIN or code in ("", "contended"):
        return Answer("unknown", status, code)
    return Answer("refused", status, code)
