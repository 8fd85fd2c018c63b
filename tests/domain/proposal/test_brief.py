"""What a workflow is told: what is awaited, at which desks, and what is due when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.brief import Brief, Owed, brief
from domain.proposal.proposal import Nothing
from tests.support.builders import (
    DAY,
    NOW,
    TMT_AT,
    Happened,
    by,
    draft,
    outcome,
    promotion_at,
    returned,
    swap_at,
)
from tests.support.given import given
from tests.support.people import HEAD, OTHER_HEAD, STAFF, VERIFIER

OWED = [Owed(notice_id=7, not_before=NOW)]
REFUSED = by(c.SYSTEM, e.EffectRefused(step="EFEKTIF", reason_code="post-occupied"))


def briefed(history: list[Happened], owed: list[Owed] | None = None) -> Brief:
    """The brief after the history."""
    state = given(*history).state
    assert not isinstance(state, Nothing)
    return brief(state, owed or [])


def kinds(told: Brief) -> list[tuple[str, int]]:
    """What is due, in order, with its count."""
    return [(due.command.kind, due.command.count) for due in told.dues]


@pytest.mark.parametrize(
    ("history", "stage", "awaits", "desks"),
    [
        (draft(), "draft", "submission", [f"person/{HEAD}"]),
        (promotion_at("VERIF"), "VERIF", "decision", ["role/verifier"]),
        (promotion_at("BKN"), "BKN", "external", ["role/verifier"]),
        (promotion_at("SK"), "SK", "decree", ["role/ppk"]),
        (promotion_at("EFEKTIF"), "EFEKTIF", "effect", []),
        (promotion_at("DISTRIBUSI"), "DISTRIBUSI", "delivery", [f"person/{STAFF}"]),
        (
            [*promotion_at("VERIF"), by(VERIFIER, returned("VERIF", "role/verifier"))],
            "returned",
            "correction",
            [f"person/{HEAD}"],
        ),
    ],
)
def test_an_open_case_awaits_one_thing(history: list[Happened], stage: str, awaits: str, desks: list[str]) -> None:
    """The brief names it, and where."""
    told = briefed(history)

    assert (told.open, told.stage, told.awaits, told.desks) == (True, stage, awaits, desks)
    assert (told.proposal_id, told.version, told.unit) == ("KP-1", len(history), "SEKSI-A1")


ENDS = [
    [*draft(), by(HEAD, e.ProposalWithdrawn())],
    [*promotion_at("BKN"), by(VERIFIER, outcome("TMS"))],
    [*promotion_at("DISTRIBUSI"), by(STAFF, e.ProposalClosed())],
]


@pytest.mark.parametrize("history", ENDS)
def test_an_ended_case_is_over(history: list[Happened]) -> None:
    """Nothing is awaited or due."""
    told = briefed(history)

    assert (told.open, told.awaits, told.dues, told.desks) == (False, "nothing", [], [])


@pytest.mark.parametrize("history", ENDS)
def test_an_ended_case_that_owes_notices_stays_open_to_the_workflow(history: list[Happened]) -> None:
    """Until they are delivered."""
    told = briefed(history, OWED)

    assert (told.open, told.awaits, told.owed) == (True, "notices", OWED)


def test_a_waiting_step_has_its_chasing_due_in_order() -> None:
    """Each with the instant from the event and an id made of domain facts."""
    told = briefed(promotion_at("VERIF"))

    assert [(due.at, due.command.kind) for due in told.dues] == [
        (NOW + 3 * DAY, "remind"),
        (NOW + 5 * DAY, "escalate"),
        (NOW + 8 * DAY, "mark-stalled"),
    ]
    assert [due.command.command_id for due in told.dues] == [
        "proposal/KP-1/step/VERIF/round/1/remind/1",
        "proposal/KP-1/step/VERIF/round/1/escalate",
        "proposal/KP-1/step/VERIF/round/1/mark-stalled",
    ]
    assert {due.command.actor for due in told.dues} == {"system"}


def test_what_was_done_is_no_longer_due() -> None:
    """Reminder, escalation and mark each leave the brief."""
    done: list[e.ProposalEvent] = [
        e.ReminderSent(step="VERIF", round=1, count=1),
        e.StepEscalated(step="VERIF", round=1, substitutes={"role/verifier": "role/pyb"}),
        e.StepMarkedStalled(step="VERIF", round=1, cause="waiting"),
    ]
    left = [
        kinds(briefed([*promotion_at("VERIF"), *(by(c.SYSTEM, event) for event in done[:count])]))
        for count in range(len(done) + 1)
    ]

    assert left == [
        [("remind", 1), ("escalate", 0), ("mark-stalled", 0)],
        [("escalate", 0), ("mark-stalled", 0)],
        [("mark-stalled", 0)],
        [],
    ]


def test_a_decree_takes_effect_at_its_tmt() -> None:
    """And is marked stalled an hour later."""
    told = briefed(promotion_at("EFEKTIF"))

    assert [(due.at, due.command.kind) for due in told.dues] == [
        (TMT_AT, "take-effect"),
        (TMT_AT + timedelta(hours=1), "mark-stalled"),
    ]
    assert told.due_at == TMT_AT


def test_a_refused_effect_is_tried_again_a_day_later() -> None:
    """Under an id of its own, so that the receipt of the first attempt does not answer it."""
    first, second = briefed(swap_at("EFEKTIF")), briefed([*swap_at("EFEKTIF"), REFUSED])
    third = briefed([*swap_at("EFEKTIF"), REFUSED, REFUSED])
    tried = [next(due for due in told.dues if due.command.kind == "take-effect") for told in (first, second, third)]

    assert [due.at for due in tried] == [TMT_AT, TMT_AT + DAY, TMT_AT + 2 * DAY]
    assert [due.command.command_id.rpartition("round/1/")[2] for due in tried] == [
        "take-effect",
        "take-effect/1",
        "take-effect/2",
    ]


def test_each_refused_attempt_is_recorded_under_an_id_of_its_own() -> None:
    """The command that puts it on record is made from the one that was refused."""
    ids = []
    for refusals in range(3):
        told = briefed([*swap_at("EFEKTIF"), *[REFUSED] * refusals])
        due = next(due for due in told.dues if due.command.kind == "take-effect")
        record = due.refused("post-occupied")
        assert (record.kind, record.count, record.reason_code) == ("refuse-effect", refusals + 1, "post-occupied")
        ids.append(record.command_id)

    assert len(set(ids)) == len(ids)


def test_a_delivery_waits_for_its_notices() -> None:
    """The decree counts as handed over when the notices have gone out."""
    history = promotion_at("DISTRIBUSI")

    assert ("record-delivery", 0) not in kinds(briefed(history, OWED))
    assert ("record-delivery", 0) in kinds(briefed(history))


def test_a_delivered_decree_is_only_chased() -> None:
    """Until it is acknowledged."""
    told = briefed([*promotion_at("DISTRIBUSI"), by(c.SYSTEM, e.DecreeDelivered(step="DISTRIBUSI"))])

    assert kinds(told) == [("remind", 1), ("escalate", 0), ("mark-stalled", 0)]


def test_who_acknowledged_is_no_longer_waited_for() -> None:
    """Of a swap only the other one is."""
    told = briefed([*swap_at("SERAH_TERIMA"), by(HEAD, e.ReceiptAcknowledged(step="SERAH_TERIMA", subject=HEAD))])

    assert told.desks == [f"person/{OTHER_HEAD}"]


def test_a_brief_tells_operators_one_line() -> None:
    """Stage, what is awaited, where, until when; references only."""
    assert briefed(promotion_at("VERIF")).story == ("VERIF: waits for decision at role/verifier, due 2026-01-25 02:00Z")
    assert briefed(draft()).story == f"draft: waits for submission at person/{HEAD}"
