"""Who sees which case and person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from activities.readmodels.reads import Reads
from activities.readmodels.visibility import Sight
from tests.support.named import Seeing
from tests.support.people import ADMIN, CHIEF, HEAD, OTHER_CHIEF, OTHER_HEAD, PPK, STAFF, VERIFIER, ref
from tests.support.story import Office


async def sights(reads: Reads, as_: Seeing, proposal_id: str, people: list[str]) -> list[Sight | None]:
    """What each person sees of the case."""
    found = [await reads.case(proposal_id, await as_(person)) for person in people]
    return [seen[1] if seen else None for seen in found]


async def test_a_draft_is_seen_by_those_it_concerns_their_superiors_and_personnel(
    office: Office, reads: Reads, as_: Seeing
) -> None:
    """Proposer, subject and the chief above see it from outside, personnel from inside, the other office not at all."""
    await office.draft()
    people = [HEAD, STAFF, CHIEF, VERIFIER, PPK, ADMIN, OTHER_HEAD, OTHER_CHIEF]
    outside, inside = Sight.OUTSIDE, Sight.INSIDE

    assert await sights(reads, as_, office.proposal_id, people) == [
        outside, outside, outside, inside, inside, inside, None, None,
    ]  # fmt: skip


async def test_a_desk_that_has_the_case_sees_what_desks_write(office: Office, reads: Reads, as_: Seeing) -> None:
    """The chief becomes an insider when the step waits there, and stays one after deciding."""
    await office.submitted()
    assert await sights(reads, as_, office.proposal_id, [CHIEF]) == [Sight.INSIDE]
    await office.approve(CHIEF, "PENGANTAR_OPD")
    assert await sights(reads, as_, office.proposal_id, [CHIEF]) == [Sight.INSIDE]


async def test_another_agency_sees_nothing(office: Office, reads: Reads, as_: Seeing) -> None:
    """The highest role of another agency is a stranger here, for cases and for people."""
    await office.submitted()
    elsewhere = replace(await as_(ADMIN), agency="ELSEWHERE")

    assert await reads.case(office.proposal_id, elsewhere) is None
    assert await reads.person(STAFF, elsewhere, None) is None


async def test_somebody_unknown_is_nobody(office: Office, reads: Reads, as_: Seeing) -> None:
    """A reference that the register lacks has no desks, and an unknown case nobody to see it."""
    assert await reads.viewer(ref(99)) is None
    assert await reads.case("KP-2026-999999", await as_(ADMIN)) is None


@pytest.mark.parametrize("who", [STAFF, HEAD, CHIEF, VERIFIER])
async def test_a_person_is_seen_by_themselves_superiors_and_personnel(
    office: Office, reads: Reads, as_: Seeing, who: str
) -> None:
    """Whoever has to do with the person may read the file."""
    assert await reads.person(STAFF, await as_(who), None) is not None


@pytest.mark.parametrize("who", [OTHER_HEAD, OTHER_CHIEF])
async def test_a_person_is_not_seen_from_another_office(office: Office, reads: Reads, as_: Seeing, who: str) -> None:
    """Officials of another office see nobody's file, and staff not their chief's."""
    assert await reads.person(STAFF, await as_(who), None) is None
    assert await reads.person(CHIEF, await as_(STAFF), None) is None
