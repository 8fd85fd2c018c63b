"""Submissions assessed anew on a real ledger, with the register as it was known then."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.readmodels.replay import Replayed, replay, states
from activities.rule_files import read_rulebook
from activities.wiring import Backbone
from domain.calendar import first_of_month
from domain.proposal import commands as c
from domain.register.changes import ImportPeople, PersonFacts
from domain.register.facts import Fact, RankHeld
from domain.rulebook.flips import Flip
from domain.rulebook.model import Severity
from domain.rulebook.rulebook import Rulebook
from domain.vocabulary import Grade
from tests.activities.readmodels.conftest import Passing
from tests.support.people import (
    AGENCY,
    CHIEF,
    HEAD,
    OTHER_HEAD,
    PYB,
    SOURCE,
    STAFF,
    VERIFIER,
    everybody,
    seat,
    staff_facts,
)
from tests.support.story import Office

FIVE_YEARS = ("kind: REG\n  years_in_rank: 4", "kind: REG\n  years_in_rank: 5")


@pytest.fixture
def stricter(tmp_path: Path) -> Rulebook:
    """A draft under which a regular promotion needs five years in rank."""
    folder = Path(shutil.copytree(Path(str(files("domain.rulebook") / "tables")), tmp_path / "draft"))
    terms = folder / "terms.yaml"
    old, new = FIVE_YEARS
    assert old in terms.read_text()
    terms.write_text(terms.read_text().replace(old, new))
    return read_rulebook(folder)


@pytest.fixture
async def office(parts: Backbone) -> Office:
    """Everybody has settled in, and somebody with four years and a half in rank is proposed."""
    found = Office(parts)
    half_way = PersonFacts(subject=STAFF, facts=staff_facts(rank_from=first_of_month(await found.today(), -54)))
    await found.settle_in([half_way, *(person for person in everybody() if person.subject != STAFF)])
    await found.submitted()
    return found


async def swap(office: Office) -> str:
    """A swap of the heads of two sections."""
    moves = [
        c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1", to_name="Kepala B1", to_class=9),
        c.MoveAsked(subject=OTHER_HEAD, to_post="unit/SEKSI-A1", to_name="Kepala A1", to_class=9),
    ]
    return await office.submitted(c.RotationAsked(moves=moves, target_tmt=date(2027, 3, 1)), PYB)


async def learn(office: Office, subject: str, *facts: Fact) -> None:
    """The register hears something about a person."""
    people = [PersonFacts(subject=subject, facts=list(facts))]
    await office.parts.ledger.record(
        ImportPeople(command_id=office.id(), actor="import", agency=AGENCY, source=SOURCE, people=people)
    )


async def replayed(parts: Backbone, draft: Rulebook, in_force: Rulebook | None = None) -> list[Replayed]:
    """Every submission, assessed anew."""
    async with parts.reads.connect() as connection:
        return [one async for one in replay(connection, parts.calendar, in_force or parts.rulebook, draft)]


async def test_an_unchanged_draft_flips_nothing(office: Office, parts: Backbone) -> None:
    """Promotion and swap are answered as when they were lodged: the register and its seats are read as of then."""
    promotion, rotation = office.proposal_id, await swap(office)
    found = await replayed(parts, read_rulebook())

    assert [one.proposal_id for one in found] == [promotion, rotation]
    assert [(one.stored == one.in_force, one.unfaithful, one.flipped) for one in found] == [(True, False, False)] * 2


async def test_a_stricter_draft_flips_the_promotion_and_says_how(
    office: Office, parts: Backbone, stricter: Rulebook
) -> None:
    """Four years and some are enough today; under the draft the requirement blocks, and the swap is left alone."""
    promotion = office.proposal_id
    await swap(office)
    (flipped,) = [one for one in await replayed(parts, stricter) if one.flipped]

    assert flipped.proposal_id == promotion
    assert flipped.flips == [Flip("TIME_IN_RANK", STAFF, "met", "blocks")]
    assert flipped.in_force.earliest_tmt == flipped.in_force.target_tmt
    assert flipped.draft.earliest_tmt
    assert flipped.draft.earliest_tmt > flipped.draft.target_tmt


async def test_what_was_learned_later_does_not_count(office: Office, parts: Backbone) -> None:
    """A rank that is imported after the submission would stand against it; so would a post that was left before it."""
    await swap(office)
    await learn(office, STAFF, RankHeld(valid_from=date(2026, 1, 1), grade=Grade("III/c")))
    await learn(office, OTHER_HEAD, seat("SEKSI-Z9", date(2026, 1, 1)))

    assert [one.unfaithful for one in await replayed(parts, parts.rulebook)] == [False, False]


async def test_a_ledger_whose_rules_answer_otherwise_is_told(office: Office, parts: Backbone) -> None:
    """The control of the two above: the same version with another content answers otherwise than what is stored."""
    rules = tuple(
        replace(rule, requirement=rule.requirement.model_copy(update={"severity": Severity.RETURN}))
        for rule in parts.rulebook.rules
    )
    (found,) = await replayed(parts, parts.rulebook, replace(parts.rulebook, rules=rules))

    assert found.unfaithful
    assert office.proposal_id == found.proposal_id


async def test_every_round_is_a_submission_and_states_are_those_of_today(office: Office, parts: Backbone) -> None:
    """A withdrawn case is past and still re-assessed."""
    await office.record(c.Withdraw(**office.by(HEAD)))
    found = await replayed(parts, parts.rulebook)
    connection: AsyncConnection
    async with parts.reads.connect() as connection:
        now = await states(connection, [one.proposal_id for one in found])

    assert [(one.proposal_id, one.round) for one in found] == [(office.proposal_id, 1)]
    assert {proposal_id: state.name for proposal_id, state in now.items()} == {office.proposal_id: "withdrawn"}


async def test_a_correction_is_replayed_as_it_was_judged(office: Office, parts: Backbone, passing: Passing) -> None:
    """Sent back, and lodged again after two months: in time by the day of the first lodging, and warned of."""
    await office.approve(CHIEF, "PENGANTAR_OPD")
    await office.record(
        c.ReturnProposal(step="VERIF", round=1, reason_code="incomplete", note="SKP kurang", **office.by(VERIFIER))
    )
    await passing("62 days")
    await office.record(c.Submit(note="SKP diperbaiki", **office.by(HEAD)))
    first, second = await replayed(parts, parts.rulebook)

    assert [first.unfaithful, second.unfaithful] == [False, False]
    assert second.lodged_on > first.lodged_on
    assert "CORRECTION_IN_WINDOW" in {finding.requirement for finding in second.stored.warnings}
