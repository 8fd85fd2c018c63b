"""The register on both axes, and finding people in it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from activities.readmodels.reads import Reads
from activities.wiring import Backbone
from domain.register.changes import ImportPeople, PersonFacts
from domain.register.facts import RankHeld
from domain.vocabulary import Grade
from tests.support.named import NAMES, Seeing
from tests.support.people import AGENCY, CHIEF, HEAD, OTHER_CHIEF, SOURCE, STAFF, VERIFIER
from tests.support.story import Office


async def log_size(parts: Backbone) -> int:
    """How many events the log has."""
    async with parts.reads.connect() as connection:
        return int(await connection.scalar(text("SELECT size FROM log_head")) or 0)


async def test_what_was_known_then_is_not_what_is_known_now(
    office: Office, reads: Reads, parts: Backbone, as_: Seeing
) -> None:
    """A rank that was imported late holds for its own dates, but only once it was known."""
    before = await log_size(parts) - 1
    rank = RankHeld(valid_from=date(2025, 4, 1), grade=Grade("III/c"))
    people = [PersonFacts(subject=STAFF, facts=[rank])]
    await office.record(
        ImportPeople(command_id=office.id(), actor="import", agency=AGENCY, source=SOURCE, people=people)
    )
    who = await as_(HEAD)
    now, then, never = [await reads.person(STAFF, who, as_at) for as_at in (None, before, 0)]

    assert now is not None
    assert then is not None
    assert [grade(now.person, day) for day in (date(2025, 3, 31), date(2025, 4, 1))] == ["III/b", "III/c"]
    assert grade(then.person, date(2025, 4, 1)) == "III/b"
    assert never is None
    assert now.unit_names == {"SEKSI-A1": "Seksi A1"}
    assert now.identity is not None
    assert now.identity.nip == NAMES[STAFF][1]


def grade(person: object, day: date) -> str:
    """The grade on a day."""
    rank = person.rank_on(day)  # type: ignore[attr-defined]
    return str(rank.grade)


@pytest.mark.parametrize(
    ("who", "found"),
    [(HEAD, [STAFF]), (CHIEF, [HEAD, STAFF]), (VERIFIER, [HEAD, STAFF]), (OTHER_CHIEF, []), (STAFF, [])],
)
async def test_superiors_find_their_own_people_and_personnel_everybody(
    reads: Reads, as_: Seeing, who: str, found: list[str]
) -> None:
    """Nobody finds themselves that way, nor people of another office."""
    people = await reads.search(await as_(who), None, "a")

    assert [person.ref for person in people] == found


async def test_a_search_by_nip_or_name_shows_where_somebody_is(reads: Reads, as_: Seeing) -> None:
    """Unit, post and rank of today; the name by any part of it in any case; signs of patterns mean themselves."""
    who = await as_(HEAD)
    (by_nip,) = await reads.search(who, NAMES[STAFF][1], "")
    (by_name,) = await reads.search(who, None, "AYU")

    assert by_nip == by_name
    assert (by_nip.unit_name, by_nip.post_name, by_nip.grade) == ("Seksi A1", "Analis", "III/b")
    assert await reads.search(who, None, "%%%") == []
    assert await reads.search(who, NAMES[HEAD][1], "") == []
