"""A second, small telling of how a proposal moves, written from the rules and not from the service's code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.faults.lab.judging.log import Event

VERBS = {
    "step-approved": "approve",
    "outcome-recorded": "record-outcome",
    "decree-issued": "issue-decree",
    "returned": "return",
    "rejected": "reject",
}
"""Decisions, and how the index of decisions names them."""
CHASING = {"reminder-sent", "step-escalated", "step-marked-stalled", "decree-delivered", "effect-refused"}
"""Events that change nothing a decision rests on."""
ENDS = {"closed": "closed", "rejected": "rejected", "withdrawn": "withdrawn"}
STAGES = {"effect": "decided", "delivery": "in-effect"}


@dataclass
class Step:
    """A step from its opening to whatever ended it."""

    code: str
    kind: str
    round: int
    desks: list[str]
    opened_at: datetime
    due_at: datetime | None
    remind_at: list[datetime]
    escalate_at: datetime | None
    stalled_at: datetime | None
    stall: str
    done: set[str] = field(default_factory=set)
    substitutes: dict[str, str] = field(default_factory=dict)
    clocked: list[tuple[str, int, datetime]] = field(default_factory=list)
    """What the clock did here: kind, count and instant."""
    ended_at: datetime | None = None

    @property
    def waiting(self) -> list[str]:
        """Desks that have not acted."""
        return [desk for desk in self.desks if desk not in self.done]

    @property
    def may_act(self) -> set[str]:
        """Those, and whoever stands in for one of them."""
        return {*self.waiting, *(stand_in for desk, stand_in in self.substitutes.items() if desk in self.waiting)}

    def times(self, kind: str) -> int:
        """How often the clock did this here."""
        return sum(found == kind for found, _, _ in self.clocked)

    def due(self) -> Iterator[tuple[str, int, datetime]]:
        """What the clock must do here if the step stays open: kind, count (from 1) and the instant."""
        yield from (("reminder-sent", count, at) for count, at in enumerate(self.remind_at, start=1))
        if self.escalate_at:
            yield "step-escalated", 1, self.escalate_at
        if self.stalled_at:
            yield "step-marked-stalled", 1, self.stalled_at
        if self.kind == "effect" and self.due_at:
            tries = self.times("effect-refused")
            yield "took-effect", 1, self.due_at + tries * timedelta(days=1)
        if self.kind == "delivery":
            yield "decree-delivered", 1, self.opened_at

    def next_at(self) -> datetime | None:
        """The next instant on which the clock must act."""
        return min((at for kind, count, at in self.due() if self.times(kind) < count), default=None)


@dataclass
class Case:
    """A proposal after its events; `wrong` tells of events that could not follow."""

    id: str
    proposer: str
    matter: dict[str, Any]
    state: str = "draft"
    round: int = 0
    version: int = 0
    step: Step | None = None
    steps: list[Step] = field(default_factory=list)
    signed: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    tmt: str = ""
    ended_at: int | None = None
    """Position of the event that ended it."""
    effects: list[Event] = field(default_factory=list)
    owed: dict[str, set[str]] = field(default_factory=dict)
    """The desks that each event owes a notice, by the event's id."""
    wrong: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether anything is left to do."""
        return self.ended_at is None

    @property
    def subjects(self) -> list[str]:
        """Whom it is about."""
        return subjects_of(self.matter)

    @property
    def concerned(self) -> set[str]:
        """The own desks of the proposer and the subjects."""
        return {f"person/{person}" for person in (self.proposer, *self.subjects)}


def subjects_of(matter: dict[str, Any]) -> list[str]:
    """Whom a matter is about."""
    return [move["subject"] for move in matter["moves"]] if "moves" in matter else [matter["subject"]]


def fold(number: str, events: Sequence[Event]) -> Case:
    """The case after its events."""
    first = events[0].data
    case = Case(number, first["proposer"], first["matter"])
    for event in events:
        case.version += 1
        if not case.open:
            case.wrong.append(f"{event.type} after the end")
        _told(case, event)
    return case


def _told(case: Case, event: Event) -> None:
    data = event.data
    case.owed[event.told["event_id"]] = set()
    match event.type:
        case "draft-changed":
            case.matter = data["matter"]
        case "step-opened":
            _opened(case, event)
        case kind if kind in VERBS:
            _signed(case, event)
        case kind if kind in CHASING:
            _clocked(case, event)
        case "took-effect":
            case.effects.append(event)
            _clocked(case, event)
            _owe(case, event, case.concerned)
        case "receipt-acknowledged":
            _done(case, event, f"person/{data['subject']}")
    if event.type in ENDS:
        _end(case, event, ENDS[event.type])
        if event.type != "closed":
            _owe(case, event, case.concerned)


def _opened(case: Case, event: Event) -> None:
    data = event.data
    _leave(case, event)
    case.step = Step(
        code=data["step"],
        kind=data["kind"],
        round=data["round"],
        desks=data["desks"],
        opened_at=event.at,
        due_at=_instant(data["due_at"]),
        remind_at=[datetime.fromisoformat(at) for at in data["remind_at"]],
        escalate_at=_instant(data["escalate_at"]),
        stalled_at=_instant(data["stalled_at"]),
        stall=data["stall"],
    )
    case.steps.append(case.step)
    case.round, case.state = data["round"], STAGES.get(data["kind"], "in-review")
    _owe(case, event, set(data["desks"]))


def _signed(case: Case, event: Event) -> None:
    data = event.data
    place = (data["step"], data["round"], data["desk"])
    if place in [entry[:3] for entry in case.signed]:
        case.wrong.append(f"{place} decided twice")
    case.signed.append((*place, VERBS[event.type], event.told["actor"]))
    _done(case, event, data["desk"])
    if event.type == "decree-issued":
        case.tmt = data["tmt"]
        _owe(case, event, case.concerned)
    if event.type == "returned" or data.get("outcome") == "BTS":
        case.state = "returned"
        _leave(case, event)
    if data.get("to") == "proposer":
        _owe(case, event, {f"person/{case.proposer}"})
    if data.get("outcome") == "TMS":
        _end(case, event, "rejected")
        _owe(case, event, case.concerned)


def _clocked(case: Case, event: Event) -> None:
    step, data = case.step, event.data
    if step is None or step.code != data["step"] or step.round != data.get("round", step.round):
        case.wrong.append(f"{event.type} at {data['step']}, which is not open")
        return
    step.clocked.append((event.type, data.get("count", step.times(event.type) + 1), event.at))
    if event.type == "step-escalated":
        step.substitutes = data["substitutes"]
        _owe(case, event, set(data["substitutes"].values()))
    elif event.type == "reminder-sent":
        _owe(case, event, set(step.waiting))
    elif event.type in ("step-marked-stalled", "effect-refused"):
        _owe(case, event, {"role/administrator"})


def _done(case: Case, event: Event, desk: str) -> None:
    """A desk acted at the open step; anywhere else it could not."""
    step, data = case.step, event.data
    there = step is not None and (step.code, step.round) == (data["step"], data.get("round", step.round))
    if step is None or not there or desk not in step.waiting:
        case.wrong.append(f"{event.type} by {desk} at {data['step']}, which does not wait for it")
        return
    step.done.add(desk)


def _end(case: Case, event: Event, state: str) -> None:
    _leave(case, event)
    case.state = state
    case.ended_at = event.position if case.ended_at is None else case.ended_at


def _leave(case: Case, event: Event) -> None:
    if case.step is not None:
        case.step.ended_at = event.at
    case.step = None


def _owe(case: Case, event: Event, desks: set[str]) -> None:
    case.owed[event.told["event_id"]] |= desks


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
