"""One event of every type with every field filled, so that a field that is renamed or dropped is missed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.proposal import events as e
from domain.proposal.matter import Promotion, Rotation
from domain.register import events as r
from domain.register import facts as f
from domain.rotation.moves import Move
from domain.rulebook.model import (
    Assessment,
    Calendar,
    DocumentRule,
    Finding,
    LegalBasis,
    RoleHolder,
    Route,
    Severity,
    Step,
    StepKind,
    Subjects,
    Text,
    UnitHead,
    Verdict,
)
from domain.vocabulary import Grade, Rating, Role
from tests.support.people import AGENCY, HEAD, STAFF

SECRET_WORDS = "Xalimbro Qwesdani Vospedura"
"""Free text that must never be found in clear; no word of it stands anywhere else."""

AT = datetime(2026, 1, 23, 9, tzinfo=UTC)
ON = date(2026, 1, 20)
TMT = date(2026, 3, 1)
UNTIL = date(2027, 1, 1)
SHA = "a" * 64
SAID = Text(id="Perlu {years}", en="{years} needed")
LAW = LegalBasis(regulation="PP 99/2000", article="pasal 7", confidence="sourced", source="S7")

PROMOTION = Promotion(
    kind="REG", subject=STAFF, unit="SEKSI-A1", grade=Grade("III/b"), target_grade=Grade("III/c"), target_tmt=TMT
)
ROTATION = Rotation(
    kind="internal",
    moves=[
        Move(
            subject=HEAD,
            from_post="unit/SEKSI-A1",
            to_post="unit/SEKSI-B1",
            to_unit="SEKSI-B1",
            to_name="Kepala Seksi B1",
            to_kind=f.PostKind.STRUCTURAL,
            to_eselon="41",
            to_class=9,
        )
    ],
    from_units=["SEKSI-A1"],
    target_tmt=TMT,
)
ASSESSMENT = Assessment(
    target_tmt=TMT,
    rulebook_version="2026.1-0123456789ab",
    findings=[
        Finding(
            requirement="TIME_IN_RANK",
            verdict=Verdict.CANNOT_TELL,
            severity=Severity.RETURN,
            inputs={"kind": "REG"},
            missing=["rank_from"],
            message=SAID,
            cure=SAID,
            legal_basis=LAW,
            subject=STAFF,
            earliest_on=TMT,
        )
    ],
    earliest_tmt=TMT,
)
HOLDERS = [UnitHead(of="subject-office"), RoleHolder(role=Role.PPK), Subjects(), Calendar()]
ROUTE = Route(
    valid_from=date(2000, 11, 17),
    valid_to=UNTIL,
    legal_basis=LAW,
    code="KP_REG",
    matter="promotion",
    kinds=["REG"],
    documents=[DocumentRule(code="SKP_1", title=SAID, required=False)],
    steps=[
        Step(
            code="VERIF",
            kind=StepKind.DECISION,
            title=SAID,
            holders=HOLDERS,
            due_after=5,
            remind_after=[3],
            escalate_after=5,
            stalled_after=8,
            return_to="proposer",
            acting_may_decide=False,
            legal_basis=LAW,
        )
    ],
)
PLACE: dict[str, Any] = {"step": "VERIF", "round": 2, "desk": "role/verifier"}
SOURCE = r.Source(file_sha256=SHA, file_kind="siasn-export")
RANK = f.RankHeld(
    valid_from=TMT, valid_to=UNTIL, grade=Grade("III/c"), service_years=8, service_months=3, decree="SK-1"
)
POST = f.PostHeld(
    valid_from=TMT,
    valid_to=UNTIL,
    post="unit/SEKSI-B1",
    name="Kepala Seksi B1",
    post_kind=f.PostKind.STRUCTURAL,
    unit="SEKSI-B1",
    eselon="41",
    job_class=9,
    assignment=f.Assignment.PLT,
    decree="SK-1",
    career_level="ahli-muda",
)
HELD: dict[str, Any] = {"valid_from": ON, "valid_to": UNTIL}
FACTS = [
    RANK,
    POST,
    f.EducationEarned(**HELD, level="40", year=2013),
    f.RatingGiven(**HELD, year=2025, rating=Rating.BAIK),
    f.SanctionServed(**HELD, level=f.SanctionLevel.MEDIUM, code="7", decree="SK-2"),
    f.StandingHeld(**HELD, legal_position="01", service_status="P"),
    f.AppointmentMade(**HELD, pns_from=ON),
    f.ExamPassed(**HELD, code="ujian-dinas-1"),
    f.TrainingCompleted(**HELD, code="pim-4"),
    f.RoleGranted(**HELD, role=Role.VERIFIER, decree="SK-3"),
    f.BirthKnown(**HELD),
    f.CreditsGranted(**HELD, points=Decimal("18.75"), decree="PAK-1"),
    f.HonourGranted(**HELD, code="prestasi-luar-biasa", decree="SK-4"),
    f.StudyAssigned(**HELD, level="45", decree="SK-5"),
    f.ServiceEnded(**HELD, cause=f.Ending.RETIREMENT, decree="SK-6"),
]

EVENTS = [
    e.ProposalDrafted(agency=AGENCY, proposer=HEAD, matter=PROMOTION, assessment=ASSESSMENT, reason=SECRET_WORDS),
    e.DraftChanged(matter=ROTATION, assessment=ASSESSMENT, reason=SECRET_WORDS),
    e.DocumentAttached(document="SKP_1", sha256=SHA, size=10, media_type="application/pdf"),
    e.ProposalSubmitted(
        round=2,
        route=ROUTE,
        route_hash=SHA,
        assessment=ASSESSMENT,
        documents={"SKP_1": SHA},
        note=SECRET_WORDS,
    ),
    e.RequirementOverridden(
        requirement="TIME_IN_RANK", subject=STAFF, role=Role.PPK, document_sha256=SHA, reason=SECRET_WORDS
    ),
    e.StepOpened(
        step="VERIF",
        kind=StepKind.DECISION,
        round=2,
        desks=["role/verifier"],
        due_at=AT,
        remind_at=[AT],
        escalate_at=AT,
        stalled_at=AT,
        stall="vacant",
        calendar_version="holidays-0.109+0123456789ab",
    ),
    e.StepApproved(**PLACE, note=SECRET_WORDS),
    e.ProposalReturned(**PLACE, to="proposer", reason_code="incomplete", note=SECRET_WORDS),
    e.ProposalRejected(**PLACE, reason_code="no-vacancy", note=SECRET_WORDS),
    e.ProposalWithdrawn(note=SECRET_WORDS),
    e.OutcomeRecorded(**PLACE, outcome="BTS", number="PT-1", dated=ON, reason_code="incomplete", note=SECRET_WORDS),
    e.DecreeIssued(**PLACE, number="SK-1", dated=ON, tmt=TMT),
    e.ReminderSent(step="VERIF", round=2, count=1),
    e.StepEscalated(step="VERIF", round=2, substitutes={"role/verifier": "role/pyb"}),
    e.StepMarkedStalled(step="VERIF", round=2, cause="waiting"),
    e.ProposalTookEffect(step="EFEKTIF", effective_on=TMT),
    e.EffectRefused(step="EFEKTIF", reason_code="post-occupied"),
    e.DecreeDelivered(step="DISTRIBUSI"),
    e.ReceiptAcknowledged(step="DISTRIBUSI", subject=STAFF),
    e.ProposalClosed(),
    r.PersonRegistered(subject=STAFF, agency=AGENCY),
    r.FactsRecorded(facts=FACTS, source=SOURCE),
    r.RankChanged(rank=RANK, proposal_id="KP-2026-000001"),
    r.PostChanged(posts=[POST], proposal_id="MT-2026-000001"),
    r.UnitsDescribed(
        agency=AGENCY,
        units=[
            r.UnitDescribed(
                unit="SEKSI-A1",
                name="Seksi A1",
                parent="DINAS-A",
                eselon="41",
                head_post="Kepala Seksi A1",
                active=False,
            )
        ],
        source=SOURCE,
    ),
]
SAMPLES: dict[str, Any] = {type(event).event_type: event for event in EVENTS}
