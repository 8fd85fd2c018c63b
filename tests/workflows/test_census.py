from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from tests.support.relay_fakes import standing
from workflows.census import Census, Standing, state_hash

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_line_is_the_same_whoever_says_it() -> None:
    """An engine tells instants in another zone, and may keep less of a second."""
    there = NINE.astimezone(timezone(timedelta(hours=7))) + timedelta(microseconds=1)
    said = [Standing("KP-1", "promotion", "VERIF", "SEKSI-A1", at).line for at in (NINE, there)]
    assert said == 2 * ["KP-1|promotion|VERIF|SEKSI-A1|2026-03-02T09:00:00Z"]


def test_a_case_without_a_deadline_has_a_line_too() -> None:
    """A draft, for one."""
    assert Standing("KP-1", "promotion", "Draft", "SEKSI-A1").line == "KP-1|promotion|Draft|SEKSI-A1|"


def test_the_state_hash_does_not_depend_on_the_order() -> None:
    """It is SHA-256 over the sorted lines, which anyone can compute from a list."""
    one, two = standing("KP-1"), standing("MT-2")
    lines = f"{one.line}\n{two.line}\n".encode()
    assert state_hash([two, one]) == state_hash([one, two]) == hashlib.sha256(lines).hexdigest()


def test_a_census_tells_what_is_missing_behind_and_left_over() -> None:
    """Each case that is not right is in exactly one of the three."""
    missing, behind, fine, extra = (standing(f"KP-{number}") for number in range(1, 5))
    census = Census.of([missing, behind, fine], [behind._replace(stage="Draft"), fine, extra])
    assert (census.missing, census.behind, census.extra) == ([missing], [behind], [extra])
    assert len(census.differences) == 3


def test_any_part_of_a_standing_that_differs_makes_a_case_be_behind() -> None:
    """Matter, stage, unit and deadline."""
    case = standing("KP-1")
    others = [
        case._replace(**changed) for changed in ({"matter": "rotation"}, {"stage": ""}, {"unit": "B"}, {"due_at": None})
    ]
    assert [Census.of([case], [other]).behind for other in others] == 4 * [[case]]


def test_equal_lists_have_no_differences_and_one_hash() -> None:
    """Whatever their order."""
    cases = [standing("KP-1"), standing("KP-2")]
    census = Census.of(cases, reversed(cases))
    assert census.differences == []
    assert state_hash(census.ledger.values()) == state_hash(census.engine.values())
