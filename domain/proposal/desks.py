"""Which desks a step waits at, and who may stand in: found from the organisation when the step opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.proposal.events import Stall
from domain.proposal.matter import Promotion
from domain.proposal.proposal import Case
from domain.register.organisation import Organisation
from domain.rulebook.model import Calendar, Holder, RoleHolder, Step, Subjects, UnitHead
from domain.vocabulary import Role

FALLBACK = Role.ADMINISTRATOR
"""Where a step waits when nobody else can be found: never on nobody."""


@dataclass(frozen=True)
class Desk:
    """A desk and, when it is a substitute, why: its holder is missing or may not decide this case."""

    code: str
    stall: Stall = ""


def desks_for(step: Step, case: Case, organisation: Organisation) -> list[Desk]:
    """Every desk that must act at the step, each once, in the order of the route's holders."""
    found = {desk.code: desk for holder in step.holders for desk in _desks(holder, case, organisation)}
    return list(found.values())


def superior_desk(desk: str, case: Case, organisation: Organisation) -> str:
    """The desk one level up, which may act when this one is overdue."""
    kind, _, name = desk.partition("/")
    if kind == "unit":
        above = list(organisation.upward(name))[1:]
        return _head_desk(above[0].unit, case, organisation).code if above else _last_resort(case, organisation)
    if kind == "role" and name in (Role.VERIFIER, Role.APPROVER, Role.BOARD):
        return _role_desk(Role.PYB, case, organisation).code
    return f"role/{FALLBACK}"


def _desks(holder: Holder, case: Case, organisation: Organisation) -> Iterator[Desk]:
    match holder:
        case RoleHolder():
            yield _role_desk(holder.role, case, organisation)
        case Subjects():
            yield from (Desk(f"person/{subject}") for subject in case.matter.subjects)
        case UnitHead():
            yield from (_head_desk(unit, case, organisation) for unit in _units(holder, case, organisation))
        case Calendar():
            return


def _units(holder: UnitHead, case: Case, organisation: Organisation) -> Iterator[str]:
    matter = case.matter
    origin = [matter.unit] if isinstance(matter, Promotion) else matter.from_units
    target = [] if isinstance(matter, Promotion) else [move.to_unit for move in matter.moves]
    if holder.of == "subject-unit":
        yield from dict.fromkeys(origin)
        return
    for unit in dict.fromkeys(origin if holder.of == "subject-office" else target):
        if office := organisation.office_of(unit):
            yield office.unit
        else:
            yield unit


def _head_desk(unit: str, case: Case, organisation: Organisation) -> Desk:
    stall: Stall = ""
    for ancestor in organisation.upward(unit):
        head = organisation.head_of(ancestor.unit)
        if head and not case.involves(head.subject):
            return Desk(f"unit/{ancestor.unit}", stall)
        stall = stall or ("conflict" if head else "vacant")
    return Desk(_last_resort(case, organisation), stall or "vacant")


def _last_resort(case: Case, organisation: Organisation) -> str:
    return _role_desk(Role.PYB, case, organisation).code


def _role_desk(role: Role, case: Case, organisation: Organisation) -> Desk:
    holders = organisation.roles.get(role, ())
    if any(not case.involves(holder) for holder in holders):
        return Desk(f"role/{role}")
    return Desk(f"role/{FALLBACK}", "conflict" if holders else "vacant")
