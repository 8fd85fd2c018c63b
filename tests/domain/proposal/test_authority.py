"""Who may decide: desks, separation of duties, acting officials, shown versions, and which refusal comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.errors import (
    ActingMayNotDecide,
    NotPossibleNow,
    NotYourDesk,
    OwnCase,
    ProposalUnknown,
    StaleVersion,
    StepClosed,
    TwoHats,
    VersionMissing,
)
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.proposal import fold
from domain.register.facts import Assignment
from domain.rulebook.model import RoleHolder, Step, UnitHead
from domain.vocabulary import Role
from tests.support.builders import (
    NOW,
    OFFICE,
    PROMOTION,
    Happened,
    acting,
    approve,
    approved,
    by,
    draft,
    issue_decree,
    opened,
    promotion_at,
    record_outcome,
    reject,
    return_,
    role,
    submitted,
    swap_at,
)
from tests.support.given import given, like
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

AT_STEP: dict[str, tuple[str, Callable[[str], c.AtStep]]] = {
    "approve": ("VERIF", lambda actor: approve("VERIF", actor)),
    "return": ("VERIF", lambda actor: return_("VERIF", actor)),
    "reject": ("VERIF", lambda actor: reject("VERIF", actor)),
    "record-outcome": ("BKN", lambda actor: record_outcome(actor=actor)),
    "issue-decree": ("SK", issue_decree),
}
verbs = pytest.mark.parametrize("verb", AT_STEP)
ESCALATED = [
    *promotion_at("VERIF"),
    by(c.SYSTEM, e.StepEscalated(step="VERIF", round=1, substitutes={"role/verifier": "role/pyb"})),
]


# Desks.


@verbs
def test_a_decision_on_an_unknown_proposal_is_refused(verb: str) -> None:
    """There is nothing to decide on."""
    given().when(AT_STEP[verb][1](VERIFIER)).then(ProposalUnknown(proposal_id="KP-1"))


@verbs
def test_who_never_had_the_case_on_the_desk_does_not_decide(verb: str) -> None:
    """The refusal names the desks that had it."""
    step, command = AT_STEP[verb]
    refusal = given(*promotion_at(step)).when(command(OTHER_CHIEF)).then(NotYourDesk).refusal

    assert isinstance(refusal, NotYourDesk)
    assert refusal.step == step
    assert "unit/DINAS-A" in refusal.desks


def test_before_its_turn_a_desk_does_not_decide() -> None:
    """The approver waits until the case has arrived."""
    given(*promotion_at("VERIF")).when(approve("VERIF", APPROVER)).then(
        NotYourDesk(step="VERIF", desks=["role/verifier", "unit/DINAS-A"])
    )


def test_after_its_turn_a_desk_does_not_decide_the_next_step() -> None:
    """The head of office had the case, but the open step waits elsewhere: also for a new head, who signed nothing."""
    world = OFFICE.without(CHIEF).knowing(ref(50), *official("DINAS-A"))
    given(*promotion_at("VERIF")).where(world).when(approve("VERIF", ref(50))).then(
        NotYourDesk(step="VERIF", desks=["role/verifier"])
    )


def test_whoever_holds_the_desk_today_decides() -> None:
    """A desk is an office, not a person: after a change of hands the new holder acts."""
    world = OFFICE.without(VERIFIER).knowing(ref(50), *role(Role.VERIFIER))
    given(*promotion_at("VERIF")).where(world).when(approve("VERIF", ref(50))).then(
        like(e.StepApproved, desk="role/verifier"), like(e.StepOpened, step="APPROVAL")
    )


def test_who_left_the_desk_decides_no_more() -> None:
    """Authority is that of today."""
    given(*promotion_at("VERIF")).where(OFFICE.without(VERIFIER)).when(approve("VERIF", VERIFIER)).then(NotYourDesk)


def test_a_role_of_another_agency_is_no_desk_here() -> None:
    """Two agencies' verifiers hold the same role at different desks."""
    world = OFFICE.knowing(ref(60), *role(Role.VERIFIER), agency="OTHER")
    given(*promotion_at("VERIF")).where(world).when(approve("VERIF", ref(60))).then(NotYourDesk)


def test_after_escalation_the_superior_acts_for_the_desk() -> None:
    """The approval stands under the desk that was asked."""
    given(*ESCALATED).when(approve("VERIF", PYB)).then(
        like(e.StepApproved, step="VERIF", desk="role/verifier"), like(e.StepOpened, step="APPROVAL")
    )


def test_after_escalation_the_desk_itself_may_still_act() -> None:
    """Being late takes no authority away."""
    given(*ESCALATED).when(approve("VERIF", VERIFIER)).then(
        like(e.StepApproved, desk="role/verifier"), like(e.StepOpened, step="APPROVAL")
    )


def test_before_escalation_the_superior_does_not_act() -> None:
    """One level up has no say while the desk is in time."""
    given(*promotion_at("VERIF")).when(approve("VERIF", PYB)).then(NotYourDesk)


# Separation of duties.


@verbs
@pytest.mark.parametrize("person", [HEAD, STAFF])
def test_proposer_and_subject_never_decide_their_case(verb: str, person: str) -> None:
    """Not even when they hold the desk."""
    step, command = AT_STEP[verb]
    world = OFFICE.also(person, *role(Role.VERIFIER, Role.PPK))
    given(*promotion_at(step)).where(world).when(command(person)).then(OwnCase(step=step))


def test_everybody_who_moves_is_a_subject() -> None:
    """In a swap neither of the two decides."""
    world = OFFICE.also(OTHER_HEAD, *role(Role.VERIFIER))
    given(*swap_at("VERIF")).where(world).when(approve("VERIF", OTHER_HEAD)).then(OwnCase(step="VERIF"))


def test_nobody_decides_two_steps_of_one_case() -> None:
    """Who approved as head of office does not verify, whatever the second hat."""
    world = OFFICE.also(CHIEF, *role(Role.VERIFIER))
    given(*promotion_at("VERIF")).where(world).when(approve("VERIF", CHIEF)).then(
        TwoHats(step="VERIF", decided_step="PENGANTAR_OPD")
    )


def test_two_hats_are_seen_through_at_the_decree_too() -> None:
    """The appointing authority has not approved before."""
    world = OFFICE.also(CHIEF, *role(Role.PPK))
    given(*promotion_at("SK")).where(world).when(issue_decree(CHIEF)).then(
        TwoHats(step="SK", decided_step="PENGANTAR_OPD")
    )


def test_two_hats_are_seen_through_in_a_later_round() -> None:
    """A return does not wash hands."""
    history = [
        *promotion_at("VERIF"),
        by(VERIFIER, e.ProposalReturned(step="VERIF", round=1, desk="role/verifier", to="proposer", reason_code="x")),
        by(HEAD, submitted(PROMOTION, 2)),
        by(c.SYSTEM, opened("PENGANTAR_OPD", "unit/DINAS-A", round_=2)),
        by(PYB, approved("PENGANTAR_OPD", "unit/DINAS-A", round_=2)),
        by(c.SYSTEM, opened("VERIF", "role/verifier", round_=2)),
    ]
    world = OFFICE.also(CHIEF, *role(Role.VERIFIER))
    given(*history).where(world).when(approve("VERIF", CHIEF, 2)).then(TwoHats)


def test_recording_what_others_decided_is_no_second_hat() -> None:
    """The verifier who approved may record BKN's answer."""
    given(*promotion_at("BKN")).when(record_outcome(actor=VERIFIER)).then(
        like(e.OutcomeRecorded, desk="role/verifier"), like(e.StepOpened, step="SK")
    )


def test_deciding_the_same_step_again_in_a_new_round_is_no_second_hat() -> None:
    """After a return the same verifier verifies again."""
    history = [
        *promotion_at("APPROVAL"),
        by(APPROVER, e.ProposalReturned(step="APPROVAL", round=1, desk="role/approver", to="VERIF", reason_code="x")),
        by(c.SYSTEM, opened("VERIF", "role/verifier", round_=2)),
    ]
    given(*history).when(approve("VERIF", VERIFIER, 2)).then(
        like(e.StepApproved, round=2), like(e.StepOpened, step="APPROVAL", round=2)
    )


# Acting officials (Plt, Plh).


def _with_acting_chief_at_the_decree() -> list[Happened]:
    """A route whose decree is signed by the head of office."""
    head = UnitHead(of="subject-office")
    lodged = submitted()
    steps = [s.model_copy(update={"holders": [head]}) if s.code == "SK" else s for s in lodged.route.steps]
    lodged = lodged.model_copy(update={"route": lodged.route.model_copy(update={"steps": steps})})
    return [*draft(), by(HEAD, lodged), by(c.SYSTEM, opened("SK", "unit/DINAS-A"))]


@pytest.mark.parametrize("assignment", [Assignment.PLT, Assignment.PLH])
def test_an_acting_head_signs_no_decree(assignment: Assignment) -> None:
    """Plt and Plh change nobody's legal status."""
    world = OFFICE.without(CHIEF).also(OTHER_CHIEF, acting("DINAS-A", assignment))
    history = _with_acting_chief_at_the_decree()
    given(*history).where(world).when(issue_decree(OTHER_CHIEF)).then(ActingMayNotDecide(step="SK"))


def test_an_acting_head_decides_where_the_route_allows_it() -> None:
    """A cover letter changes nobody's status."""
    world = OFFICE.without(CHIEF).also(OTHER_CHIEF, acting("DINAS-A"))
    given(*promotion_at("PENGANTAR_OPD")).where(world).when(approve("PENGANTAR_OPD", OTHER_CHIEF)).then(
        like(e.StepApproved, desk="unit/DINAS-A"), like(e.StepOpened, step="VERIF")
    )


def test_a_definitive_head_who_also_acts_elsewhere_signs_from_the_own_desk() -> None:
    """Of several desks the one with full authority is used."""
    both = [RoleHolder(role=Role.PPK), UnitHead(of="subject-office")]
    lodged = submitted()
    steps = [s.model_copy(update={"holders": both}) if s.code == "SK" else s for s in lodged.route.steps]
    lodged = lodged.model_copy(update={"route": lodged.route.model_copy(update={"steps": steps})})
    history = [*draft(), by(HEAD, lodged), by(c.SYSTEM, opened("SK", "unit/DINAS-A", "unit/DINAS-B"))]
    world = OFFICE.without(CHIEF).also(OTHER_CHIEF, acting("DINAS-A"))
    given(*history).where(world).when(issue_decree(OTHER_CHIEF)).then(like(e.DecreeIssued, desk="unit/DINAS-B"))


# What was shown.


@verbs
def test_a_decision_says_which_version_it_was_shown(verb: str) -> None:
    """Without one it is refused."""
    step, command = AT_STEP[verb]
    blind = command(PPK if step == "SK" else VERIFIER).model_copy(update={"expected_version": None})
    given(*promotion_at(step)).when(blind).then(VersionMissing())


def test_a_decision_on_an_older_version_is_refused_with_what_changed() -> None:
    """Who changed it last, when, and the last signatures are named."""
    changes = ["approve PENGANTAR_OPD", "approve VERIF"]
    given(*promotion_at("APPROVAL")).when(approve("APPROVAL", APPROVER, shown=7)).then(
        StaleVersion(expected=7, actual=10, changed_by=c.SYSTEM, changed_at=NOW, changes=changes)
    )


def test_a_version_that_does_not_exist_yet_is_refused() -> None:
    """Nobody was shown the future."""
    given(*promotion_at("VERIF")).when(approve("VERIF", VERIFIER, shown=99)).then(StaleVersion)


@pytest.mark.parametrize(
    "chasing",
    [
        e.ReminderSent(step="VERIF", round=1, count=1),
        e.StepEscalated(step="VERIF", round=1, substitutes={"role/verifier": "role/pyb"}),
        e.StepMarkedStalled(step="VERIF", round=1, cause="waiting"),
    ],
)
def test_a_chased_version_is_still_good(chasing: e.ProposalEvent) -> None:
    """A reminder while the page was open changes nothing that the decision rests on."""
    shown = len(promotion_at("VERIF"))
    given(*promotion_at("VERIF"), by(c.SYSTEM, chasing)).when(approve("VERIF", VERIFIER, shown=shown)).then(
        like(e.StepApproved), like(e.StepOpened)
    )


def test_a_version_before_a_real_change_is_not_saved_by_chasing_after_it() -> None:
    """Chasing moves the version on, not the last change."""
    history = [*promotion_at("VERIF"), by(c.SYSTEM, e.ReminderSent(step="VERIF", round=1, count=1))]
    given(*history).when(approve("VERIF", VERIFIER, shown=len(history) - 2)).then(StaleVersion)


# The step that is named.


def test_a_decided_step_names_who_decided_and_when() -> None:
    """The second of two holders is told about the first."""
    world = OFFICE.knowing(ref(50), *role(Role.VERIFIER))
    given(*promotion_at("APPROVAL")).where(world).when(approve("VERIF", ref(50))).then(
        StepClosed(step="VERIF", decided_by=VERIFIER, decided_at=NOW, verb="approve")
    )


def test_an_earlier_round_names_its_own_decision() -> None:
    """What was decided in round 1 is not mixed up with round 2."""
    history = [
        *promotion_at("APPROVAL"),
        by(APPROVER, e.ProposalReturned(step="APPROVAL", round=1, desk="role/approver", to="VERIF", reason_code="x")),
        by(c.SYSTEM, opened("VERIF", "role/verifier", round_=2)),
    ]
    given(*history).when(approve("APPROVAL", APPROVER)).then(
        StepClosed(step="APPROVAL", decided_by=APPROVER, decided_at=NOW, verb="return")
    )


def test_a_step_of_a_case_that_was_taken_back_names_the_proposer() -> None:
    """The decider was slower than the withdrawal."""
    given(*promotion_at("VERIF"), by(HEAD, e.ProposalWithdrawn())).when(approve("VERIF", VERIFIER)).then(
        StepClosed(step="VERIF", decided_by=HEAD, decided_at=NOW, verb="withdraw")
    )


def test_a_step_that_is_not_open_yet_names_nobody() -> None:
    """Somebody who had the case cannot decide ahead."""
    given(*promotion_at("VERIF")).when(approve("APPROVAL", VERIFIER)).then(StepClosed(step="APPROVAL"))


def test_a_step_that_the_route_does_not_have_is_closed() -> None:
    """An invented step is never open."""
    given(*promotion_at("VERIF")).when(approve("NOWHERE", VERIFIER)).then(StepClosed(step="NOWHERE"))


def test_in_an_ended_case_every_step_is_closed() -> None:
    """The last decision is named."""
    over = e.ProposalRejected(step="VERIF", round=1, desk="role/verifier", reason_code="no-vacancy")
    given(*promotion_at("VERIF"), by(VERIFIER, over)).when(approve("VERIF", VERIFIER)).then(
        StepClosed(step="VERIF", decided_by=VERIFIER, decided_at=NOW, verb="reject")
    )


@pytest.mark.parametrize(
    ("step", "command"),
    [
        ("VERIF", record_outcome(actor=VERIFIER, step="VERIF")),
        ("VERIF", issue_decree(VERIFIER, step="VERIF")),
        ("BKN", approve("BKN", VERIFIER)),
        ("BKN", issue_decree(VERIFIER, step="BKN")),
        ("SK", approve("SK", PPK)),
        ("SK", record_outcome(actor=PPK, step="SK")),
        ("DISTRIBUSI", approve("DISTRIBUSI", ADMIN)),
    ],
)
def test_each_kind_of_step_knows_its_own_verb(step: str, command: c.AtStep) -> None:
    """An approval is no decree, and a delivery is acknowledged, not decided."""
    history = promotion_at(step)
    if step == "DISTRIBUSI":
        desk = f"person/{STAFF}"
        escalation = e.StepEscalated(step=step, round=1, substitutes={desk: "role/administrator"})
        history = [*history, by(c.SYSTEM, escalation)]
    given(*history).when(command).then(NotPossibleNow)


# Which refusal comes first.

NEW_VERIFIER = ref(50)
ORDER = [
    ("a stranger, whatever else is wrong", approve("NOWHERE", ref(99), shown=None), NotYourDesk),
    ("the proposer, before any version or step", approve("NOWHERE", HEAD, shown=None), OwnCase),
    ("a second hat, before any version or step", approve("VERIF", CHIEF, 7, shown=None), TwoHats),
    ("no version, before a closed step", approve("PENGANTAR_OPD", NEW_VERIFIER, shown=None), VersionMissing),
    ("a closed step, before a stale version", approve("PENGANTAR_OPD", NEW_VERIFIER, shown=1), StepClosed),
    ("another desk, before a stale version", approve("VERIF", OTHER_CHIEF, shown=1), NotYourDesk),
    ("a stale version, when nothing else is wrong", approve("VERIF", NEW_VERIFIER, shown=1), StaleVersion),
]


@pytest.mark.parametrize(("command", "refusal"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_the_first_thing_that_is_wrong_is_named(command: c.AtStep, refusal: type) -> None:
    """Authority before version, and a closed step before a stale one: 403, then 428, then 409, then 412."""
    world = OFFICE.also(HEAD, *role(Role.VERIFIER)).also(CHIEF, *role(Role.VERIFIER))
    world = world.knowing(NEW_VERIFIER, *role(Role.VERIFIER))
    given(*promotion_at("VERIF")).where(world).when(command).then(refusal)


def test_acting_comes_before_a_stale_version() -> None:
    """Who may not sign at all is told so."""
    world = OFFICE.without(CHIEF).also(OTHER_CHIEF, acting("DINAS-A"))
    late = issue_decree(OTHER_CHIEF).model_copy(update={"expected_version": 1})
    given(*_with_acting_chief_at_the_decree()).where(world).when(late).then(ActingMayNotDecide)


def test_the_route_that_is_frozen_is_the_one_that_counts() -> None:
    """Whether acting officials may decide is read from the case, not from today's tables."""
    frozen = fold(promotion_at("SK"))
    step: Step = frozen.case.step("SK")  # type: ignore[union-attr]

    assert not step.acting_may_decide
