"""What readers are told of a return or a refusal, and what an approver chooses from."""

from __future__ import annotations

import pytest

from activities.readmodels.dossier import Dossier
from api.answers.cases import CaseAnswer
from api.words import Language
from domain.proposal.explaining import explained
from domain.proposal.proposal import Nothing, Proposal
from tests.support.api import CALENDAR, CASE_URL, FakeReads, services, speaking, web
from tests.support.builders import NOW, RULEBOOK, by, outcome, promotion_at, returned
from tests.support.given import given
from tests.support.people import CHIEF, VERIFIER

SENT_BACK = given(*promotion_at("VERIF"), by(VERIFIER, returned("VERIF", "role/verifier"))).state
REFUSED = given(*promotion_at("BKN"), by(VERIFIER, outcome("TMS"))).state


def answer(state: Proposal, language: Language = "id") -> CaseAnswer:
    """The case's page."""
    assert not isinstance(state, Nothing)
    why = explained(state, RULEBOOK.reference, CALENDAR)
    return CaseAnswer.of(Dossier(state, state.case.route, {}, {}, {}, {}, NOW, why), language)


def test_a_refused_case_says_why_by_which_law_and_how_to_object() -> None:
    """What BKN answered has its reason, and the objection its last day."""
    case = answer(REFUSED)

    assert case.correction is None
    assert case.refusal
    assert case.refusal.reason
    assert case.refusal.objection
    assert (case.refusal.step, case.refusal.reason_code) == ("BKN", "incomplete")
    assert case.refusal.reason.text == "Dokumen tidak lengkap atau tidak terbaca."
    assert case.refusal.objection.regulation == "UU 30/2014"
    assert case.refusal.objection.until.isoformat() in case.refusal.objection.text
    assert case.outcome
    assert (case.outcome.outcome, case.outcome.reason_code) == ("TMS", "incomplete")


def test_a_returned_case_says_what_to_correct_in_the_readers_language() -> None:
    """The cure is the proposer's next step; nobody objects to a return."""
    case = answer(SENT_BACK, "en")

    assert case.refusal is None
    assert case.correction
    assert case.correction.reason
    assert case.correction.objection is None
    assert case.correction.reason.cure == "Complete the documents and submit again."


def test_a_case_on_its_way_explains_nothing() -> None:
    """Neither correction nor refusal."""
    case = answer(given(*promotion_at("VERIF")).state)

    assert (case.correction, case.refusal) == (None, None)


@pytest.mark.parametrize(
    ("language", "text"), [("id", "Angka kredit belum cukup."), ("en", "Not enough credit points.")]
)
async def test_reasons_to_choose_from_are_those_of_the_case(language: str, text: str) -> None:
    """A functional promotion has its own, a regular one lacks them; each with verbs, law and the rules that tell it."""
    row = dict(FakeReads().row)
    reads = FakeReads(row={**row, "kind": "JF", "matter": "promotion"})
    headers = {**speaking(CHIEF), "Accept-Language": language}
    async with web(services(reads=reads)) as client:
        functional = (await client.get(f"{CASE_URL}/reasons", headers=headers)).json()
    async with web(services()) as client:
        regular = (await client.get(f"{CASE_URL}/reasons", headers=headers)).json()
    told = {reason["code"]: reason for reason in functional}

    assert told["credit-short"]["text"] == text
    assert told["credit-short"]["requirements"] == ["CREDIT_POINTS"]
    assert told["credit-short"]["verbs"] == ["return", "reject"]
    assert "credit-short" not in {reason["code"] for reason in regular}
