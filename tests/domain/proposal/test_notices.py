"""Which event tells whom, at the moment it is recorded."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.notices import notices
from domain.proposal.proposal import Nothing, fold
from tests.support.builders import (
    Happened,
    approved,
    by,
    decree,
    draft,
    opened,
    outcome,
    promotion_at,
    returned,
    submitted,
    swap_at,
)
from tests.support.people import CHIEF, HEAD, OTHER_HEAD, PPK, PYB, STAFF, VERIFIER

BOTH = [f"person/{HEAD}", f"person/{STAFF}"]


def told(history: Iterable[Happened], *, after: int = 1) -> list[tuple[str, str]]:
    """Template and desk of the notices of the last event but the later ones, in the state right after it."""
    happened = list(history)
    until = len(happened) - after + 1
    state = fold(happened[:until])
    assert not isinstance(state, Nothing)
    return [(notice.template, notice.desk) for notice in notices(happened[until - 1].event, state)]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (draft()[:1], []),
        (draft(), []),
        ([*draft(), by(HEAD, submitted())], []),
        (promotion_at("VERIF"), [("awaiting-you", "role/verifier")]),
        (swap_at("PERSETUJUAN_ASAL"), [("awaiting-you", "unit/DINAS-A"), ("awaiting-you", "unit/DINAS-B")]),
        (promotion_at("EFEKTIF"), []),
        (promotion_at("DISTRIBUSI"), [("decree-ready", f"person/{STAFF}")]),
        ([*promotion_at("VERIF"), by(VERIFIER, approved("VERIF", "role/verifier"))], []),
        ([*promotion_at("VERIF"), by(VERIFIER, returned("VERIF", "role/verifier"))], [("returned", BOTH[0])]),
        ([*promotion_at("SK"), by(PPK, returned("SK", "role/ppk", to="VERIF"))], []),
        ([*promotion_at("BKN"), by(VERIFIER, outcome("TMS"))], [("rejected", person) for person in BOTH]),
        ([*promotion_at("BKN"), by(VERIFIER, outcome("MS"))], []),
        (
            [
                *promotion_at("VERIF"),
                by(VERIFIER, e.ProposalRejected(step="VERIF", round=1, desk="role/verifier", reason_code="none")),
            ],
            [("rejected", person) for person in BOTH],
        ),
        ([*promotion_at("VERIF"), by(HEAD, e.ProposalWithdrawn())], [("withdrawn", person) for person in BOTH]),
        ([*promotion_at("SK"), by(PPK, decree())], [("decree-issued", person) for person in BOTH]),
        (
            promotion_at("DISTRIBUSI")[:-1],
            [("took-effect", person) for person in BOTH],
        ),
        (
            [*swap_at("SK"), by(PPK, decree())],
            [("decree-issued", f"person/{person}") for person in (PYB, HEAD, OTHER_HEAD)],
        ),
        ([*promotion_at("DISTRIBUSI"), by(STAFF, e.ProposalClosed())], []),
    ],
)
def test_each_event_tells_those_it_concerns(history: list[Happened], expected: list[tuple[str, str]]) -> None:
    """The next desk of what waits, proposer and subjects of what was decided, nobody of anything else."""
    assert told(history) == expected


def test_a_reminder_reaches_only_desks_that_still_wait() -> None:
    """An office that has agreed is left in peace."""
    history = [
        *swap_at("PERSETUJUAN_ASAL"),
        by(CHIEF, approved("PERSETUJUAN_ASAL", "unit/DINAS-A")),
        by(c.SYSTEM, e.ReminderSent(step="PERSETUJUAN_ASAL", round=1, count=1)),
    ]

    assert told(history) == [("reminder", "unit/DINAS-B")]


def test_an_escalation_reaches_the_superiors_each_once() -> None:
    """One superior of two late offices gets one notice."""
    above = {"unit/DINAS-A": "role/pyb", "unit/DINAS-B": "role/pyb"}
    escalation = e.StepEscalated(step="PERSETUJUAN_ASAL", round=1, substitutes=above)

    assert told([*swap_at("PERSETUJUAN_ASAL"), by(c.SYSTEM, escalation)]) == [("escalated", "role/pyb")]


@pytest.mark.parametrize(
    ("step", "event"),
    [
        ("VERIF", e.StepMarkedStalled(step="VERIF", round=1, cause="waiting")),
        ("EFEKTIF", e.EffectRefused(step="EFEKTIF", reason_code="post-occupied")),
    ],
)
def test_what_stands_still_reaches_the_administrators(step: str, event: e.ProposalEvent) -> None:
    """They keep the board of stalled cases."""
    assert told([*promotion_at(step), by(c.SYSTEM, event)]) == [("stalled", "role/administrator")]


def test_a_file_mismatch_that_the_office_corrects_asks_nothing_of_the_proposer() -> None:
    """BTS that goes back to the verifier: the next step tells the verifier, and nobody is told to correct."""
    assert told([*promotion_at("BKN"), by(VERIFIER, outcome("BTS"))]) == []


def test_a_file_mismatch_that_the_proposer_corrects_is_told() -> None:
    """Where the route returns BTS to the proposer."""
    lodged = submitted()
    steps = [s.model_copy(update={"return_to": "proposer"}) if s.code == "BKN" else s for s in lodged.route.steps]
    lodged = lodged.model_copy(update={"route": lodged.route.model_copy(update={"steps": steps})})
    history = [*draft(), by(HEAD, lodged), by(c.SYSTEM, opened("BKN", "role/verifier")), by(VERIFIER, outcome("BTS"))]

    assert told(history) == [("returned", f"person/{HEAD}")]


def test_a_notice_names_the_case_and_the_step_only() -> None:
    """No person, no free text: a mail may be read by others."""
    state = fold(promotion_at("VERIF"))
    assert not isinstance(state, Nothing)
    notice = notices(promotion_at("VERIF")[-1].event, state)[0]

    assert notice.model_dump() == {
        "template": "awaiting-you",
        "desk": "role/verifier",
        "proposal_id": "KP-1",
        "step": "VERIF",
    }
