"""What stands against a case is fixed, or let pass by the authority that the rule names; warnings need a note."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import (
    DocumentsMissing,
    DomainError,
    NoteMissing,
    NotPossibleNow,
    NotTheAuthority,
    OwnCase,
    RequirementNotBlocking,
    RequirementsNotMet,
    StaleVersion,
    VersionMissing,
)
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.actions import actions
from domain.proposal.overriding import OVERRIDE_DOCUMENT
from domain.proposal.proposal import InReview, Open, fold
from domain.register.facts import StandingHeld
from domain.rulebook.model import Severity
from domain.vocabulary import Role
from tests.support.builders import OFFICE, SHA, attached, by, change, draft, override, promotion_at, submit, swap_draft
from tests.support.given import given
from tests.support.people import HEAD, PPK, PYB, STAFF, VERIFIER, staff_facts

EARLY = OFFICE.knowing(STAFF, *staff_facts(rank_from=date(2023, 1, 1)))
"""The rank is too young, and nothing else stands against it."""
ASKED = [*draft(), by(HEAD, attached(OVERRIDE_DOCUMENT))]
LET_PASS = by(
    PPK,
    e.RequirementOverridden(
        requirement="TIME_IN_RANK", subject=STAFF, role=Role.PPK, document_sha256=SHA, reason="SK perbaikan"
    ),
)


def test_the_authority_lets_a_requirement_pass_with_reason_and_file() -> None:
    """The event names the requirement, the person, the role and the file."""
    given(*ASKED).where(EARLY).when(override()).then(LET_PASS.event)


def test_without_an_override_the_submission_is_refused() -> None:
    """The positive control of the next test."""
    given(*ASKED).where(EARLY).when(submit()).then(RequirementsNotMet)


def test_what_was_let_pass_no_longer_refuses_the_submission() -> None:
    """The assessment still says that it is not met: nothing is hidden."""
    submitted = given(*ASKED, LET_PASS).where(EARLY).when(submit())

    assert [finding.requirement for finding in submitted.events[0].assessment.blocking] == ["TIME_IN_RANK"]
    assert isinstance(submitted.state, InReview)


def test_another_requirement_still_refuses() -> None:
    """An override is of one requirement, not of the law."""
    suspended = EARLY.also(STAFF, StandingHeld(valid_from=date(2025, 1, 1), legal_position="04", service_status="P"))

    given(*ASKED, LET_PASS).where(suspended).when(submit()).then(RequirementsNotMet)


def test_a_changed_draft_is_another_question() -> None:
    """What was let pass for one wording does not hold for the next."""
    other_tmt = c.PromotionAsked(subject=STAFF, target_tmt=date(2026, 4, 1))
    changed = given(*ASKED, LET_PASS).where(EARLY).when(change(asked=other_tmt))

    assert changed.state.case.overrides == ()


def test_a_draft_in_the_same_words_is_the_same_question() -> None:
    """Asking again what was asked refreshes the assessment and leaves what was let pass."""
    changed = given(*ASKED, LET_PASS).where(EARLY).when(change())

    assert len(changed.state.case.overrides) == 1


def test_an_override_that_was_given_is_not_given_twice() -> None:
    """A second one changes nothing."""
    given(*ASKED, LET_PASS).where(EARLY).when(override()).then()


@pytest.mark.parametrize(
    ("history", "command", "refusal"),
    [
        pytest.param(draft(), override(), DocumentsMissing(documents=[OVERRIDE_DOCUMENT]), id="no file"),
        pytest.param(ASKED, override(PYB), NotTheAuthority(requirement="TIME_IN_RANK", role="ppk"), id="PyB"),
        pytest.param(ASKED, override(VERIFIER), NotTheAuthority(requirement="TIME_IN_RANK", role="ppk"), id="verifier"),
        pytest.param(ASKED, override(HEAD), OwnCase(step=""), id="the proposer"),
        pytest.param(ASKED, override(STAFF), OwnCase(step=""), id="the subject"),
        pytest.param(ASKED, override(requirement="RATINGS"), RequirementNotBlocking(requirement="RATINGS"), id="met"),
        pytest.param(ASKED, override(requirement="NO_SUCH"), RequirementNotBlocking(requirement="NO_SUCH"), id="none"),
        pytest.param(ASKED, override(shown=None), VersionMissing(), id="no version"),
        pytest.param(
            promotion_at("VERIF"),
            override(),
            NotPossibleNow(state="in-review", verb="override-requirement"),
            id="submitted already",
        ),
    ],
)
def test_an_override_is_refused(history: list[object], command: c.OverrideRequirement, refusal: DomainError) -> None:
    """Nobody lets their own case pass, nor what they have no authority over, nor without a file."""
    given(*history).where(EARLY).when(command).then(refusal)


def test_an_override_rests_on_what_was_shown() -> None:
    """A draft that changed meanwhile is looked at again."""
    given(*ASKED).where(EARLY).when(override(shown=1)).then(StaleVersion)


def test_the_authority_sees_that_it_may_override() -> None:
    """The same answer as the act itself."""
    state = fold(ASKED)
    assert isinstance(state, Open)

    def allowed(actor: str) -> bool:
        facts = EARLY.facts(override(actor), state)
        return next(a for a in actions(state, actor, facts) if a.verb == "override-requirement").allowed

    assert allowed(PPK)
    assert not allowed(PYB)


def test_what_warns_needs_a_note() -> None:
    """The proposer says why, and the desks read it."""
    unclear = OFFICE.also(STAFF, StandingHeld(valid_from=date(2025, 1, 1), legal_position="03", service_status="P"))
    silent = given(*draft()).where(unclear).when(submit())

    assert isinstance(silent.refusal, NoteMissing)
    assert silent.refusal.requirements == ["LEGAL_POSITION_CLEAN"]
    assert [finding.severity for finding in silent.refusal.findings] == [Severity.WARN]
    explained = submit(note="Kedudukan hukum 03 sudah diperiksa.")
    assert isinstance(given(*draft()).where(unclear).when(explained).state, InReview)


def test_an_override_in_a_rotation_names_everybody_it_is_for() -> None:
    """Each person whom the requirement stands against, once; a swap with nothing against it has nothing to override."""
    given(*swap_draft()).when(override()).then(RequirementNotBlocking(requirement=""))
