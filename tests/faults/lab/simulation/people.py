"""What people can say, in the table's words, and the book they keep of what they said and were told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.errors import DomainError
from domain.ports import Receipt
from domain.proposal import commands as c
from tests.faults.lab.simulation.model import PROMOTION, Case, Way, after
from tests.support import builders as b
from tests.support.people import STAFF, everybody

CAST = [one.subject for one in everybody()]
AT_STEP: Mapping[str, Callable[..., c.Command]] = {
    "approve": b.approve,
    "return": b.return_,
    "reject": b.reject,
    "MS": lambda step, actor, round_: b.record_outcome("MS", actor, step=step, round_=round_),
    "BTS": lambda step, actor, round_: b.record_outcome("BTS", actor, step=step, round_=round_),
    "TMS": lambda step, actor, round_: b.record_outcome("TMS", actor, step=step, round_=round_),
    "decree": lambda step, actor, round_: b.issue_decree(actor, step=step, round_=round_),
}
ALONE = ("change", "attach", "attach anew", "submit", "withdraw", "acknowledge")
VERBS = [*AT_STEP, *ALONE]
FORWARD = ("approve", "MS", "decree", "submit", "acknowledge")
BACK = ("return", "BTS")


def asked(way: Way) -> c.Asked:
    """What the proposal is about; a promotion for the next TMT that is open."""
    return c.PromotionAsked(subject=STAFF) if way is PROMOTION else b.SWAP_ASKED


def worded(way: Way, case: Case, actor: str, verb: str, proposal_id: str = "KP-1") -> Any:
    """The command, on the version that the case has."""
    command = _at_step(case, actor, verb) if verb in AT_STEP else _alone(way, actor, verb)
    return command.model_copy(update={"proposal_id": proposal_id, "expected_version": case.version})


def able(way: Way, case: Case, verbs: Iterable[str], today: date) -> list[tuple[str, str]]:
    """Who may do which of the verbs now, by the table."""
    return [
        (actor, verb)
        for verb in verbs
        for actor in CAST
        if after(way, case, worded(way, case, actor, verb), today) is not None
    ]


def _at_step(case: Case, actor: str, verb: str) -> c.Command:
    step = case.stage if case.stage.isupper() else "VERIF"
    return AT_STEP[verb](step, actor, round_=case.round)


def _alone(way: Way, actor: str, verb: str) -> c.Command:
    match verb:
        case "change":
            return b.change(actor, asked(way))
        case "attach":
            return b.attach(way.optional, actor)
        case "attach anew":
            return b.attach(way.optional, actor, "b" * 64)
        case "submit":
            return b.submit(actor)
        case "withdraw":
            return b.withdraw(actor)
        case "acknowledge":
            return b.acknowledge(actor)
    return b.attach(verb.removeprefix("attach "), actor)


@dataclass
class Book:
    """Every command by its id, with its last answer; a command without one is repeated until it has one."""

    sent: dict[str, c.Command] = field(default_factory=dict)
    acknowledged: dict[str, Receipt] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, c.Command] = field(default_factory=dict)
    resolved: int = 0

    def note(self, command: c.Command, answer: Receipt | DomainError | None) -> None:
        """One answer, or none."""
        number = command.command_id
        if answer is None:
            self.unknown[number] = command
            return
        self.resolved += self.unknown.pop(number, None) is not None
        if isinstance(answer, Receipt):
            self.refused.pop(number, None)
            known = self.acknowledged.setdefault(number, answer)
            assert known == answer.model_copy(update={"repeated": known.repeated}), f"another answer to {number}"
        else:
            assert number not in self.acknowledged, f"{number} was acknowledged, is refused now: {answer.code}"
            self.refused[number] = answer.code
