"""The loop of the workflow in plain Python: what it asks of the world, given all that it was told.

`workflows.level_triggered` and `workflows.proposal` again, without the engine; the corpus of recorded histories shows
that both ask for the same things.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.proposal.brief import Brief, Due
from domain.proposal.commands import SystemCommand
from domain.rulebook.model import StepKind
from workflows.census import Standing
from workflows.level_triggered import LOOK_AGAIN
from workflows.options import LEDGER, OUTSIDE, ActivityOptions
from workflows.proposal import MOVED_ON


@dataclass(frozen=True)
class Call:
    """An activity, tried again until it answers; `options` say for how long."""

    activity: str
    argument: Any
    options: ActivityOptions = field(default_factory=lambda: LEDGER, repr=False)


@dataclass(frozen=True)
class Rest:
    """A wait for a poke, at the longest until the instant."""

    until: datetime | None


class Refused(Exception):
    """The ledger's answer to an activity: a refusal's code."""


class GivenUp(Exception):
    """The activity was tried for as long as its options say."""


Asked = Call | Rest
Steps = Generator[Asked, Any, Any]


class Twin:
    """One workflow. Whoever runs it keeps `now`, the engine's time, up to date."""

    def __init__(self, proposal_id: str, now: datetime, seen: int = 0) -> None:
        self.proposal_id = proposal_id
        self.now = now
        self.seen = seen
        self.stale = False
        self.shown = Standing(proposal_id, "", "", "")

    def poked(self, version: int = 0) -> None:
        """The ledger moved."""
        if version == 0 or version != self.seen:
            self.stale = True

    def run(self) -> Steps:
        """Until nothing is left to do."""
        while (brief := (yield from self.read())).open:
            if brief.awaits == StepKind.EFFECT:
                yield from self.bring_into_effect(brief)
            else:
                yield from self.serve(brief)

    def read(self) -> Generator[Asked, Any, Brief]:
        """The brief as of now."""
        self.stale = False
        brief: Brief = yield Call("load_brief", self.proposal_id)
        self.seen = brief.version
        self.shown = Standing(self.proposal_id, brief.matter, brief.stage, brief.unit, brief.due_at)
        return brief

    def bring_into_effect(self, brief: Brief) -> Steps:
        """On the day, or its refusal is put on record."""
        due = brief.dues[0] if brief.dues else None
        if due is None or due.command.kind != "take-effect" or due.at > self.now:
            yield from self.serve(brief)
            return
        refusal = yield from self.record(due.command)
        if refusal and refusal not in MOVED_ON:
            refusal = yield from self.record(due.refused(refusal))
        if refusal:
            yield from self.rest(self.now + LOOK_AGAIN)

    def serve(self, brief: Brief) -> Steps:
        """Send what is owed, else do what is due, else rest."""
        owed = next((owed for owed in brief.owed if owed.not_before <= self.now), None)
        if owed is not None:
            yield from self.deliver(owed.notice_id)
        elif brief.dues and brief.dues[0].at <= self.now:
            yield from self.do(brief.dues[0])
        else:
            instants = [owed.not_before for owed in brief.owed] + [due.at for due in brief.dues]
            yield from self.rest(min(instants, default=None))

    def do(self, due: Due) -> Steps:
        """Record what is due."""
        if (yield from self.record(due.command)):
            yield from self.rest(self.now + LOOK_AGAIN)

    def record(self, command: SystemCommand) -> Generator[Asked, Any, str | None]:
        """The refusal's code, or None."""
        try:
            yield Call("record", command)
        except Refused as refused:
            return str(refused)
        return None

    def deliver(self, notice_id: int) -> Steps:
        """Send, then mark; or defer."""
        try:
            yield Call("send_notice", notice_id, OUTSIDE)
        except GivenUp:
            yield Call("defer_notice", notice_id)
        else:
            yield Call("mark_sent", notice_id)

    def rest(self, until: datetime | None) -> Steps:
        """Wait."""
        if not self.stale:
            yield Rest(until)


@dataclass(frozen=True)
class Heard:
    """What a workflow was told, and when: a poke's version, an answer, or a failure."""

    at: datetime
    poke: int | None = None
    answer: Any = None
    failure: Exception | None = None


class Run:
    """A workflow as the engine keeps it: its start and all that it heard since, from which it can be had again."""

    def __init__(self, twin: type[Twin], proposal_id: str, at: datetime, seen: int = 0) -> None:
        self.start = (twin, proposal_id, at, seen)
        self.heard: list[Heard] = []
        self.twin = twin(proposal_id, at, seen)
        self.steps = self.twin.run()
        self.asking: Asked | None = next(self.steps)

    @property
    def ended(self) -> bool:
        """Whether it came to its end."""
        return self.asking is None

    def hear(self, heard: Heard) -> None:
        """Go on until it asks for something else."""
        self.heard.append(heard)
        self.twin.now = heard.at
        if heard.poke is not None:
            self.twin.poked(heard.poke)
            return
        try:
            self.asking = self.steps.throw(heard.failure) if heard.failure else self.steps.send(heard.answer)
        except StopIteration:
            self.asking = None

    def wake(self, at: datetime) -> bool:
        """End a rest that is over; whether it was."""
        if isinstance(self.asking, Rest) and (self.twin.stale or (self.asking.until and self.asking.until <= at)):
            self.hear(Heard(at))
            return True
        return False

    def again(self, events: int | None = None) -> Run:
        """The same run after only so many events: what a replay makes of its history."""
        run = Run(*self.start)
        for heard in self.heard[:events]:
            run.hear(heard)
        return run


def patience(call: Call) -> timedelta | None:
    """For how long the call is tried; None is for ever."""
    return call.options.get("schedule_to_close_timeout")
