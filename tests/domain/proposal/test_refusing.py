"""A return or a refusal has a reason of the catalogue, and explains itself: law, cure, and how to object."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import ReasonUnknown
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.explaining import Explanation, explained
from domain.proposal.proposal import Ended, Nothing, Open, Proposal
from domain.rulebook.reasons import Refusing
from tests.support.builders import (
    NOW,
    OFFICE,
    RULEBOOK,
    TODAY,
    Happened,
    by,
    outcome,
    promotion_at,
    record_outcome,
    reject,
    return_,
    returned,
    swap_at,
)
from tests.support.given import given, like
from tests.support.people import BOARD, VERIFIER

REFERENCE = RULEBOOK.reference
CALENDAR = OFFICE.facts(record_outcome()).calendar


def codes(kind: str, verb: Refusing | None = None, matter: str = "promotion", day: date = TODAY) -> set[str]:
    """The reasons to choose from."""
    return {reason.code for reason in REFERENCE.reasons_for(matter, kind, verb, day)}  # type: ignore[arg-type]


def why(state: Proposal) -> Explanation | None:
    """What its reader is told."""
    assert not isinstance(state, Nothing)
    found: Open | Ended = state
    return explained(found, REFERENCE, CALENDAR)


@pytest.mark.parametrize(
    ("history", "command", "verb"),
    [
        pytest.param(promotion_at("VERIF"), return_("VERIF", VERIFIER), "return", id="return"),
        pytest.param(promotion_at("VERIF"), reject("VERIF", VERIFIER), "reject", id="reject"),
        pytest.param(promotion_at("BKN"), record_outcome("BTS"), "return", id="BTS"),
        pytest.param(promotion_at("BKN"), record_outcome("TMS"), "reject", id="TMS"),
    ],
)
@pytest.mark.parametrize("reason_code", ["no-such-reason", "remote-class"])
def test_a_reason_that_does_not_fit_is_refused_with_those_that_do(
    history: list[Happened], command: c.AtStep, verb: Refusing, reason_code: str
) -> None:
    """Neither invented, nor one that is about another kind of promotion."""
    refusal = given(*history).when(command.model_copy(update={"reason_code": reason_code})).refusal

    assert isinstance(refusal, ReasonUnknown)
    assert (refusal.reason_code, set(refusal.reasons)) == (reason_code, codes("REG", verb))


@pytest.mark.parametrize("answer", ["BTS", "TMS"])
def test_an_answer_of_bkn_that_is_no_yes_has_a_reason(answer: str) -> None:
    """Whoever records it cannot leave it out."""
    given(*promotion_at("BKN")).when(record_outcome(answer).model_copy(update={"reason_code": ""})).then(ReasonUnknown)


def test_a_yes_of_bkn_needs_no_reason_and_keeps_none() -> None:
    """There is nothing to explain."""
    agreed = record_outcome("MS").model_copy(update={"reason_code": "incomplete"})
    given(*promotion_at("BKN")).when(agreed).then(like(e.OutcomeRecorded, reason_code=""), like(e.StepOpened))


def test_reasons_are_those_of_the_matter_the_kind_the_verb_and_the_day() -> None:
    """The superior's rank is no reason since 20 May 2025; a board's advice concerns posts; some can only be final."""
    assert "over-superior" in codes("REG", day=date(2025, 5, 19))
    assert "over-superior" not in codes("REG", day=date(2025, 5, 20))
    assert "board-advises-against" in codes("internal", matter="rotation")
    assert "board-advises-against" not in codes("REG")
    assert "died" in codes("REG", "reject") - codes("REG", "return")
    assert "job-description-unsigned" in codes("PI", "return") - codes("PI", "reject")


def test_a_refusal_explains_itself_and_how_to_object() -> None:
    """Reason, cure and law; an objection comes within 21 working days, and Imlek on 17 February is none."""
    refused = given(*swap_at("TPK")).when(
        reject("TPK", BOARD).model_copy(update={"reason_code": "board-advises-against"})
    )
    found = why(refused.state)

    assert found
    assert found.reason
    assert found.objection
    assert (found.step, found.at, found.reason_code) == ("TPK", NOW, "board-advises-against")
    assert found.reason.legal_basis.regulation == "PP 30/2019; PP 11/2017"
    assert found.objection_until == date(2026, 2, 19)
    assert "2026-02-19" in found.objection.told(found.objection_until).id


def test_what_bkn_refuses_explains_itself_too() -> None:
    """TMS has the reason that was recorded with it; one of before has none, and is still a refusal."""
    told = why(given(*promotion_at("BKN"), by(VERIFIER, outcome("TMS"))).state)
    untold = why(given(*promotion_at("BKN"), by(VERIFIER, outcome("TMS").model_copy(update={"reason_code": ""}))).state)

    assert told
    assert told.reason
    assert (told.reason.code, bool(told.objection)) == ("incomplete", True)
    assert untold
    assert (untold.reason, bool(untold.objection)) == (None, True)


def test_what_is_returned_is_corrected_not_objected_to() -> None:
    """The proposer reads what to do."""
    found = why(given(*promotion_at("VERIF"), by(VERIFIER, returned("VERIF", "role/verifier"))).state)

    assert found
    assert found.reason
    assert (found.reason.code, found.objection, found.objection_until) == ("incomplete", None, None)


def test_a_case_on_its_way_has_nothing_to_explain() -> None:
    """Neither returned nor refused."""
    assert why(given(*promotion_at("VERIF")).state) is None


def test_a_refusal_of_before_the_law_names_no_objection() -> None:
    """UU 30/2014 holds since 17 October 2014."""
    assert REFERENCE.objection(date(2014, 10, 16)) is None
    assert REFERENCE.objection(date(2014, 10, 17))
