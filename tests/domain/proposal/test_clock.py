"""What the clock asks for: reminders, escalations, stalls, the effect on the TMT, the delivery."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.errors import NotYetDue, ProposalUnknown, StepClosed
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.proposal import Decided, InEffect, InReview
from domain.register.events import PostChanged, RankChanged
from domain.register.facts import Assignment
from domain.register.person import evolve as evolve_person
from tests.support.builders import (
    DAY,
    NOW,
    OFFICE,
    TMT,
    TMT_AT,
    acting,
    approve,
    approved,
    by,
    clock,
    opened,
    promotion_at,
    swap_at,
)
from tests.support.given import Given, given, like
from tests.support.people import CHIEF, HEAD, OTHER_HEAD, PYB, STAFF

REMIND_AT, OVERDUE_AT, STALLED_AT = NOW + 3 * DAY, NOW + 5 * DAY, NOW + 8 * DAY
REMINDER = e.ReminderSent(step="VERIF", round=1, count=1)
SECOND = timedelta(seconds=1)


def waiting(at: datetime, *events: e.ProposalEvent) -> Given:
    """A promotion at the verifier's desk, at an instant, after what the clock has done already."""
    return given(*promotion_at("VERIF"), *(by(c.SYSTEM, event) for event in events)).at(at)


# Chasing.


def test_a_reminder_is_sent_at_its_instant() -> None:
    """Counted from one."""
    waiting(REMIND_AT).when(clock("remind", "VERIF", 1)).then(REMINDER)


def test_a_reminder_is_sent_once() -> None:
    """The clock may ask again."""
    waiting(REMIND_AT, REMINDER).when(clock("remind", "VERIF", 1)).then()


@pytest.mark.parametrize("count", [0, 2])
def test_a_reminder_that_the_step_does_not_have_is_not_sent(count: int) -> None:
    """The step remembers how many there are."""
    waiting(STALLED_AT).when(clock("remind", "VERIF", count)).then(StepClosed(step="VERIF"))


def test_an_overdue_step_is_escalated_to_the_superior_desk() -> None:
    """Beside the verifier the Sekda may act from now on."""
    escalated = waiting(OVERDUE_AT).when(clock("escalate", "VERIF"))

    escalated.then(e.StepEscalated(step="VERIF", round=1, substitutes={"role/verifier": "role/pyb"}))
    assert isinstance(escalated.state, InReview)
    assert escalated.state.step.may_act == {"role/verifier": "role/verifier", "role/pyb": "role/verifier"}
    assert "role/pyb" in escalated.state.case.desks_seen


def test_a_step_is_escalated_once() -> None:
    """Nothing new the second time."""
    done = e.StepEscalated(step="VERIF", round=1, substitutes={"role/verifier": "role/pyb"})
    waiting(OVERDUE_AT, done).when(clock("escalate", "VERIF")).then()


def test_only_desks_that_are_late_are_escalated() -> None:
    """An office that has agreed is not."""
    history = [*swap_at("PERSETUJUAN_ASAL"), by(CHIEF, approved("PERSETUJUAN_ASAL", "unit/DINAS-A"))]
    world = OFFICE.without(PYB)
    given(*history).where(world).at(OVERDUE_AT).when(clock("escalate", "PERSETUJUAN_ASAL")).then(
        like(e.StepEscalated, substitutes={"unit/DINAS-B": "role/administrator"})
    )


def test_one_superior_of_two_late_offices_acts_for_each_in_turn() -> None:
    """Two approvals, each under the office that was asked."""
    late = [
        *swap_at("PERSETUJUAN_ASAL"),
        by(c.SYSTEM, e.StepEscalated(step="PERSETUJUAN_ASAL", round=1, substitutes=_above("unit/ROOT"))),
    ]
    world = OFFICE.knowing(ROOT_HEAD, acting("ROOT", Assignment.PJ))
    first = given(*late).where(world).when(approve("PERSETUJUAN_ASAL", ROOT_HEAD))
    second = first.after.when(approve("PERSETUJUAN_ASAL", ROOT_HEAD))

    first.then(like(e.StepApproved, step="PERSETUJUAN_ASAL"))
    second.then(like(e.StepApproved, step="PERSETUJUAN_ASAL"), like(e.StepOpened, step="VERIF"))
    assert {first.events[0].desk, second.events[0].desk} == {"unit/DINAS-A", "unit/DINAS-B"}


def test_whom_a_stand_in_acts_for_does_not_hang_on_the_order_of_names() -> None:
    """An event is stored with its names sorted: what was read again must be what was decided."""
    above = _above("unit/ROOT")
    found = [
        given(*swap_at("PERSETUJUAN_ASAL"), by(c.SYSTEM, escalation)).state
        for escalation in (
            e.StepEscalated(step="PERSETUJUAN_ASAL", round=1, substitutes=order)
            for order in (above, dict(reversed(above.items())))
        )
    ]

    first, other = [dict(state.step.may_act) for state in found if isinstance(state, InReview)]
    assert first == other
    assert first["unit/ROOT"] == "unit/DINAS-A"


ROOT_HEAD = "e" * 32


def _above(desk: str) -> dict[str, str]:
    return {"unit/DINAS-A": desk, "unit/DINAS-B": desk}


@pytest.mark.parametrize(
    ("step", "desk", "cause"),
    [
        ("VERIF", "role/verifier", "waiting"),
        ("BKN", "role/verifier", "outside-body"),
        ("SK", "role/ppk", "unsigned-decree"),
        ("DISTRIBUSI", f"person/{STAFF}", "undelivered"),
        ("EFEKTIF", "", "waiting"),
    ],
)
def test_a_step_that_stands_still_is_marked_with_its_cause(step: str, desk: str, cause: str) -> None:
    """Administrators see whom to call."""
    marked = given(*promotion_at(step)).at(TMT_AT + DAY).when(clock("mark-stalled", step))

    marked.then(e.StepMarkedStalled(step=step, round=1, cause=cause))
    assert marked.state.step.stalled
    marked.after.when(clock("mark-stalled", step)).then()


@pytest.mark.parametrize("stall", ["vacant", "conflict"])
def test_a_substitute_desk_that_stands_still_keeps_its_cause(stall: e.Stall) -> None:
    """Why the desk is a substitute tells more than that it waits."""
    history = [*promotion_at("PENGANTAR_OPD")[:-1], by(c.SYSTEM, opened("PENGANTAR_OPD", "role/pyb", stall=stall))]
    given(*history).at(STALLED_AT).when(clock("mark-stalled", "PENGANTAR_OPD")).then(
        like(e.StepMarkedStalled, cause=stall)
    )


# Never early, never for a step that is over.

DUES = [
    ("remind", "VERIF", 1, REMIND_AT),
    ("escalate", "VERIF", 0, OVERDUE_AT),
    ("mark-stalled", "VERIF", 0, STALLED_AT),
    ("take-effect", "EFEKTIF", 0, TMT_AT),
    ("refuse-effect", "EFEKTIF", 1, TMT_AT),
    ("mark-stalled", "EFEKTIF", 0, TMT_AT + timedelta(hours=1)),
    ("record-delivery", "DISTRIBUSI", 0, NOW),
]
dues = pytest.mark.parametrize(("kind", "step", "count", "due_at"), DUES)


@dues
def test_the_clock_is_refused_when_it_is_early(kind: c.SystemVerb, step: str, count: int, due_at: datetime) -> None:
    """Beyond five seconds; the refusal names the instant."""
    early = given(*promotion_at(step)).at(due_at - 6 * SECOND)
    early.when(clock(kind, step, count)).then(NotYetDue(due_at=due_at))


@dues
def test_a_clock_a_little_fast_is_accepted(kind: c.SystemVerb, step: str, count: int, due_at: datetime) -> None:
    """Up to five seconds: the engine's clock is not the database's."""
    almost = given(*promotion_at(step)).at(due_at - 5 * SECOND).when(clock(kind, step, count))

    assert almost.refusal is None
    assert almost.events


@dues
def test_the_clock_is_refused_when_the_case_moved_on(
    kind: c.SystemVerb, step: str, count: int, due_at: datetime
) -> None:
    """Another step, another round, or an ended case."""
    later = due_at + 30 * DAY
    ended = [*promotion_at(step), by(HEAD, e.ProposalWithdrawn())]
    elsewhere = promotion_at("APPROVAL")

    given(*ended).at(later).when(clock(kind, step, count)).then(StepClosed(step=step))
    given(*elsewhere).at(later).when(clock(kind, step, count)).then(StepClosed(step=step))
    given(*promotion_at(step)).at(later).when(clock(kind, step, count, round_=2)).then(StepClosed(step=step))


@pytest.mark.parametrize("kind", ["take-effect", "record-delivery"])
def test_effect_and_delivery_belong_to_their_steps(kind: c.SystemVerb) -> None:
    """At a decision step there is nothing to bring into effect, and nothing to hand over."""
    refused = waiting(STALLED_AT).when(clock(kind, "VERIF"))

    assert refused.events == ()
    assert refused.register in (None, {})


@pytest.mark.parametrize("kind", ["escalate", "mark-stalled"])
def test_a_step_without_such_an_instant_has_nothing_due(kind: c.SystemVerb) -> None:
    """The route may leave it out."""
    bare = opened("VERIF", "role/verifier").model_copy(update={"escalate_at": None, "stalled_at": None})
    history = [*promotion_at("VERIF")[:-1], by(c.SYSTEM, bare)]
    given(*history).at(STALLED_AT).when(clock(kind, "VERIF")).then(StepClosed(step="VERIF"))


@pytest.mark.parametrize("kind", ["remind", "take-effect"])
def test_the_clock_finds_no_unknown_case(kind: c.SystemVerb) -> None:
    """Refused as unknown."""
    given().when(clock(kind, "VERIF")).then(ProposalUnknown(proposal_id="KP-1"))


# The effect.


def test_on_the_tmt_the_rank_changes_and_the_decree_is_handed_over() -> None:
    """The register's event lies on the person's own stream and names the decree."""
    effect = given(*promotion_at("EFEKTIF")).at(TMT_AT).when(clock("take-effect", "EFEKTIF"))

    effect.then(
        e.ProposalTookEffect(step="EFEKTIF", effective_on=TMT),
        like(e.StepOpened, step="DISTRIBUSI", desks=[f"person/{STAFF}"]),
    )
    effect.then_register({f"person/{STAFF}": [like(RankChanged, proposal_id="KP-1")]})
    changed = effect.register[f"person/{STAFF}"][0]
    assert (changed.rank.grade, changed.rank.valid_from, changed.rank.decree) == ("III/c", TMT, "SK-1")
    assert isinstance(effect.state, InEffect)


def test_the_rank_of_the_day_before_stays() -> None:
    """The register changes from the TMT on, not before."""
    effect = given(*promotion_at("EFEKTIF")).at(TMT_AT).when(clock("take-effect", "EFEKTIF"))
    person = evolve_person(OFFICE.people[STAFF], effect.register[f"person/{STAFF}"][0])

    assert [str(person.rank_on(day).grade) for day in (TMT - DAY, TMT)] == ["III/b", "III/c"]


def test_on_the_tmt_a_swap_changes_both_posts() -> None:
    """Each on the own stream, in one decision."""
    effect = given(*swap_at("EFEKTIF")).at(TMT_AT).when(clock("take-effect", "EFEKTIF"))

    effect.then(like(e.ProposalTookEffect), like(e.StepOpened, desks=[f"person/{HEAD}", f"person/{OTHER_HEAD}"]))
    effect.then_register({f"person/{subject}": [like(PostChanged)] for subject in (HEAD, OTHER_HEAD)})
    after = {ref: evolve_person(OFFICE.people[ref], effect.register[f"person/{ref}"][0]) for ref in (HEAD, OTHER_HEAD)}
    assert [after[ref].post_on(TMT).post for ref in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-B1", "unit/SEKSI-A1"]
    assert [after[ref].post_on(TMT - DAY).post for ref in (HEAD, OTHER_HEAD)] == ["unit/SEKSI-A1", "unit/SEKSI-B1"]


def test_acting_for_the_new_post_ends_with_the_appointment() -> None:
    """Who acted as head of the other section and becomes its head acts no more."""
    world = OFFICE.also(HEAD, acting("SEKSI-B1"))
    effect = given(*swap_at("EFEKTIF")).where(world).at(TMT_AT).when(clock("take-effect", "EFEKTIF"))
    ended = [post for post in effect.register[f"person/{HEAD}"][0].posts if post.assignment is Assignment.PLT]

    assert [post.valid_to for post in ended] == [TMT]


# An effect that the register refuses.

REFUSED = e.EffectRefused(step="EFEKTIF", reason_code="post-occupied")


def test_a_refused_effect_is_put_on_record_and_nothing_changes() -> None:
    """The case stays decided and shows its fault."""
    refused = given(*swap_at("EFEKTIF")).at(TMT_AT).when(clock("refuse-effect", "EFEKTIF", 1))

    refused.then(REFUSED)
    refused.then_register({})
    assert isinstance(refused.state, Decided)
    assert refused.state.step.refused == 1


def test_one_attempt_is_refused_once() -> None:
    """The clock may ask again."""
    once = given(*swap_at("EFEKTIF"), by(c.SYSTEM, REFUSED)).at(TMT_AT)
    once.when(clock("refuse-effect", "EFEKTIF", 1)).then()
    once.when(clock("refuse-effect", "EFEKTIF", 2)).then(REFUSED)


def test_a_refused_effect_can_still_take_effect() -> None:
    """After the fault is cured, with the TMT of the decree."""
    later = given(*swap_at("EFEKTIF"), by(c.SYSTEM, REFUSED)).at(TMT_AT + DAY)
    later.when(clock("take-effect", "EFEKTIF", 1)).then(
        like(e.ProposalTookEffect, effective_on=TMT), like(e.StepOpened)
    )


def test_no_effect_is_refused_at_another_kind_of_step() -> None:
    """Nothing was tried there."""
    waiting(STALLED_AT).when(clock("refuse-effect", "VERIF", 1)).then()


# The delivery.


def test_a_delivery_is_recorded_once() -> None:
    """When the notices have gone out."""
    handed = given(*promotion_at("DISTRIBUSI")).when(clock("record-delivery", "DISTRIBUSI"))

    handed.then(e.DecreeDelivered(step="DISTRIBUSI"))
    assert isinstance(handed.state, InEffect)
    assert handed.state.step.delivered
    handed.after.when(clock("record-delivery", "DISTRIBUSI")).then()
