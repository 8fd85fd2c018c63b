"""Decisions of desks and answers of outside bodies: onward, back, or the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.errors import DateOutOfOrder, NotPossibleNow, StepClosed
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.proposal import Decided, InReview, Rejected, Returned, tmt_of
from domain.rulebook.model import StepKind
from tests.support.builders import (
    NOW,
    TMT,
    TMT_AT,
    TODAY,
    acknowledge,
    approve,
    approved,
    by,
    decree,
    draft,
    issue_decree,
    opened,
    outcome,
    promotion_at,
    record_outcome,
    reject,
    return_,
    submitted,
    swap_at,
)
from tests.support.given import case, given, like
from tests.support.people import ADMIN, APPROVER, BOARD, CHIEF, HEAD, OTHER_CHIEF, PPK, STAFF, VERIFIER

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


# Onward.


@pytest.mark.parametrize(
    ("step", "actor", "desk", "following", "waits_at"),
    [
        ("PENGANTAR_OPD", CHIEF, "unit/DINAS-A", "VERIF", ["role/verifier"]),
        ("VERIF", VERIFIER, "role/verifier", "APPROVAL", ["role/approver"]),
        ("APPROVAL", APPROVER, "role/approver", "BKN", ["role/verifier"]),
    ],
)
def test_an_approval_opens_the_next_step(step: str, actor: str, desk: str, following: str, waits_at: list[str]) -> None:
    """In the order of the route, each at its desk."""
    given(*promotion_at(step)).when(approve(step, actor)).then(
        e.StepApproved(step=step, round=1, desk=desk), like(e.StepOpened, step=following, round=1, desks=waits_at)
    )


def test_a_step_opens_with_absolute_instants_in_working_days() -> None:
    """Tuesday, and Thursday is off: the third working day is Monday. Reminders come at eight, days end at four."""
    given(*promotion_at("PENGANTAR_OPD")).when(approve("PENGANTAR_OPD", CHIEF)).then(
        like(e.StepApproved),
        e.StepOpened(
            step="VERIF",
            kind=StepKind.DECISION,
            round=1,
            desks=["role/verifier"],
            due_at=datetime(2026, 1, 28, 9, tzinfo=UTC),
            remind_at=[datetime(2026, 1, 26, 1, tzinfo=UTC)],
            escalate_at=datetime(2026, 1, 28, 9, tzinfo=UTC),
            stalled_at=datetime(2026, 2, 2, 9, tzinfo=UTC),
            calendar_version="test-calendar",
        ),
    )


def test_the_case_remembers_who_signed() -> None:
    """Step, round, desk, verb, person and instant."""
    signed = case(promotion_at("APPROVAL")).signed

    assert [(s.step, s.round, s.desk, s.verb, s.actor, s.at) for s in signed] == [
        ("PENGANTAR_OPD", 1, "unit/DINAS-A", "approve", CHIEF, NOW),
        ("VERIF", 1, "role/verifier", "approve", VERIFIER, NOW),
    ]


# A step with several desks.


@pytest.mark.parametrize("actor", [CHIEF, OTHER_CHIEF])
def test_one_of_two_offices_is_not_enough(actor: str) -> None:
    """The first approval of a swap opens nothing; the other office is still waited for."""
    first = given(*swap_at("PERSETUJUAN_ASAL")).when(approve("PERSETUJUAN_ASAL", actor))

    first.then(like(e.StepApproved, step="PERSETUJUAN_ASAL"))
    assert isinstance(first.state, InReview)
    assert first.state.step.waiting == (["unit/DINAS-B"] if actor == CHIEF else ["unit/DINAS-A"])


def test_the_last_of_two_offices_opens_the_next_step() -> None:
    """Both have agreed."""
    first = given(*swap_at("PERSETUJUAN_ASAL")).when(approve("PERSETUJUAN_ASAL", OTHER_CHIEF)).after
    first.when(approve("PERSETUJUAN_ASAL", CHIEF)).then(
        like(e.StepApproved, desk="unit/DINAS-A"), like(e.StepOpened, step="VERIF")
    )


def test_an_office_agrees_once() -> None:
    """The second approval at the same desk names the first."""
    first = given(*swap_at("PERSETUJUAN_ASAL")).when(approve("PERSETUJUAN_ASAL", CHIEF)).after
    first.when(approve("PERSETUJUAN_ASAL", CHIEF)).then(
        StepClosed(step="PERSETUJUAN_ASAL", decided_by=CHIEF, decided_at=NOW, verb="approve")
    )


def test_one_of_two_offices_returns_for_both() -> None:
    """Who disagrees need not wait for the other."""
    first = given(*swap_at("PERSETUJUAN_ASAL")).when(approve("PERSETUJUAN_ASAL", CHIEF)).after
    back = first.when(return_("PERSETUJUAN_ASAL", OTHER_CHIEF))

    back.then(like(e.ProposalReturned, desk="unit/DINAS-B", to="proposer"))
    assert isinstance(back.state, Returned)


# Back.


def test_a_return_to_the_proposer_waits_for_the_correction() -> None:
    """With reason and note; no step is open."""
    back = given(*promotion_at("VERIF")).when(return_("VERIF", VERIFIER))

    back.then(
        e.ProposalReturned(
            step="VERIF", round=1, desk="role/verifier", to="proposer", reason_code="incomplete", note="SKP kurang"
        )
    )
    assert isinstance(back.state, Returned)
    assert back.state.to_correct == back.events[0]


@pytest.mark.parametrize(
    ("history", "step", "actor"),
    [
        (promotion_at("APPROVAL"), "APPROVAL", APPROVER),
        (promotion_at("BKN"), "BKN", VERIFIER),
        (promotion_at("SK"), "SK", PPK),
        (swap_at("TPK"), "TPK", BOARD),
        (swap_at("SK"), "SK", PPK),
    ],
)
def test_a_return_to_an_earlier_step_opens_it_in_a_new_round(history: list[by], step: str, actor: str) -> None:
    """Where the route says so, the personnel office corrects and not the proposer."""
    back = given(*history).when(return_(step, actor))

    back.then(
        like(e.ProposalReturned, step=step, round=1, to="VERIF"),
        like(e.StepOpened, step="VERIF", round=2, desks=["role/verifier"]),
    )
    assert isinstance(back.state, InReview)
    assert back.state.case.round == 2


def test_after_a_return_the_way_goes_on_in_the_new_round() -> None:
    """The steps that follow count on from it."""
    second = given(*promotion_at("APPROVAL")).when(return_("APPROVAL", APPROVER)).after
    second.when(approve("VERIF", VERIFIER, 2)).then(
        like(e.StepApproved, step="VERIF", round=2), like(e.StepOpened, step="APPROVAL", round=2)
    )


def test_a_step_without_a_way_back_cannot_return() -> None:
    """The route must say where to."""
    lodged = submitted()
    steps = [s.model_copy(update={"return_to": None}) if s.code == "VERIF" else s for s in lodged.route.steps]
    lodged = lodged.model_copy(update={"route": lodged.route.model_copy(update={"steps": steps})})
    history = [*draft(), by(HEAD, lodged), by(c.SYSTEM, opened("VERIF", "role/verifier"))]
    given(*history).when(return_("VERIF", VERIFIER)).then(NotPossibleNow(state="in-review", verb="return-proposal"))


# The end.


@pytest.mark.parametrize(
    ("step", "actor"), [("PENGANTAR_OPD", CHIEF), ("VERIF", VERIFIER), ("APPROVAL", APPROVER), ("SK", PPK)]
)
def test_a_rejection_ends_the_case_with_its_reason(step: str, actor: str) -> None:
    """Any desk may say no."""
    end = given(*promotion_at(step)).when(reject(step, actor))

    end.then(like(e.ProposalRejected, step=step, reason_code="no-vacancy", note="Tidak ada formasi"))
    assert end.state == Rejected(end.state.case, "no-vacancy")


@pytest.mark.parametrize("command", [return_("DISTRIBUSI", PPK), reject("DISTRIBUSI", PPK)])
def test_what_is_in_effect_is_neither_returned_nor_rejected(command: c.AtStep) -> None:
    """A delivery that was escalated is no decision."""
    escalation = e.StepEscalated(step="DISTRIBUSI", round=1, substitutes={f"person/{STAFF}": "role/ppk"})
    given(*promotion_at("DISTRIBUSI"), by(c.SYSTEM, escalation)).when(command).then(NotPossibleNow)


# The outside body.


def test_a_technical_approval_opens_the_decree() -> None:
    """MS: the body's number and date are kept."""
    went_on = given(*promotion_at("BKN")).when(record_outcome("MS", dated=YESTERDAY))

    went_on.then(outcome(dated=YESTERDAY), like(e.StepOpened, step="SK", desks=["role/ppk"]))
    assert went_on.state.case.outcome == went_on.events[0]


def test_a_file_mismatch_goes_back_to_where_the_route_says() -> None:
    """BTS: the personnel office corrects it in a new round; no number is needed."""
    given(*promotion_at("BKN")).when(record_outcome("BTS", number="")).then(
        like(e.OutcomeRecorded, outcome="BTS", number=""), like(e.StepOpened, step="VERIF", round=2)
    )


def test_a_file_mismatch_goes_back_to_the_proposer_when_the_route_says_so() -> None:
    """No step opens; the proposer corrects."""
    lodged = submitted()
    steps = [s.model_copy(update={"return_to": "proposer"}) if s.code == "BKN" else s for s in lodged.route.steps]
    lodged = lodged.model_copy(update={"route": lodged.route.model_copy(update={"steps": steps})})
    back = given(*draft(), by(HEAD, lodged), by(c.SYSTEM, opened("BKN", "role/verifier"))).when(record_outcome("BTS"))

    back.then(like(e.OutcomeRecorded, outcome="BTS"))
    assert isinstance(back.state, Returned)


def test_who_does_not_meet_the_law_is_rejected() -> None:
    """TMS ends the case."""
    end = given(*promotion_at("BKN")).when(record_outcome("TMS"))

    end.then(like(e.OutcomeRecorded, outcome="TMS"))
    assert isinstance(end.state, Rejected)
    assert end.state.reason_code == "incomplete"


def test_spaces_are_no_number_and_no_note() -> None:
    """Whoever reads it later finds something written."""
    given(*promotion_at("BKN")).when(record_outcome(number="   ")).then(DateOutOfOrder(field="number"))
    with pytest.raises(ValidationError):
        reject("VERIF", VERIFIER).model_validate({**dict(reject("VERIF", VERIFIER)), "note": "    "})


def test_an_answer_of_tomorrow_is_not_recorded() -> None:
    """The date lies in the future."""
    given(*promotion_at("BKN")).when(record_outcome(dated=TOMORROW)).then(DateOutOfOrder(field="dated"))


def test_a_technical_approval_has_a_number() -> None:
    """MS without a number proves nothing."""
    given(*promotion_at("BKN")).when(record_outcome("MS", number="")).then(DateOutOfOrder(field="number"))


# The decree.


def test_a_decree_waits_for_the_tmt() -> None:
    """Nobody's desk; the calendar's midnight in the office's time zone."""
    signed = given(*promotion_at("SK")).when(issue_decree())

    signed.then(
        decree(),
        e.StepOpened(
            step="EFEKTIF",
            kind=StepKind.EFFECT,
            round=1,
            desks=[],
            due_at=TMT_AT,
            stalled_at=TMT_AT + timedelta(hours=1),
            calendar_version="test-calendar",
        ),
    )
    assert isinstance(signed.state, Decided)
    assert (tmt_of(signed.state), signed.state.case.decree) == (TMT, decree())


def test_a_decree_of_tomorrow_is_not_recorded() -> None:
    """The date lies in the future."""
    given(*promotion_at("SK")).when(issue_decree(dated=TOMORROW)).then(DateOutOfOrder(field="dated"))


def test_a_decree_does_not_come_before_what_it_rests_on() -> None:
    """It is not older than the technical approval."""
    given(*promotion_at("SK")).when(issue_decree(dated=YESTERDAY)).then(DateOutOfOrder(field="dated"))


def test_a_rotation_decree_rests_on_no_outside_body() -> None:
    """An older date is fine."""
    given(*swap_at("SK")).when(issue_decree(dated=date(2025, 12, 30))).then(like(e.DecreeIssued), like(e.StepOpened))


# Acknowledging.


def test_the_employee_acknowledges_and_the_case_closes() -> None:
    """The last act."""
    given(*promotion_at("DISTRIBUSI")).when(acknowledge(STAFF)).then(
        e.ReceiptAcknowledged(step="DISTRIBUSI", subject=STAFF), e.ProposalClosed()
    )


def test_a_swap_closes_when_both_have_acknowledged() -> None:
    """The first acknowledgement leaves the other one waited for."""
    first = given(*swap_at("SERAH_TERIMA")).when(acknowledge(HEAD))

    first.then(e.ReceiptAcknowledged(step="SERAH_TERIMA", subject=HEAD))
    second = first.after.when(acknowledge(swap_at("SERAH_TERIMA")[0].event.matter.subjects[1]))
    second.then(like(e.ReceiptAcknowledged), e.ProposalClosed())


def test_an_administrator_closes_for_somebody_who_does_not_answer() -> None:
    """Once the delivery was escalated: a person who is gone must not keep the case open for ever."""
    asked = e.StepEscalated(step="DISTRIBUSI", round=1, substitutes={f"person/{STAFF}": "role/administrator"})
    before = given(*promotion_at("DISTRIBUSI"))
    before.when(acknowledge(ADMIN)).then(NotPossibleNow(state="in-effect", verb="acknowledge"))
    given(*promotion_at("DISTRIBUSI"), by("system", asked)).when(acknowledge(ADMIN)).then(
        e.ReceiptAcknowledged(step="DISTRIBUSI", subject=STAFF), e.ProposalClosed()
    )


def test_nobody_acknowledges_twice() -> None:
    """Nor for somebody else."""
    first = given(*swap_at("SERAH_TERIMA")).when(acknowledge(HEAD)).after
    first.when(acknowledge(HEAD)).then(NotPossibleNow(state="in-effect", verb="acknowledge"))
    first.when(acknowledge(STAFF)).then(NotPossibleNow(state="in-effect", verb="acknowledge"))


@pytest.mark.parametrize("step", ["PENGANTAR_OPD", "SK", "EFEKTIF"])
def test_nothing_is_acknowledged_before_it_is_in_effect(step: str) -> None:
    """There is no decree in force to hold."""
    given(*promotion_at(step)).when(acknowledge(STAFF)).then(NotPossibleNow)


def test_a_decision_may_name_any_open_desk_of_its_actor() -> None:
    """After an approval by one office, the desks of the step remember it."""
    state = given(*swap_at("PERSETUJUAN_ASAL"), by(CHIEF, approved("PERSETUJUAN_ASAL", "unit/DINAS-A"))).state

    assert isinstance(state, InReview)
    assert state.step.may_act == {"unit/DINAS-B": "unit/DINAS-B"}
