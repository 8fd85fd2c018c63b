"""Where a step waits: at its holder, one level up, with the Sekda, or with the administrators; never nowhere."""

from __future__ import annotations

import pytest

from domain.proposal import events as e
from domain.proposal.desks import Desk, desks_for, superior_desk
from domain.proposal.matter import Rotation
from domain.register.facts import Assignment
from domain.rulebook.model import UnitHead
from domain.vocabulary import Role
from tests.support.builders import (
    OFFICE,
    PROMOTION,
    STEPS,
    SWAP,
    World,
    acting,
    approve,
    attached,
    by,
    clock,
    create,
    draft,
    drafted,
    move,
    promotion_at,
    role,
    submit,
    swap_at,
    swap_draft,
)
from tests.support.given import case, given, like
from tests.support.people import (
    ADMIN,
    APPROVER,
    CHIEF,
    HEAD,
    OTHER_CHIEF,
    OTHER_HEAD,
    PPK,
    PYB,
    STAFF,
    VERIFIER,
    official,
    ref,
)

ROOT_HEAD = ref(80)


def at_root(world: World = OFFICE) -> World:
    """The world with somebody at the head of the whole government."""
    return world.knowing(ROOT_HEAD, *official("ROOT"))


def then_waits_at(world: World, *desks: str, stall: str = "") -> None:
    """A promotion lodged in this world waits at these desks."""
    given(*draft()).where(world).when(submit()).then(
        like(e.ProposalSubmitted), like(e.StepOpened, desks=list(desks), stall=stall)
    )


# The head of office.


def test_a_step_waits_at_the_head_of_the_office() -> None:
    """The office is the unit directly below the root, however deep the person works."""
    then_waits_at(OFFICE, "unit/DINAS-A")


def test_an_acting_head_keeps_the_desk() -> None:
    """A vacancy that somebody covers is none."""
    then_waits_at(OFFICE.without(CHIEF).also(OTHER_CHIEF, acting("DINAS-A")), "unit/DINAS-A")


def test_a_vacant_office_waits_one_level_up() -> None:
    """With the reason, so that administrators see it."""
    then_waits_at(at_root(OFFICE.without(CHIEF)), "unit/ROOT", stall="vacant")


def test_without_any_head_upward_the_sekda_is_asked() -> None:
    """The last resort before the administrators."""
    then_waits_at(OFFICE.without(CHIEF), "role/pyb", stall="vacant")


def test_without_sekda_the_administrators_are_asked() -> None:
    """At no time does a step wait on nobody."""
    then_waits_at(OFFICE.without(CHIEF, PYB), "role/administrator", stall="vacant")


def test_a_head_who_is_the_subject_is_passed_over() -> None:
    """One level up, because of the conflict."""
    own = by(HEAD, drafted(PROMOTION.model_copy(update={"subject": CHIEF})))
    found = desks_for(STEPS["PENGANTAR_OPD"], case([own]), at_root().facts(create()).organisation)

    assert found == [Desk("unit/ROOT", "conflict")]


def test_a_head_who_proposed_is_passed_over() -> None:
    """The head of office proposes and does not approve."""
    proposed = [by(CHIEF, drafted(proposer=CHIEF)), *(by(CHIEF, attached(d)) for d in ("SK_PANGKAT", "SKP_1", "SKP_2"))]
    given(*proposed).where(at_root()).when(submit(CHIEF)).then(
        like(e.ProposalSubmitted), like(e.StepOpened, desks=["unit/ROOT"], stall="conflict")
    )


def test_the_reason_of_the_first_gap_is_kept() -> None:
    """A vacancy below a conflict is told as a vacancy."""
    own = by(HEAD, drafted(PROMOTION.model_copy(update={"subject": ROOT_HEAD})))
    world = at_root(OFFICE.without(CHIEF))
    found = desks_for(STEPS["PENGANTAR_OPD"], case([own]), world.facts(create()).organisation)

    assert found == [Desk("role/pyb", "vacant")]


def test_a_unit_that_nobody_describes_is_covered_by_the_sekda() -> None:
    """A gap in the tree stops nothing."""
    lost = by(HEAD, drafted(PROMOTION.model_copy(update={"unit": "NOWHERE"})))
    found = desks_for(STEPS["PENGANTAR_OPD"], case([lost]), OFFICE.facts(create()).organisation)

    assert found == [Desk("role/pyb", "vacant")]


# Roles.


@pytest.mark.parametrize(
    ("history", "actor", "missing"),
    [
        (promotion_at("PENGANTAR_OPD"), CHIEF, VERIFIER),
        (promotion_at("VERIF"), VERIFIER, APPROVER),
    ],
)
def test_a_role_that_nobody_holds_falls_to_the_administrators(history: list[by], actor: str, missing: str) -> None:
    """A stalled case on their board."""
    step = history[-1].event.step
    given(*history).where(OFFICE.without(missing)).when(approve(step, actor)).then(
        like(e.StepApproved), like(e.StepOpened, desks=["role/administrator"], stall="vacant")
    )


def test_a_role_whose_only_holder_is_the_subject_falls_to_the_administrators() -> None:
    """For the sake of separation."""
    world = OFFICE.without(VERIFIER).also(STAFF, *role(Role.VERIFIER))
    given(*promotion_at("PENGANTAR_OPD")).where(world).when(approve("PENGANTAR_OPD", CHIEF)).then(
        like(e.StepApproved), like(e.StepOpened, desks=["role/administrator"], stall="conflict")
    )


def test_one_holder_without_conflict_is_enough() -> None:
    """The others of the role are simply not allowed to act."""
    world = OFFICE.also(STAFF, *role(Role.VERIFIER))
    given(*promotion_at("PENGANTAR_OPD")).where(world).when(approve("PENGANTAR_OPD", CHIEF)).then(
        like(e.StepApproved), like(e.StepOpened, desks=["role/verifier"], stall="")
    )


def test_the_role_of_another_agency_covers_nothing_here() -> None:
    """Roles are granted within an agency."""
    world = OFFICE.knowing(VERIFIER, *role(Role.VERIFIER), agency="OTHER")
    given(*promotion_at("PENGANTAR_OPD")).where(world).when(approve("PENGANTAR_OPD", CHIEF)).then(
        like(e.StepApproved), like(e.StepOpened, desks=["role/administrator"], stall="vacant")
    )


# Rotations.


def test_a_swap_waits_at_both_offices() -> None:
    """Origin first."""
    given(*swap_draft()).when(submit(PYB)).then(
        like(e.ProposalSubmitted), like(e.StepOpened, desks=["unit/DINAS-A", "unit/DINAS-B"], stall="")
    )


def _desks_of(moves: Rotation, world: World = OFFICE, proposer: str = PYB) -> list[Desk]:
    drawn = case([by(proposer, drafted(moves, proposer))])
    return desks_for(STEPS["PERSETUJUAN_ASAL"], drawn, world.facts(create()).organisation)


def test_inside_one_office_it_is_asked_once() -> None:
    """Origin and target are the same desk."""
    moves = SWAP.model_copy(update={"moves": [move(HEAD, "SEKSI-A1", "DINAS-A")], "from_units": ["SEKSI-A1"]})

    assert _desks_of(moves) == [Desk("unit/DINAS-A")]


def test_an_office_that_many_moves_touch_is_asked_once() -> None:
    """Not once for each move."""
    moves = SWAP.model_copy(
        update={
            "moves": [move(ref(n), "SEKSI-A1", "SEKSI-B1") for n in (30, 31)],
            "from_units": ["SEKSI-A1", "SEKSI-A1"],
        }
    )

    assert _desks_of(moves) == [Desk("unit/DINAS-A"), Desk("unit/DINAS-B")]


def test_two_offices_that_both_fall_to_the_sekda_are_one_desk() -> None:
    """Each desk once."""
    assert _desks_of(SWAP, OFFICE.without(CHIEF, OTHER_CHIEF), VERIFIER) == [Desk("role/pyb", "vacant")]


def test_a_sekda_who_proposed_is_no_last_resort() -> None:
    """Vacant offices of a swap that the Sekda proposes fall to the administrators."""
    assert _desks_of(SWAP, OFFICE.without(CHIEF, OTHER_CHIEF)) == [Desk("role/administrator", "vacant")]


def test_the_subjects_own_unit_may_be_asked() -> None:
    """A route may name the head of the own unit instead of the office."""
    step = STEPS["VERIF"].model_copy(update={"holders": [UnitHead(of="subject-unit")]})
    organisation = OFFICE.facts(create()).organisation

    assert desks_for(step, case([by(CHIEF, drafted(proposer=CHIEF))]), organisation) == [Desk("unit/SEKSI-A1")]


def test_a_delivery_waits_at_everybody_concerned() -> None:
    """Each person acknowledges."""
    found = desks_for(STEPS["SERAH_TERIMA"], case(swap_draft()), OFFICE.facts(create()).organisation)

    assert found == [Desk(f"person/{HEAD}"), Desk(f"person/{OTHER_HEAD}")]


def test_an_effect_waits_at_the_calendar() -> None:
    """No desk."""
    assert desks_for(STEPS["EFEKTIF"], case(draft()), OFFICE.facts(create()).organisation) == []


# One level up.

WITH_ROOT = at_root()


@pytest.mark.parametrize(
    ("desk", "world", "above"),
    [
        ("unit/SEKSI-A1", OFFICE, "unit/DINAS-A"),
        ("unit/DINAS-A", WITH_ROOT, "unit/ROOT"),
        ("unit/SEKSI-A1", at_root(OFFICE.without(CHIEF)), "unit/ROOT"),
        ("unit/DINAS-A", OFFICE, "role/pyb"),
        ("unit/ROOT", WITH_ROOT, "role/pyb"),
        ("unit/DINAS-A", OFFICE.without(PYB), "role/administrator"),
        ("role/verifier", OFFICE, "role/pyb"),
        ("role/approver", OFFICE, "role/pyb"),
        ("role/board", OFFICE, "role/pyb"),
        ("role/verifier", OFFICE.without(PYB), "role/administrator"),
        ("role/ppk", OFFICE, "role/administrator"),
        ("role/pyb", OFFICE, "role/administrator"),
        ("role/administrator", OFFICE, "role/administrator"),
        (f"person/{STAFF}", OFFICE, "role/administrator"),
    ],
)
def test_every_desk_has_one_above_it(desk: str, world: World, above: str) -> None:
    """A unit's is the next head upward, the personnel office's is the Sekda, everybody else's the administrators'."""
    assert superior_desk(desk, case(draft()), world.facts(create()).organisation) == above


def test_a_superior_with_a_conflict_is_passed_over() -> None:
    """Escalation does not land at the proposer's own desk."""
    proposed = case([by(CHIEF, drafted(proposer=CHIEF))])

    assert superior_desk("unit/SEKSI-A1", proposed, WITH_ROOT.facts(create()).organisation) == "unit/ROOT"


@pytest.mark.parametrize("history", [promotion_at("VERIF"), swap_at("PERSETUJUAN_ASAL"), promotion_at("SK")])
def test_an_escalated_step_always_has_more_desks_than_before(history: list[by]) -> None:
    """Whoever is above is never one of those who are late."""
    step = history[-1].event.step
    escalated = given(*history).at(history[-1].event.escalate_at).when(clock("escalate", step))
    before = given(*history).state.step.may_act

    assert set(before) < set(escalated.state.step.may_act)


def test_a_head_of_several_units_counts_once_each() -> None:
    """The definitive head comes before one who acts."""
    world = OFFICE.also(OTHER_CHIEF, acting("DINAS-A", Assignment.PLH))
    organisation = world.facts(create()).organisation

    assert organisation.head_of("DINAS-A").subject == CHIEF
    assert [head.subject for head in organisation.heads["DINAS-A"]] == [CHIEF, OTHER_CHIEF]


def test_the_people_of_a_situation_hold_their_desks() -> None:
    """The world of these tests reads desks from facts as the ledger does."""
    held = {person: OFFICE.facts(create(person)).desks for person in (CHIEF, VERIFIER, PPK, ADMIN)}

    assert held == {
        CHIEF: {f"person/{CHIEF}", "unit/DINAS-A"},
        VERIFIER: {f"person/{VERIFIER}", "role/verifier"},
        PPK: {f"person/{PPK}", "role/ppk"},
        ADMIN: {f"person/{ADMIN}", "role/administrator"},
    }
