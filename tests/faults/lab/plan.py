"""What is to become of each case, and what its people do next when they look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from random import Random
from typing import Any

from tests.faults.lab.office import OfficeOfTheLab

Shown = Mapping[str, Any]
"""A case as the API shows it."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n% "
ENDED = {"closed", "rejected", "withdrawn"}
NOTE = "Catatan yang dikarang"
SHARE_OF_ROTATIONS = 0.2


class Fate(StrEnum):
    """What happens on the way."""

    DECREED = "decreed"
    RETURNED = "returned"
    MISMATCHED = "mismatched"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SLOW = "slow"


FATES = {Fate.DECREED: 40, Fate.RETURNED: 12, Fate.MISMATCHED: 8, Fate.REJECTED: 12, Fate.WITHDRAWN: 12, Fate.SLOW: 16}
"""In a hundred."""
STEPS = {
    "promotion": ("PENGANTAR_OPD", "VERIF", "APPROVAL", "BKN", "SK"),
    "rotation": ("PERSETUJUAN_ASAL", "VERIF", "TPK", "SK"),
}
DECIDED_AT = 3
"""How many of the first steps are decisions, at which a case can be returned or rejected."""


@dataclass(frozen=True)
class Move:
    """What one person does to the case as it was shown; `content` is a file's."""

    actor: str
    verb: str
    body: Mapping[str, Any] = field(default_factory=dict)
    content: bytes | None = None


@dataclass
class Plan:
    """One case: who is concerned, what strikes it at which step, and how it stands as far as we know."""

    asked: Mapping[str, Any]
    proposer: str
    subjects: Sequence[str]
    fate: Fate
    strikes_at: str
    random: Random
    rivals: float = 0.0
    """Share of moves at which somebody acts on the same thing at the same time."""
    delay: int = 0
    """Stretches of time for which nobody acts at the step, when the fate is to be slow."""
    leisure: int = 0
    """Stretches of time until the decree's receipt is acknowledged."""
    proposal_id: str = ""
    corrected: set[int] = field(default_factory=set)
    struck: bool = False
    ended: bool = False

    def time_passed(self) -> None:
        """One stretch less to wait."""
        self.delay, self.leisure = max(0, self.delay - 1), max(0, self.leisure - 1)

    def has_rival(self) -> bool:
        """Whether somebody acts on the same thing at the same time."""
        return self.random.random() < self.rivals


def planned(office: OfficeOfTheLab, random: Random, first_of_month: Callable[[int], str], rivals: float) -> Plan:
    """A new case; `first_of_month(n)` is the first day of the n-th month from now."""
    rotates = random.random() < SHARE_OF_ROTATIONS
    fate = random.choices(list(FATES), list(FATES.values()))[0]
    steps = STEPS["rotation" if rotates else "promotion"]
    if fate is Fate.MISMATCHED:
        strikes_at = "BKN"
    elif fate in (Fate.RETURNED, Fate.REJECTED):
        strikes_at = random.choice(steps[:DECIDED_AT])
    else:
        strikes_at = random.choice(steps)
    if rotates:
        swap = next(office.swaps)
        moves = [
            {"subject": swap.first, "to_post": swap.second_post},
            {"subject": swap.second, "to_post": swap.first_post},
        ]
        proposer, subjects = random.choice(office.at("role/pyb")), [swap.first, swap.second]
        asked: dict[str, Any] = {
            "matter": "rotation",
            "moves": moves,
            "target_tmt": first_of_month(random.choice((1, 2))),
        }
    else:
        candidate = next(office.candidates)
        proposer, subjects = candidate.proposer, [candidate.subject]
        asked = {"matter": "promotion", "kind": "REG", "subject": candidate.subject}
    return Plan(
        asked,
        proposer,
        subjects,
        fate,
        strikes_at,
        Random(random.random()),
        rivals,
        delay=random.choice((1, 2)) if fate is Fate.SLOW else 0,
        leisure=random.choice((0, 0, 0, 1)),
    )


def next_moves(plan: Plan, shown: Shown, office: OfficeOfTheLab, today: str) -> list[Move]:
    """What happens next, several moves when people act at once; nothing when all wait for time."""
    state = shown["state"]
    if state in ENDED:
        plan.ended = True
        return []
    if state in ("draft", "returned"):
        return _at_the_proposer(plan, shown)
    if state == "in-review":
        return _at_a_step(plan, shown, office, today)
    if state == "in-effect" and plan.leisure == 0:
        return [Move(desk.removeprefix("person/"), "acknowledgement") for desk in _receivers(shown, office)]
    return []


def _receivers(shown: Shown, office: OfficeOfTheLab) -> Iterator[str]:
    """Everyone who has not confirmed yet."""
    waiting = shown["waiting"]["desks"]
    yield from (desk if desk.startswith("person/") else f"person/{office.at(desk)[0]}" for desk in waiting)


def _at_the_proposer(plan: Plan, shown: Shown) -> list[Move]:
    missing = [document["code"] for document in shown["documents"] if document["required"] and not document["attached"]]
    if missing:
        content = PDF + f"{missing[0]} {plan.random.random()}".encode()
        body = {"document": missing[0], "sha256": sha256(content).hexdigest(), "size": len(content)}
        return [Move(plan.proposer, "document", body, content)]
    change = Move(plan.proposer, "change", {"asked": plan.asked, "reason": f"Perbaikan {plan.random.random()}"})
    if shown["state"] == "returned" and shown["round"] not in plan.corrected:
        plan.corrected.add(shown["round"])
        return [change]
    submission = Move(plan.proposer, "submission", {"note": NOTE})
    # In another window the proposer words it anew: one of the two has not seen what the other did.
    return [submission, change] if plan.has_rival() else [submission]


def _at_a_step(plan: Plan, shown: Shown, office: OfficeOfTheLab, today: str) -> list[Move]:
    waiting = shown["waiting"]
    deciders = _deciders(plan, waiting, office)
    actor = plan.random.choice(deciders)
    strikes = waiting["step"] == plan.strikes_at and not plan.struck
    if strikes and plan.fate is Fate.SLOW and plan.delay:
        return []
    move = _onward(waiting, actor, today)
    if strikes:
        plan.struck = True
        move = _struck(plan, move, waiting, today)
    if plan.has_rival():
        rival = plan.random.choice([other for other in deciders if other != actor] or [actor])
        return [move, _onward(waiting, rival, today)]
    return [move]


def _deciders(plan: Plan, waiting: Shown, office: OfficeOfTheLab) -> list[str]:
    """Who may act at the step: its desks' holders, and those who stand in for them."""
    people = [person for desk in (*waiting["desks"], *waiting["acting_for"]) for person in office.at(desk)]
    concerned = {plan.proposer, *plan.subjects}
    return [person for person in dict.fromkeys(people) if person not in concerned]


def _onward(waiting: Shown, actor: str, today: str) -> Move:
    place = {"step": waiting["step"], "round": waiting["round"]}
    match waiting["kind"]:
        case "external":
            return Move(actor, "outcome", {**place, "outcome": "MS", "number": "PT-1", "dated": today, "note": NOTE})
        case "decree":
            return Move(actor, "decree", {**place, "number": "SK-1/LAB", "dated": today})
        case _:
            return Move(actor, "approval", {**place, "note": NOTE})


def _struck(plan: Plan, onward: Move, waiting: Shown, today: str) -> Move:
    """The fate's own move at its step."""
    place = {"step": waiting["step"], "round": waiting["round"]}
    match plan.fate:
        case Fate.WITHDRAWN:
            return Move(plan.proposer, "withdrawal", {"note": NOTE})
        case Fate.RETURNED:
            return Move(onward.actor, "return", {**place, "reason_code": "incomplete", "note": NOTE})
        case Fate.REJECTED:
            return Move(onward.actor, "rejection", {**place, "reason_code": "tenure-short", "note": NOTE})
        case Fate.MISMATCHED:
            return Move(
                onward.actor,
                "outcome",
                {**place, "outcome": "BTS", "reason_code": "incomplete", "dated": today, "note": NOTE},
            )
        case Fate.DECREED | Fate.SLOW:
            return onward
