"""The table a proposal is checked against, written by hand: who may do what where, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.proposal import commands as c
from tests.support.people import (
    ADMIN,
    APPROVER,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    STAFF,
    VERIFIER,
)

WRITING = ("draft", "returned")
OVER = ("rejected", "withdrawn", "closed")
EFFECT = "EFEKTIF"
FORWARD = ("approve", "MS", "decree")


@dataclass(frozen=True)
class Stage:
    """Who sits at each desk of a step, who may act for a desk that is late, and what each verb leads to."""

    desks: Mapping[str, tuple[str, ...]]
    stand_in: str
    leads: Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """One kind of proposal."""

    proposer: str
    subjects: tuple[str, ...]
    documents: tuple[str, ...]
    optional: str
    monthly: bool
    """Whether it is lodged until the 15th for the first of the next month, or at any time for the day it names."""
    stages: Mapping[str, Stage]
    delivery: str


@dataclass(frozen=True)
class Case:
    """Where a proposal is, and who decided what."""

    stage: str
    tmt: date
    round: int = 0
    late: bool = False
    done: frozenset[str] = frozenset()
    """Desks of the present step that have acted."""
    approvals: frozenset[tuple[str, str]] = frozenset()
    """Who approved which step."""
    documents: frozenset[tuple[str, str]] = frozenset()
    version: int = 0
    changed_in: int = 0

    def moved(self, stage: str) -> Case:
        """The case at another step."""
        return replace(self, stage=stage, late=False, done=frozenset())


PROMOTION = Way(
    proposer=HEAD,
    subjects=(STAFF,),
    documents=("SK_PANGKAT", "SKP_1", "SKP_2"),
    optional="IJAZAH",
    monthly=True,
    stages={
        "PENGANTAR_OPD": Stage(
            {"unit/DINAS-A": (CHIEF,)}, PYB, {"approve": "VERIF", "return": "returned", "reject": "rejected"}
        ),
        "VERIF": Stage(
            {"role/verifier": (VERIFIER,)}, PYB, {"approve": "APPROVAL", "return": "returned", "reject": "rejected"}
        ),
        "APPROVAL": Stage(
            {"role/approver": (APPROVER, CHIEF)}, PYB, {"approve": "BKN", "return": "VERIF", "reject": "rejected"}
        ),
        "BKN": Stage(
            {"role/verifier": (VERIFIER,)},
            PYB,
            {"MS": "SK", "BTS": "VERIF", "TMS": "rejected", "return": "VERIF", "reject": "rejected"},
        ),
        "SK": Stage({"role/ppk": (PPK,)}, ADMIN, {"decree": EFFECT, "return": "VERIF", "reject": "rejected"}),
    },
    delivery="DISTRIBUSI",
)
SWAP = Way(
    proposer=PYB,
    subjects=(HEAD, OTHER_HEAD),
    documents=("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN"),
    optional="SK_PANGKAT",
    monthly=False,
    stages={
        "PERSETUJUAN_ASAL": Stage(
            {"unit/DINAS-A": (CHIEF,), "unit/DINAS-B": (OTHER_CHIEF,)},
            ADMIN,
            {"approve": "VERIF", "return": "returned", "reject": "rejected"},
        ),
        "VERIF": Stage(
            {"role/verifier": (VERIFIER,)}, ADMIN, {"approve": "TPK", "return": "returned", "reject": "rejected"}
        ),
        "TPK": Stage({"role/board": (BOARD,)}, ADMIN, {"approve": "SK", "return": "VERIF", "reject": "rejected"}),
        "SK": Stage({"role/ppk": (PPK, STAFF)}, ADMIN, {"decree": EFFECT, "return": "VERIF", "reject": "rejected"}),
    },
    delivery="SERAH_TERIMA",
)


def after(way: Way, case: Case, command: c.Command, today: date) -> Case | None:
    """The case after a person's command; itself when nothing changes, None when it is to be refused."""
    match command:
        case c.Acknowledge():
            return _acknowledged(way, case, command.actor)
        case c.AtStep():
            return _at_step(way, case, command)
        case c.ToProposal():
            return _by_proposer(way, case, command, today)
    return None


def open_for(way: Way, tmt: date, today: date) -> date:
    """The TMT of a proposal that is worded on the day. Source: letter of BKN 13749/B-MP.01.01/SD/D/2025."""
    return _first_of_month(today, 1 if today.day < 16 else 2) if way.monthly else tmt


def _first_of_month(day: date, later: int) -> date:
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def chased(way: Way, case: Case, happened: Sequence[str]) -> Case:
    """The case after what the clock did."""
    if "proposal.took-effect" in happened:
        return case.moved(way.delivery)
    return replace(case, late=case.late or "proposal.step-escalated" in happened)


def verb(command: c.AtStep) -> str:
    """The table's word for it."""
    match command:
        case c.ApproveStep():
            return "approve"
        case c.ReturnProposal():
            return "return"
        case c.RejectProposal():
            return "reject"
        case c.RecordOutcome():
            return command.outcome
    return "decree"


def _by_proposer(way: Way, case: Case, command: c.ToProposal, today: date) -> Case | None:
    if command.actor != way.proposer or not _shown(case, command):
        return None
    if isinstance(command, c.Withdraw):
        return case.moved("withdrawn") if case.stage in (*WRITING, *way.stages) else None
    if case.stage not in WRITING:
        return None
    match command:
        case c.AttachDocument():
            return replace(case, documents=_with(case, command.document, command.sha256))
        case c.Submit():
            attached = {document for document, _ in case.documents}
            in_time = not way.monthly or today < _first_of_month(case.tmt, -1).replace(day=16)
            lodged = replace(case.moved(next(iter(way.stages))), round=case.round + 1)
            return lodged if in_time and attached.issuperset(way.documents) else None
    return replace(case, tmt=open_for(way, case.tmt, today))


def _with(case: Case, document: str, sha256: str) -> frozenset[tuple[str, str]]:
    others = frozenset(pair for pair in case.documents if pair[0] != document)
    return others | {(document, sha256)}


def _at_step(way: Way, case: Case, command: c.AtStep) -> Case | None:
    stage = way.stages.get(case.stage)
    if stage is None or (command.step, command.round) != (case.stage, case.round) or not _shown(case, command):
        return None
    leads = stage.leads.get(verb(command))
    desk = _desk(stage.desks, stage.stand_in, case, command.actor)
    # Nobody approves two steps of one case, or goes on after it in another way; BKN's answer is only passed on.
    second_hat = any(who == command.actor and step != case.stage for who, step in case.approvals)
    if leads is None or desk is None or (second_hat and case.stage != "BKN"):
        return None
    if isinstance(command, c.ApproveStep):
        case = replace(case, approvals=case.approvals | {(command.actor, case.stage)}, done=case.done | {desk})
        return case.moved(leads) if len(case.done) == len(stage.desks) else case
    back = leads == "VERIF"
    return replace(case.moved(leads), round=case.round + back)


def _acknowledged(way: Way, case: Case, actor: str) -> Case | None:
    if case.stage != way.delivery:
        return None
    desk = _desk({f"person/{subject}": (subject,) for subject in way.subjects}, ADMIN, case, actor)
    if desk is None:
        return None
    case = replace(case, done=case.done | {desk})
    return case.moved("closed") if len(case.done) == len(way.subjects) else case


def _desk(desks: Mapping[str, tuple[str, ...]], stand_in: str, case: Case, actor: str) -> str | None:
    """The desk for which somebody acts: the own one, or the last that waits when it is late."""
    waiting = [desk for desk in desks if desk not in case.done]
    own = [desk for desk in waiting if actor in desks[desk]]
    late = waiting if case.late and actor == stand_in else []
    return next(iter([*own, *reversed(late)]), None)


def _shown(case: Case, command: c.ToProposal) -> bool:
    shown = command.expected_version
    return shown is not None and case.changed_in <= shown <= case.version
