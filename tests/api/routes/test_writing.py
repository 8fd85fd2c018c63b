"""Writes: one command to the desk, for the caller and nobody else, in the order of answers that is promised."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from api.tokens import Tokens
from domain.proposal import commands as c
from tests.support.api import BASE, CASE, CASE_URL, KEY, FakeDesk, services, speaking, web
from tests.support.people import ADMIN, AGENCY, CHIEF, HEAD, STAFF

STEP = {"step": "VERIF", "round": 1}
REASON = {"reason_code": "incomplete", "note": "SKP belum ada"}
WRITES: dict[str, tuple[dict[str, Any] | None, c.Command]] = {
    "override": (
        {"requirement": "TIME_IN_RANK", "reason": "SK perbaikan"},
        c.OverrideRequirement.model_construct(requirement="TIME_IN_RANK", reason="SK perbaikan"),
    ),
    "submission": ({"note": "Mohon diproses"}, c.Submit.model_construct(note="Mohon diproses")),
    "approval": ({**STEP, "note": "Setuju"}, c.ApproveStep.model_construct(**STEP, note="Setuju")),
    "return": ({**STEP, **REASON}, c.ReturnProposal.model_construct(**STEP, **REASON)),
    "rejection": ({**STEP, **REASON}, c.RejectProposal.model_construct(**STEP, **REASON)),
    "withdrawal": ({}, c.Withdraw.model_construct()),
    "outcome": (
        {**STEP, "outcome": "MS", "number": "PT-1", "dated": "2026-03-02"},
        c.RecordOutcome.model_construct(**STEP, outcome="MS", number="PT-1", dated=date(2026, 3, 2)),
    ),
    "decree": (
        {**STEP, "number": "SK-1", "dated": "2026-03-02"},
        c.IssueDecree.model_construct(**STEP, number="SK-1", dated=date(2026, 3, 2)),
    ),
    "acknowledgement": (None, c.Acknowledge.model_construct()),
}
"""Each decision's body, and the command it becomes."""
PROMOTION = {"asked": {"matter": "promotion", "subject": STAFF, "target_tmt": "2026-06-01"}, "reason": "Layak"}


@pytest.mark.parametrize("verb", WRITES)
async def test_a_decision_becomes_one_command_of_the_caller(verb: str) -> None:
    """Actor, case, shown version and command id come from the request's frame, the rest from its body."""
    body, expected = WRITES[verb]
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        headers = speaking(CHIEF, 7, Idempotency_Key="from-the-form:1")
        answer = await client.post(f"{CASE_URL}/{verb}", headers=headers, json=body)

    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"9"'
    frame = {"command_id": "from-the-form:1", "actor": CHIEF, "proposal_id": CASE, "expected_version": 7}
    assert desk.arrived == [expected.model_copy(update=frame)]


async def test_a_draft_is_created_for_the_callers_agency() -> None:
    """201, where it is, and the receipt; the agency is the caller's, never the sender's."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{BASE}/proposals", headers=speaking(HEAD), json=PROMOTION)

    assert answer.status_code == 201
    assert answer.headers["location"] == CASE_URL
    assert answer.json()["proposal_id"] == CASE
    (command,) = desk.arrived
    assert isinstance(command, c.CreateDraft)
    assert (command.actor, command.agency) == (HEAD, AGENCY)
    assert command.asked == c.PromotionAsked(subject=STAFF, target_tmt=date(2026, 6, 1))


async def test_a_rotation_is_worded_as_the_domain_words_it() -> None:
    """A move names who and where to; the register knows the rest."""
    desk = FakeDesk()
    moves = [{"subject": STAFF, "to_post": "unit/SEKSI-B1", "to_class": 9}]
    asked = {"matter": "rotation", "moves": moves, "target_tmt": "2026-06-01"}
    async with web(services(desk=desk)) as client:
        answer = await client.put(CASE_URL, headers=speaking(HEAD, 7), json={"asked": asked})

    assert answer.status_code == 200
    (command,) = desk.arrived
    assert isinstance(command, c.ChangeDraft)
    assert type(command.asked) is c.RotationAsked
    assert command.asked.moves == [c.MoveAsked(subject=STAFF, to_post="unit/SEKSI-B1", to_class=9)]


async def test_a_promotion_to_a_post_is_a_rotation_of_its_kind() -> None:
    """A functional post is asked for with its level; the words are the domain's own."""
    desk = FakeDesk()
    move = {"subject": STAFF, "to_post": "jf/7@SEKSI-B1", "to_name": "Analis", "to_career_level": "ahli-muda"}
    asked = {"matter": "rotation", "kind": "JF-PERPINDAHAN", "moves": [move], "target_tmt": "2026-06-01"}
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{BASE}/proposals", headers=speaking(HEAD), json={"asked": asked})

    assert answer.status_code == 201
    (command,) = desk.arrived
    assert command.asked == c.RotationAsked(
        kind="JF-PERPINDAHAN", moves=[c.MoveAsked.model_validate(move)], target_tmt=date(2026, 6, 1)
    )


async def test_a_repeat_gets_the_same_body_and_says_so_in_a_header() -> None:
    """Whoever lost the answer cannot tell the difference in the body."""
    bodies = []
    for repeated in (False, True):
        async with web(services(desk=FakeDesk(repeated=repeated))) as client:
            headers = speaking(HEAD, Idempotency_Key="same-key-1")
            answer = await client.post(f"{BASE}/proposals", headers=headers, json=PROMOTION)
        bodies.append(answer.json())
        assert ("idempotency-replayed" in answer.headers) is repeated

    assert bodies[0] == bodies[1]


async def test_a_write_without_a_command_id_is_refused() -> None:
    """Nothing is recorded that could not be repeated safely."""
    desk = FakeDesk()
    headers = speaking(HEAD, 7)
    del headers["Idempotency-Key"]
    async with web(services(desk=desk)) as client:
        for answer in (
            await client.post(f"{BASE}/proposals", headers=headers, json=PROMOTION),
            await client.post(f"{CASE_URL}/withdrawal", headers=headers, json={}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert desk.arrived == []


@pytest.mark.parametrize(
    "key", ["short", "x" * 201, "proposal/KP-1/step/VERIF", "import/abc/0001", "with space in it", "semi;colon;x", ""]
)
async def test_a_command_id_of_the_systems_or_another_form_is_refused(key: str) -> None:
    """People can never take the id of a reminder, an effect or an import."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        headers = speaking(HEAD, 7, Idempotency_Key=key)
        answer = await client.post(f"{CASE_URL}/withdrawal", headers=headers, json={})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-malformed")
    assert desk.arrived == []


@pytest.mark.parametrize("shown", ["7", 'W/"7"', '"0"', '"07"', '"-1"', '"x"', "*", '"7", "8"', '"9999999999"', ""])
async def test_a_version_that_no_etag_gave_is_refused(shown: str) -> None:
    """`If-Match` holds exactly one version as it was given."""
    async with web(services()) as client:
        headers = speaking(HEAD, If_Match=shown)
        answer = await client.post(f"{CASE_URL}/withdrawal", headers=headers, json={})

    assert (answer.status_code, answer.json()["code"]) == (400, "if-match-malformed")


async def test_whether_a_version_is_needed_the_ledger_decides() -> None:
    """Without `If-Match` the command still arrives: the receipt of a repeat comes before 428."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{CASE_URL}/withdrawal", headers=speaking(HEAD), json={})

    assert answer.status_code == 200
    (command,) = desk.arrived
    assert isinstance(command, c.Withdraw)
    assert command.expected_version is None


@pytest.mark.parametrize("verb", WRITES)
async def test_a_case_that_the_caller_does_not_see_is_like_one_that_does_not_exist(verb: str) -> None:
    """Same answer for both, before any header or body is looked at, and nothing reaches the desk."""
    desk = FakeDesk()
    absent = "KP-2026-999999"
    async with web(services(desk=desk)) as client:
        headers = {**speaking(ADMIN, Idempotency_Key="x"), "Content-Type": "application/json"}
        unseen = await client.post(f"{CASE_URL}/{verb}", headers=headers, content=b"{")
        missing = await client.post(f"{BASE}/proposals/{absent}/{verb}", headers=headers, content=b"{")

    assert [unseen.status_code, missing.status_code] == [404, 404]
    assert same(unseen, CASE) == same(missing, absent)
    assert desk.arrived == []


def same(answer: Any, proposal_id: str) -> dict[str, Any]:
    """The answer without what names this request."""
    told = answer.json()
    assert told.pop("proposal_id") == proposal_id
    assert told.pop("instance")
    return dict(told)


@pytest.mark.parametrize(
    "proposal_id", ["..", "KP-2026-1", "kp-2026-000001", "KP-2026-000001%00", "%27OR%271", "199001012015041001"]
)
async def test_a_number_of_another_form_is_not_looked_up_and_not_repeated(proposal_id: str) -> None:
    """What is no number of a proposal is 404 without an echo."""
    async with web(services()) as client:
        answer = await client.get(f"{BASE}/proposals/{proposal_id}/actions", headers=speaking(HEAD))

    assert answer.status_code == 404
    assert "199001012015041001" not in answer.text


async def test_without_a_valid_token_nothing_is_told() -> None:
    """No token, another scheme, a forged one, a person the register lacks, another agency: 401 all the same."""
    tokens = Tokens(KEY, may_issue=True)
    hour = timedelta(hours=1)
    headers = [
        {},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": f"Bearer {Tokens(b'x' * 32, may_issue=True).issue(HEAD, AGENCY, hour)}"},
        {"Authorization": f"Bearer {tokens.issue('f' * 32, AGENCY, hour)}"},
        {"Authorization": f"Bearer {tokens.issue(HEAD, 'ELSEWHERE', hour)}"},
    ]
    async with web(services()) as client:
        answers = [await client.get(CASE_URL, headers=sent) for sent in headers]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "unauthenticated")}


@pytest.mark.parametrize(
    "changed",
    [
        {"round": "1"},
        {"round": True},
        {"round": -1},
        {"step": ""},
        {"actor": HEAD},
        {"expected_version": 1},
        {"at": "now"},
    ],
)
async def test_a_body_cannot_carry_what_is_not_its_to_say(changed: dict[str, Any]) -> None:
    """Wrong types and fields of the frame are refused, not ignored."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{CASE_URL}/approval", headers=speaking(CHIEF, 7), json={**STEP, **changed})

    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")
    assert desk.arrived == []
