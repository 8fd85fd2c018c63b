"""Eligibility: one person with everything an answer rests on, who is in reach page by page, and drafts for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from activities.readmodels.eligibility import Eligibility, Known
from activities.readmodels.register import PersonFile
from activities.readmodels.upcoming import FIRST, Placed, Upcoming, UpcomingPage
from activities.readmodels.visibility import Viewer
from domain.errors import DomainError, NotSuperior, RegisterGap
from domain.ports import AnyCommand, Receipt
from domain.promotion.eligibility import assess_promotion
from domain.promotion.upcoming import asked, candidate
from domain.proposal import commands as c
from tests.support.api import AT, BASE, FakeDesk, FakeReads, services, speaking, web
from tests.support.builders import OFFICE, RULEBOOK
from tests.support.people import AGENCY, CHIEF, HEAD, SOURCE, STAFF, ref

TMT, TODAY = date(2026, 4, 1), date(2026, 3, 2)
FILE = PersonFile(STAFF, None, OFFICE.people[STAFF], {})


def answered(kind: str | None, tmt: date | None, today: date) -> Eligibility:
    """What the register's own answer would be, resting on the present rank."""
    person = OFFICE.people[STAFF]
    request = asked(person, kind, tmt, today, RULEBOOK)
    rank = person.rank_on(request.target_tmt)
    assert rank is not None
    known = {"current_grade": [Known(rank, AT, source=SOURCE)]}
    return Eligibility(request, assess_promotion(person, request, RULEBOOK), known)


@dataclass
class Reads(FakeReads):
    """Somebody with a file, and a hundred people of whom every second one is in reach."""

    files: Mapping[str, Any] = field(default_factory=lambda: {STAFF: FILE})
    gap: DomainError | None = None

    async def eligibility(self, subject: str, kind: str | None, tmt: date | None, today: date) -> Eligibility:
        """The office's member of staff."""
        if self.gap is not None:
            raise self.gap
        self.asked.append((subject, kind, tmt, today))
        return answered(kind, tmt, today)

    async def upcoming(self, who: Viewer, tmt: date | None, after: Placed, limit: int) -> UpcomingPage:
        """People behind a place."""
        self.asked.append((who.ref, tmt))
        near = candidate(OFFICE.people[STAFF], TMT, TODAY, RULEBOOK)
        assert near is not None
        everybody = [Placed("SEKSI-A1", ref(n)) for n in range(100, 200)]
        looked_at = [placed for placed in everybody if placed > after][:limit]
        people = [Upcoming(placed, near) for placed in looked_at if int(placed.subject, 16) % 2]
        last = looked_at[-1] if looked_at else after
        return UpcomingPage(tmt or TMT, date(2026, 3, 15), people, {"SEKSI-A1": "Seksi A1"}, len(looked_at), last)


async def test_one_person_is_answered_requirement_by_requirement() -> None:
    """Verdict and earliest TMT of the whole; article, confidence, cure, and the facts behind each input."""
    async with web(services(reads=Reads())) as client:
        url = f"{BASE}/eligibility?subject={STAFF}&kind=REG&tmt=2026-04-01"
        answer = await client.get(url, headers=speaking(HEAD, Accept_Language="en"))
    found, expected = answer.json(), answered("REG", TMT, TODAY)
    told = {finding["requirement"]: finding for finding in found["requirements"]}

    assert answer.status_code == 200, answer.text
    assert (found["subject"], found["kind"], found["target_grade"]) == (STAFF, "REG", "III/c")
    assert (found["tmt"], found["lodged_on"]) == ("2026-04-01", "2026-03-02")
    assert found["rulebook_version"] == RULEBOOK.version
    assert told.keys() == {finding.requirement for finding in expected.assessment.findings}
    time_in_rank = told["TIME_IN_RANK"]
    assert (time_in_rank["verdict"], time_in_rank["confidence"]) == ("met", "sourced")
    assert time_in_rank["article"] != ""
    assert time_in_rank["known"]["current_grade"] == [
        {
            "fact": "rank",
            "valid_from": "2021-12-01",
            "recorded_at": "2026-03-02T01:00:00Z",
            "file_kind": "test",
            "file_sha256": "0" * 64,
            "proposal_id": None,
        }
    ]


async def test_kind_and_tmt_may_be_left_out() -> None:
    """What career and day suggest, on the office's today."""
    reads = Reads()
    async with web(services(reads=reads)) as client:
        answer = await client.get(f"{BASE}/eligibility?subject={STAFF}", headers=speaking(HEAD))

    assert answer.json()["tmt"] == "2026-04-01"
    assert reads.asked[-1] == (STAFF, None, None, TODAY)


@pytest.mark.parametrize("subject", ["f" * 32, "F" * 32, "199001012015049001", "x"])
async def test_a_person_whom_the_caller_may_not_see_is_answered_for_nobody(subject: str) -> None:
    """404 without an echo, and no assessment is made."""
    reads = Reads()
    async with web(services(reads=reads)) as client:
        answer = await client.get(f"{BASE}/eligibility?subject={subject}", headers=speaking(HEAD))

    assert (answer.status_code, answer.json()["code"]) == (404, "person-not-visible")
    assert subject not in answer.text
    assert [question for question in reads.asked if len(question) == 4] == []


async def test_what_the_register_lacks_is_named() -> None:
    """A gap is the office's to close."""
    async with web(services(reads=Reads(gap=RegisterGap(fact="rank")))) as client:
        answer = await client.get(f"{BASE}/eligibility?subject={STAFF}", headers=speaking(HEAD))

    assert (answer.status_code, answer.json()["code"], answer.json()["fact"]) == (422, "register-gap", "rank")


async def test_following_next_looks_at_everybody_once() -> None:
    """A page counts whom it looked at, so it may show fewer; the last one has no bookmark."""
    seen: list[str] = []
    url, pages = f"{BASE}/upcoming?tmt=2026-04-01&limit=30", 0
    async with web(services(reads=Reads(known_names={ref(101): "Sekar Ayu"}))) as client:
        while url:
            answer = await client.get(url, headers=speaking(HEAD, Accept_Language="en"))
            page, pages = answer.json(), pages + 1
            seen += [row["subject"] for row in page["items"]]
            url = f"{BASE}/upcoming?tmt=2026-04-01&limit=30&after={page['next']}" if page["next"] else ""
            assert (page["tmt"], page["closes"]) == ("2026-04-01", "2026-03-15")
            assert page["units"] == {"SEKSI-A1": "Seksi A1"}

    assert seen == [ref(n) for n in range(101, 200, 2)]
    assert pages == 4


async def test_the_link_to_the_next_page_keeps_the_question() -> None:
    """Whoever follows it stays with the same TMT."""
    async with web(services(reads=Reads())) as client:
        answer = await client.get(f"{BASE}/upcoming?tmt=2026-05-01&limit=2", headers=speaking(HEAD))

    assert "tmt=2026-05-01" in answer.headers["link"]


@pytest.mark.parametrize("query", ["tmt=2026-13-01", "tmt=20260401", "limit=0"])
async def test_a_question_that_is_none_is_refused_by_name(query: str) -> None:
    """Dates are dates, and a page has a size."""
    async with web(services(reads=Reads())) as client:
        answer = await client.get(f"{BASE}/upcoming?{query}", headers=speaking(HEAD))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


# Drafts for many.

PEOPLE = [{"subject": STAFF}, {"subject": CHIEF, "kind": "STR"}]
BODY = {"tmt": "2026-04-01", "people": PEOPLE}


@dataclass
class Choosy(FakeDesk):
    """Refuses the head of office."""

    async def record(self, command: AnyCommand) -> Receipt:
        """Unless it is about the head of office."""
        assert isinstance(command, c.CreateDraft)
        if CHIEF in command.asked.model_dump().values():
            raise NotSuperior
        return await super().record(command)


async def test_each_person_gets_a_draft_in_the_callers_name() -> None:
    """With the kind that the list suggested, for the one TMT, for the caller's agency."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{BASE}/upcoming/drafts", headers=speaking(HEAD), json=BODY)

    assert answer.status_code == 200, answer.text
    assert [draft["subject"] for draft in answer.json()["drafts"]] == [STAFF, CHIEF]
    assert all(draft["receipt"]["outcome"] == "recorded" for draft in answer.json()["drafts"])
    created = [command for command in desk.arrived if isinstance(command, c.CreateDraft)]
    assert {(command.actor, command.agency) for command in created} == {(HEAD, AGENCY)}
    assert [command.asked for command in created] == [
        c.PromotionAsked(kind="REG", subject=STAFF, target_tmt=TMT),
        c.PromotionAsked(kind="STR", subject=CHIEF, target_tmt=TMT),
    ]


async def test_the_command_ids_are_made_of_the_requests_own_and_the_person() -> None:
    """The same request asks for the same drafts again; another one for others; no two people share one."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        for key in ("from-list-1", "from-list-1", "from-list-2"):
            headers = speaking(HEAD, Idempotency_Key=key)
            await client.post(f"{BASE}/upcoming/drafts", headers=headers, json=BODY)
    first, again, other = ({command.command_id for command in desk.arrived[start : start + 2]} for start in (0, 2, 4))

    assert first == again
    assert first & other == set()
    assert len(first) == 2


async def test_one_persons_refusal_does_not_hold_up_the_others() -> None:
    """Each gets the receipt, or the problem with its code and its words."""
    async with web(services(desk=Choosy())) as client:
        answer = await client.post(f"{BASE}/upcoming/drafts", headers=speaking(HEAD), json=BODY)
    made, refused = answer.json()["drafts"]

    assert (made["problem"], refused["receipt"]) == (None, None)
    assert (refused["problem"]["code"], refused["problem"]["status"]) == ("not-superior", 403)


@pytest.mark.parametrize(("desk", "repeated"), [(FakeDesk(), False), (FakeDesk(repeated=True), True)])
async def test_a_repeat_says_so_in_a_header(desk: FakeDesk, repeated: bool) -> None:  # noqa: FBT001 - parametrised
    """And nowhere else."""
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{BASE}/upcoming/drafts", headers=speaking(HEAD), json=BODY)

    assert ("idempotency-replayed" in answer.headers) is repeated


@pytest.mark.parametrize(
    "body",
    [
        {"tmt": "2026-04-01", "people": []},
        {"tmt": "2026-04-01", "people": [{"subject": STAFF}] * 51},
        {"tmt": "2026-04-01", "people": [{"subject": "199001012015049001"}]},
        {"tmt": "2026-04-01", "people": [{"subject": STAFF, "grade": "IV/e"}]},
        {"people": [{"subject": STAFF}]},
    ],
    ids=["nobody", "too many", "a NIP", "an unknown field", "no TMT"],
)
async def test_what_is_no_list_of_people_is_refused_and_nothing_is_begun(body: dict[str, Any]) -> None:
    """The place is named, what was sent is not repeated."""
    desk = FakeDesk()
    async with web(services(desk=desk)) as client:
        answer = await client.post(f"{BASE}/upcoming/drafts", headers=speaking(HEAD), json=body)

    assert answer.status_code == 422
    assert "1990" not in answer.text
    assert desk.arrived == []


def test_a_page_begins_before_everybody() -> None:
    """Nobody has a place before the first one."""
    assert Placed("", ref(0)) > FIRST
