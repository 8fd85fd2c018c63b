"""Who is in reach of a promotion, on a real ledger: for whom it is listed, and in which order it is read."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, text

from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from activities.readmodels.upcoming import FIRST, TOGETHER, Placed, Staff, Upcoming, everybody_in_reach, members
from activities.readmodels.visibility import Viewer
from activities.wiring import Backbone
from domain.calendar import first_of_month
from domain.errors import RegisterGap
from domain.promotion.announcements import Outlook
from domain.promotion.eligibility import next_tmt
from domain.proposal.commands import PromotionAsked
from domain.register.changes import ImportPeople, PersonFacts
from domain.register.events import Source
from domain.register.facts import RankHeld
from domain.rulebook.model import Verdict
from domain.vocabulary import Grade
from tests.support.hopefuls import FAR, SOON, UNPLACED, UNSCHOOLED, hopefuls
from tests.support.people import ADMIN, AGENCY, CHIEF, HEAD, OTHER_CHIEF, STAFF, ref, staff_facts
from tests.support.story import Office

LISTED = {
    SOON: Outlook.NEARLY,
    STAFF: Outlook.ELIGIBLE,
    UNPLACED: Outlook.DATA_GAP,
    UNSCHOOLED: Outlook.DATA_GAP,
}
LATER = Source(file_sha256="b" * 64, file_kind="skp")


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """The invented office with its hopeful staff."""
    found = Office(parts)
    await found.settle_in(hopefuls(next_tmt(await found.today(), parts.rulebook)))
    return found


@pytest.fixture
def reads(parts: Backbone) -> Reads:
    """The read side of the office's ledger."""
    return Reads(parts.reads, parts.keys, Context(parts.rulebook, parts.calendar))


async def seen_by(reads: Reads, who: str, tmt: date | None = None) -> dict[str, Upcoming]:
    """What somebody's one page shows of the section's staff, by person."""
    viewer = await reads.viewer(who)
    assert viewer is not None
    page = await reads.upcoming(viewer, tmt, FIRST, 100)
    return {entry.placed.subject: entry for entry in page.people if entry.placed.subject in {*LISTED, FAR}}


async def test_personnel_see_the_whole_agency(office: Office, reads: Reads) -> None:
    """Each in the way that fits; whoever lacks years is not in reach; somebody without a unit is not forgotten."""
    found = await seen_by(reads, ADMIN)

    assert {subject: entry.candidate.outlook for subject, entry in found.items()} == LISTED
    assert found[UNPLACED].placed == Placed("", UNPLACED)
    assert found[UNPLACED].candidate.lacking == ("post",)
    assert [finding.requirement for finding in found[SOON].candidate.missing] == ["TIME_IN_RANK"]


@pytest.mark.parametrize(
    ("who", "listed"), [(HEAD, 3), (CHIEF, 3), (OTHER_CHIEF, 0), (STAFF, 0)], ids=["head", "chief", "other", "staff"]
)
async def test_heads_see_the_people_of_their_units(office: Office, reads: Reads, who: str, listed: int) -> None:
    """Below them at any depth, never themselves, and nobody of another office."""
    assert len(await seen_by(reads, who)) == listed


async def test_who_asks_is_never_on_the_own_list(office: Office, reads: Reads, parts: Backbone) -> None:
    """A head's own promotion is the superior's to think of."""
    for who, seen in ((HEAD, False), (CHIEF, True)):
        viewer = await reads.viewer(who)
        assert viewer is not None
        async with parts.reads.connect() as connection:
            staff = await reads.upcoming(viewer, None, FIRST, 100)
            looked = await members(connection, Staff(AGENCY, viewer.today, ("SEKSI-A1",), who))
        assert (HEAD in [placed.subject for placed in looked]) is seen
        assert HEAD not in [entry.placed.subject for entry in staff.people] or seen


async def test_a_proposal_that_is_open_marks_its_person_for_its_tmt_only(office: Office, reads: Reads) -> None:
    """The list says which one it is."""
    await office.draft(PromotionAsked(subject=STAFF))
    tmt = next_tmt(await office.today(), office.parts.rulebook)
    this, other = await seen_by(reads, HEAD, tmt), await seen_by(reads, HEAD, first_of_month(tmt, 1))

    assert (this[STAFF].proposal_id, other[STAFF].proposal_id) == (office.proposal_id, None)


async def test_pages_follow_each_other_unit_by_unit_without_a_gap(office: Office, reads: Reads) -> None:
    """A page counts the people it looked at; the last one says where the next begins."""
    viewer = await reads.viewer(ADMIN)
    assert viewer is not None
    whole = await reads.upcoming(viewer, None, FIRST, 100)
    found: list[Upcoming] = []
    after, pages = FIRST, 0
    while True:
        page = await reads.upcoming(viewer, None, after, 4)
        found, after, pages = [*found, *page.people], page.last, pages + 1
        if page.looked_at < 4:
            break

    assert pages == 4
    assert found == whole.people
    assert [entry.placed for entry in found] == sorted(entry.placed for entry in found)
    assert whole.units["SEKSI-A1"] == "Seksi A1"


async def test_nobody_is_loaded_alone(office: Office, parts: Backbone) -> None:
    """Twice as many people as are folded together take no more statements than three rounds."""
    crowd = [PersonFacts(subject=ref(1000 + n), facts=staff_facts()) for n in range(2 * TOGETHER)]
    command = {"command_id": office.id(), "actor": "import", "agency": AGENCY, "source": LATER}
    await office.record(ImportPeople(people=crowd, **command))
    today, rounds = await office.today(), 0
    connects: list[object] = []
    event.listen(parts.reads.sync_engine, "checkout", lambda *found: connects.append(found))
    staff, tmt = Staff(AGENCY, today), next_tmt(today, parts.rulebook)
    found = []
    async for some in everybody_in_reach(parts.reads, parts.rulebook, staff, tmt):
        found, rounds = [*found, *some], rounds + 1

    assert rounds == 3
    assert len(connects) == 1 + rounds
    assert len({entry.placed.subject for entry in found}) == len(found) > 2 * TOGETHER


# One person.


async def test_an_answer_names_the_facts_it_rests_on_and_when_they_were_recorded(office: Office, reads: Reads) -> None:
    """A correction that arrives later is the one that is named, and nothing else changes."""
    today = await office.today()
    before = (await reads.eligibility(STAFF, None, None, today)).known
    rank = RankHeld(valid_from=before["current_grade"][0].fact.valid_from, grade=Grade("III/b"), decree="SK-9")
    people = [PersonFacts(subject=STAFF, facts=[rank])]
    command = {"command_id": office.id(), "actor": "import", "agency": AGENCY, "source": LATER}
    receipt = await office.record(ImportPeople(people=people, **command))
    after = (await reads.eligibility(STAFF, None, None, today)).known
    (known,) = after["current_grade"]

    assert (known.fact.valid_from, known.recorded_at, known.source) == (rank.valid_from, receipt.recorded_at, LATER)
    assert before["current_grade"][0].recorded_at < receipt.recorded_at
    assert after["education_levels"] == before["education_levels"] != []


async def test_an_answer_is_the_whole_assessment_and_writes_nothing(office: Office, reads: Reads) -> None:
    """Every requirement that applies, for the TMT whose window contains today."""
    before, tmt = await log_size(office.parts), next_tmt(await office.today(), office.parts.rulebook)
    found = await reads.eligibility(STAFF, None, None, await office.today())

    assert (found.request.target_tmt, found.assessment.target_tmt) == (tmt, tmt)
    assert {finding.requirement for finding in found.assessment.findings} >= {"TIME_IN_RANK", "RATINGS"}
    assert all(finding.verdict is not Verdict.NOT_MET for finding in found.assessment.findings)
    assert await log_size(office.parts) == before


async def log_size(parts: Backbone) -> int:
    """How many events and receipts there are."""
    async with parts.reads.connect() as connection:
        events = await connection.scalar(text("SELECT count(*) FROM events"))
        return int(events or 0) + int(await connection.scalar(text("SELECT count(*) FROM command_receipts")) or 0)


async def test_a_person_without_a_rank_is_a_gap_of_the_register(office: Office, reads: Reads) -> None:
    """The refusal names the fact."""
    with pytest.raises(RegisterGap) as refused:
        await reads.eligibility(ADMIN, None, None, await office.today())

    assert refused.value.fact == "rank"


async def test_viewers_are_told_by_the_ledgers_own_day(reads: Reads, office: Office) -> None:
    """What the lists call today is the office's date."""
    viewer = await reads.viewer(HEAD)

    assert isinstance(viewer, Viewer)
    assert viewer.today == await office.today()
