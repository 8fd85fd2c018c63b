"""The small world of every situation: an office in memory, the events that led here, and the commands of its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from activities.rule_files import read_rulebook
from domain.calendar import WorkingCalendar
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.facts import Facts
from domain.proposal.matter import Matter, Promotion, Rotation
from domain.proposal.proposal import Nothing, Proposal, Recorded
from domain.register.changes import PersonFacts
from domain.register.events import FactsRecorded, PersonRegistered, UnitDescribed
from domain.register.facts import SEAT, Assignment, Fact, PostHeld, PostKind, RoleGranted
from domain.register.organisation import Head, Organisation
from domain.register.person import Person
from domain.register.person import fold as fold_person
from domain.rotation.moves import Move
from domain.rulebook.model import Assessment, StepKind
from domain.rulebook.rulebook import route_hash
from domain.vocabulary import Grade, Role
from tests.support.people import (
    AGENCY,
    APPROVER,
    BOARD,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    SOURCE,
    STAFF,
    UNITS,
    VERIFIER,
    everybody,
)

RULEBOOK = read_rulebook()
CALENDAR = WorkingCalendar(days_off=frozenset({date(2026, 1, 22)}), version="test-calendar")
NOW = datetime(2026, 1, 20, 2, tzinfo=UTC)
"""A Tuesday, nine o'clock in the office; Thursday is a day off."""
TODAY = date(2026, 1, 20)
TMT = date(2026, 3, 1)
TMT_AT = datetime(2026, 2, 28, 17, tzinfo=UTC)
"""Midnight of the office's time zone on the TMT."""
DAY = timedelta(days=1)
LATEST = -1
"""As an expected version: whatever the version is when the command is given."""
SHA = "a" * 64


def registered(people: Iterable[PersonFacts], agency: str = AGENCY) -> dict[str, Person]:
    """The people as the register folds them."""
    return {
        entry.subject: fold_person(
            [
                PersonRegistered(subject=entry.subject, agency=agency),
                FactsRecorded(facts=entry.facts, source=SOURCE),
            ]
        )
        for entry in people
    }


@dataclass(frozen=True)
class World:
    """Everybody in the register, the organisation tree, and the instant at which somebody asks."""

    people: Mapping[str, Person] = field(default_factory=lambda: registered(everybody()))
    units: Mapping[str, UnitDescribed] = field(default_factory=lambda: {unit.unit: unit for unit in UNITS})
    at: datetime = NOW

    def when(self, at: datetime) -> World:
        """The same world at another instant."""
        return replace(self, at=at)

    def knowing(self, subject: str, *facts: Fact, agency: str = AGENCY) -> World:
        """The world in which the person is known by these facts only."""
        known = registered([PersonFacts(subject=subject, facts=list(facts))], agency) if facts else {}
        return replace(self, people={**self.people, subject: Person(), **known})

    def also(self, subject: str, *facts: Fact) -> World:
        """The world in which the person has these facts beside the others."""
        person = fold_person([FactsRecorded(facts=list(facts), source=SOURCE)], self.people[subject])
        return replace(self, people={**self.people, subject: person})

    def without(self, *subjects: str) -> World:
        """The world that does not know these people."""
        return replace(self, people={ref: p for ref, p in self.people.items() if ref not in subjects})

    def facts(self, command: c.Command, state: Proposal = Nothing()) -> Facts:  # noqa: B008 - it is frozen
        """What a decision on the command may look at."""
        agency = command.agency if isinstance(command, c.CreateDraft) else _agency_of(state)
        colleagues = {ref: person for ref, person in self.people.items() if person.agency == agency}
        held = desks(colleagues.get(command.actor, Person()), command.actor, self.today)
        return Facts(
            at=self.at,
            calendar=CALENDAR,
            rulebook=RULEBOOK,
            organisation=Organisation(self.units, self._heads, self._roles(colleagues)),
            people=colleagues,
            incumbents=self._incumbents(_tmt_of(command, state)),
            desks=frozenset(held),
            acting_desks=frozenset(desk for desk, acting in held.items() if acting),
        )

    @property
    def today(self) -> date:
        """The office's date."""
        return CALENDAR.local_date(self.at)

    @cached_property
    def _heads(self) -> dict[str, tuple[Head, ...]]:
        heads: dict[str, tuple[Head, ...]] = {}
        for ref, person in sorted(self.people.items()):
            for post in _seats(person, self.today):
                heads[post.unit] = (*heads.get(post.unit, ()), Head(ref, post.post, post.assignment))
        return heads

    def _roles(self, colleagues: Mapping[str, Person]) -> dict[Role, tuple[str, ...]]:
        roles: dict[Role, tuple[str, ...]] = {}
        for ref, person in sorted(colleagues.items()):
            for granted in person.roles_on(self.today):
                roles[granted.role] = (*roles.get(granted.role, ()), ref)
        return roles

    def _incumbents(self, day: date | None) -> dict[str, str | None]:
        found: dict[str, str | None] = dict.fromkeys(f"{SEAT}{unit}" for unit in self.units)
        for ref, person in self.people.items():
            seats = _seats(person, day or self.today)
            found |= {post.post: ref for post in seats if post.assignment is Assignment.DEFINITIVE}
        return found


def desks(person: Person, subject: str, day: date) -> dict[str, bool]:
    """A person's desks on a day, each with whether it is held only as acting."""
    held = {f"person/{subject}": False}
    for post in _seats(person, day):
        desk = f"unit/{post.unit}"
        held[desk] = post.assignment is not Assignment.DEFINITIVE and held.get(desk, True)
    return held | {f"role/{granted.role}": False for granted in person.roles_on(day)}


def _seats(person: Person, day: date) -> list[PostHeld]:
    return [post for post in person.of(PostHeld) if post.post.startswith(SEAT) and post.holds_on(day)]


def _agency_of(state: Proposal) -> str:
    return AGENCY if isinstance(state, Nothing) else state.case.agency


def _tmt_of(command: c.Command, state: Proposal) -> date | None:
    if isinstance(command, c.CreateDraft | c.ChangeDraft):
        return command.asked.target_tmt
    return None if isinstance(state, Nothing) else state.case.matter.target_tmt


OFFICE = World()


# What a case is about.

PROMOTION = Promotion(
    kind="REG",
    subject=STAFF,
    unit="SEKSI-A1",
    grade=Grade("III/b"),
    target_grade=Grade("III/c"),
    target_tmt=TMT,
)


def asked_move(subject: str, to_unit: str) -> c.MoveAsked:
    """To the head of a unit."""
    return c.MoveAsked(subject=subject, to_post=f"{SEAT}{to_unit}", to_name=f"Kepala {to_unit}", to_class=9)


def move(subject: str, from_unit: str, to_unit: str) -> Move:
    """From the head of one unit to the head of another."""
    return Move(
        subject=subject,
        from_post=f"{SEAT}{from_unit}",
        to_post=f"{SEAT}{to_unit}",
        to_unit=to_unit,
        to_name=f"Kepala {to_unit}",
        to_kind=PostKind.STRUCTURAL,
        to_eselon="41",
        to_class=9,
    )


SWAP = Rotation(
    kind="internal",
    moves=[move(HEAD, "SEKSI-A1", "SEKSI-B1"), move(OTHER_HEAD, "SEKSI-B1", "SEKSI-A1")],
    from_units=["SEKSI-A1", "SEKSI-B1"],
    target_tmt=TMT,
)
SWAP_ASKED = c.RotationAsked(moves=[asked_move(HEAD, "SEKSI-B1"), asked_move(OTHER_HEAD, "SEKSI-A1")], target_tmt=TMT)


# Events, with what a situation does not speak of filled in.

Happened = Recorded[e.ProposalEvent]
STEPS = {step.code: step for route in RULEBOOK.routes for step in route.steps}


def by(actor: str, event: e.ProposalEvent, at: datetime = NOW, proposal_id: str = "KP-1") -> Happened:
    """The event as the ledger keeps it."""
    return Recorded(event, actor, at, f"proposal/{proposal_id}")


def unasked(tmt: date = TMT) -> Assessment:
    """An assessment that says nothing."""
    return Assessment(target_tmt=tmt, rulebook_version="test", findings=[])


def drafted(matter: Matter = PROMOTION, proposer: str = HEAD) -> e.ProposalDrafted:
    """A draft."""
    return e.ProposalDrafted(agency=AGENCY, proposer=proposer, matter=matter, assessment=unasked())


def attached(document: str, sha256: str = SHA) -> e.DocumentAttached:
    """A document."""
    return e.DocumentAttached(document=document, sha256=sha256, size=10, media_type="application/pdf")


def submitted(matter: Matter = PROMOTION, round_: int = 1) -> e.ProposalSubmitted:
    """The proposal, lodged with the shipped route."""
    route = RULEBOOK.route(matter.matter, matter.kind, TODAY)
    return e.ProposalSubmitted(
        round=round_, route=route, route_hash=route_hash(route), assessment=unasked(), documents={}
    )


def opened(step: str, *desks_: str, round_: int = 1, stall: e.Stall = "") -> e.StepOpened:
    """A step that waits: reminder after three days, overdue after five, stalled after eight; an effect on the TMT."""
    shared: dict[str, Any] = {"step": step, "kind": STEPS[step].kind, "round": round_, "desks": list(desks_)}
    if STEPS[step].kind is StepKind.EFFECT:
        return e.StepOpened(**shared, due_at=TMT_AT, stalled_at=TMT_AT + timedelta(hours=1))
    return e.StepOpened(
        **shared,
        due_at=NOW + 5 * DAY,
        remind_at=[NOW + 3 * DAY],
        escalate_at=NOW + 5 * DAY,
        stalled_at=NOW + 8 * DAY,
        stall=stall,
    )


def approved(step: str, desk: str, round_: int = 1) -> e.StepApproved:
    """An approval."""
    return e.StepApproved(step=step, round=round_, desk=desk)


def returned(step: str, desk: str, to: str = "proposer", round_: int = 1) -> e.ProposalReturned:
    """A return."""
    return e.ProposalReturned(step=step, round=round_, desk=desk, to=to, reason_code="incomplete", note="SKP kurang")


def outcome(answer: str = "MS", desk: str = "role/verifier", dated: date = TODAY, round_: int = 1) -> e.OutcomeRecorded:
    """BKN's answer."""
    return e.OutcomeRecorded.model_validate(
        {"step": "BKN", "round": round_, "desk": desk, "outcome": answer, "number": "PT-1", "dated": dated}
        | {"reason_code": "" if answer == "MS" else "incomplete"}
    )


def decree(desk: str = "role/ppk", dated: date = TODAY, round_: int = 1) -> e.DecreeIssued:
    """The decree."""
    return e.DecreeIssued(step="SK", round=round_, desk=desk, number="SK-1", dated=dated, tmt=TMT)


# Histories up to a step, each done by whoever holds its desk.

PROMOTION_WAY = (
    (opened("PENGANTAR_OPD", "unit/DINAS-A"), [by(CHIEF, approved("PENGANTAR_OPD", "unit/DINAS-A"))]),
    (opened("VERIF", "role/verifier"), [by(VERIFIER, approved("VERIF", "role/verifier"))]),
    (opened("APPROVAL", "role/approver"), [by(APPROVER, approved("APPROVAL", "role/approver"))]),
    (opened("BKN", "role/verifier"), [by(VERIFIER, outcome())]),
    (opened("SK", "role/ppk"), [by(PPK, decree())]),
    (opened("EFEKTIF"), [by(c.SYSTEM, e.ProposalTookEffect(step="EFEKTIF", effective_on=TMT), TMT_AT)]),
    (opened("DISTRIBUSI", f"person/{STAFF}"), []),
)
OFFICES = ("unit/DINAS-A", "unit/DINAS-B")
SWAP_WAY = (
    (
        opened("PERSETUJUAN_ASAL", *OFFICES),
        [
            by(actor, approved("PERSETUJUAN_ASAL", desk))
            for actor, desk in zip((CHIEF, OTHER_CHIEF), OFFICES, strict=True)
        ],
    ),
    (opened("VERIF", "role/verifier"), [by(VERIFIER, approved("VERIF", "role/verifier"))]),
    (opened("TPK", "role/board"), [by(BOARD, approved("TPK", "role/board"))]),
    (opened("SK", "role/ppk"), [by(PPK, decree())]),
    (opened("EFEKTIF"), [by(c.SYSTEM, e.ProposalTookEffect(step="EFEKTIF", effective_on=TMT), TMT_AT)]),
    (opened("SERAH_TERIMA", f"person/{HEAD}", f"person/{OTHER_HEAD}"), []),
)


def draft() -> list[Happened]:
    """A promotion's draft with its documents."""
    return [by(HEAD, drafted()), *(by(HEAD, attached(document)) for document in ("SK_PANGKAT", "SKP_1", "SKP_2"))]


def promotion_at(step: str) -> list[Happened]:
    """A promotion that waits at the step."""
    return [*draft(), by(HEAD, submitted()), *_until(step, PROMOTION_WAY)]


def swap_draft() -> list[Happened]:
    """The draft of a swap of two heads, proposed by the officer who plans for the whole agency."""
    documents = ("ANJAB_ABK", "SK_JABATAN", "PERNYATAAN_DISIPLIN")
    return [by(PYB, drafted(SWAP, PYB)), *(by(PYB, attached(document)) for document in documents)]


def swap_at(step: str) -> list[Happened]:
    """A swap that waits at the step."""
    return [*swap_draft(), by(PYB, submitted(SWAP)), *_until(step, SWAP_WAY)]


def _until(step: str, way: Iterable[tuple[e.StepOpened, list[Happened]]]) -> list[Happened]:
    found: list[Happened] = []
    for opening, done in way:
        found.append(by(c.SYSTEM, opening))
        if opening.step == step:
            return found
        found += done
    raise KeyError(step)


# Commands of people, on whatever is shown, and of the clock.


def _of(actor: str, shown: int | None, **content: Any) -> dict[str, Any]:
    return {"command_id": "command-1", "actor": actor, "proposal_id": "KP-1", "expected_version": shown, **content}


def create(actor: str = HEAD, asked: c.Asked | None = None, agency: str = AGENCY) -> c.CreateDraft:
    """Begin a proposal."""
    asked = asked or c.PromotionAsked(subject=STAFF)
    return c.CreateDraft(command_id="command-1", actor=actor, agency=agency, asked=asked)


def change(actor: str = HEAD, asked: c.Asked | None = None, shown: int | None = LATEST) -> c.ChangeDraft:
    """Word it anew."""
    return c.ChangeDraft(**_of(actor, shown), asked=asked or c.PromotionAsked(subject=STAFF))


def attach(document: str, actor: str = HEAD, sha256: str = SHA, shown: int | None = LATEST) -> c.AttachDocument:
    """Attach a document."""
    content = {"document": document, "sha256": sha256, "size": 10, "media_type": "application/pdf"}
    return c.AttachDocument(**_of(actor, shown, **content))


def override(actor: str = PPK, requirement: str = "TIME_IN_RANK", shown: int | None = LATEST) -> c.OverrideRequirement:
    """Let it pass a requirement."""
    return c.OverrideRequirement(**_of(actor, shown, requirement=requirement, reason="SK perbaikan"))


def submit(actor: str = HEAD, shown: int | None = LATEST, note: str = "") -> c.Submit:
    """Lodge it."""
    return c.Submit(**_of(actor, shown, note=note))


def withdraw(actor: str = HEAD, shown: int | None = LATEST) -> c.Withdraw:
    """Take it back."""
    return c.Withdraw(**_of(actor, shown))


def approve(step: str, actor: str, round_: int = 1, shown: int | None = LATEST) -> c.ApproveStep:
    """Approve at a step."""
    return c.ApproveStep(**_of(actor, shown, step=step, round=round_))


def return_(step: str, actor: str, round_: int = 1, shown: int | None = LATEST) -> c.ReturnProposal:
    """Send it back."""
    why = {"reason_code": "incomplete", "note": "SKP kurang"}
    return c.ReturnProposal(**_of(actor, shown, step=step, round=round_, **why))


def reject(step: str, actor: str, round_: int = 1, shown: int | None = LATEST) -> c.RejectProposal:
    """Refuse it for good."""
    why = {"reason_code": "no-vacancy", "note": "Tidak ada formasi"}
    return c.RejectProposal(**_of(actor, shown, step=step, round=round_, **why))


def record_outcome(
    answer: str = "MS",
    actor: str = VERIFIER,
    *,
    number: str = "PT-1",
    dated: date = TODAY,
    step: str = "BKN",
    round_: int = 1,
) -> c.RecordOutcome:
    """Record BKN's answer."""
    said = {"outcome": answer, "number": number, "dated": dated, "reason_code": "" if answer == "MS" else "incomplete"}
    return c.RecordOutcome(**_of(actor, LATEST, step=step, round=round_, **said))


def issue_decree(actor: str = PPK, *, dated: date = TODAY, step: str = "SK", round_: int = 1) -> c.IssueDecree:
    """Record the signed decree."""
    return c.IssueDecree(**_of(actor, LATEST, step=step, round=round_, number="SK-1", dated=dated))


def acknowledge(actor: str = STAFF) -> c.Acknowledge:
    """Have the decree in hand."""
    return c.Acknowledge(**_of(actor, None))


def clock(kind: c.SystemVerb, step: str, count: int = 0, round_: int = 1) -> c.SystemCommand:
    """What the clock asks for."""
    return c.SystemCommand(
        command_id=f"proposal/KP-1/{kind}/{count}",
        proposal_id="KP-1",
        kind=kind,
        step=step,
        round=round_,
        count=count,
        reason_code="post-occupied" if kind == "refuse-effect" else "",
    )


def acting(unit: str, assignment: Assignment = Assignment.PLT) -> PostHeld:
    """The headship of a unit, held for somebody who is missing."""
    return PostHeld(
        valid_from=date(2025, 1, 1),
        post=f"{SEAT}{unit}",
        name=f"{assignment} Kepala {unit}",
        post_kind=PostKind.STRUCTURAL,
        unit=unit,
        assignment=assignment,
    )


def role(*roles: Role) -> list[RoleGranted]:
    """Roles granted long ago."""
    return [RoleGranted(valid_from=date(2020, 1, 1), role=role) for role in roles]
