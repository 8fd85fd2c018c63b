"""From the first idea to the lodged proposal: drafting, changing, attaching, submitting, taking back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.errors import (
    DocumentNotAsked,
    DocumentsMissing,
    DomainError,
    NoteMissing,
    NotPossibleNow,
    NotProposer,
    NotSuperior,
    PersonUnknown,
    ProposalUnknown,
    RegisterGap,
    RequirementsNotMet,
    RouteMissing,
    StaleVersion,
    VersionMissing,
)
from domain.proposal import commands as c
from domain.proposal import events as e
from domain.proposal.matter import Promotion
from domain.proposal.proposal import Draft, Proposal, Returned, Withdrawn
from domain.register.facts import RankHeld
from domain.rulebook.model import Verdict
from domain.vocabulary import Grade, Role
from tests.support.builders import (
    NOW,
    OFFICE,
    PROMOTION,
    RULEBOOK,
    SWAP,
    SWAP_ASKED,
    TMT,
    TODAY,
    Happened,
    asked_move,
    attach,
    by,
    change,
    create,
    draft,
    drafted,
    outcome,
    promotion_at,
    returned,
    role,
    submit,
    swap_draft,
    unasked,
    withdraw,
)
from tests.support.given import given, like
from tests.support.people import AGENCY, CHIEF, HEAD, OTHER_CHIEF, PYB, STAFF, VERIFIER, ref, staff_facts

SENT_BACK = [*promotion_at("VERIF"), by(VERIFIER, returned("VERIF", "role/verifier"))]
WINDOW_CLOSED = datetime(2026, 2, 16, 2, tzinfo=UTC)
ENDED = [*draft(), by(HEAD, e.ProposalWithdrawn())]


# Creating a draft.


def test_a_superior_drafts_a_promotion_that_the_register_prefills() -> None:
    """Unit, grades and the TMT whose window is open come from the register and the calendar."""
    outcome_ = given().when(create(HEAD))

    outcome_.then(like(e.ProposalDrafted, agency=AGENCY, proposer=HEAD, matter=PROMOTION))
    assert outcome_.events[0].assessment.blocking == []
    assert isinstance(outcome_.state, Draft)


def test_a_draft_carries_its_assessment_even_when_the_law_says_no() -> None:
    """A draft may be early: the findings name what stands against it, and nothing is refused yet."""
    early = c.PromotionAsked(subject=STAFF, target_tmt=date(2025, 10, 1))
    found = given().when(create(HEAD, early)).then(like(e.ProposalDrafted)).events[0].assessment

    assert "TIME_IN_RANK" in [finding.requirement for finding in found.blocking]
    assert found.earliest_tmt == TMT


def test_a_superior_further_up_may_draft() -> None:
    """The head of office is a superior of everyone below."""
    given().when(create(CHIEF)).then(like(e.ProposalDrafted, proposer=CHIEF))


@pytest.mark.parametrize("planner", [VERIFIER, PYB])
def test_who_plans_for_the_whole_agency_may_draft(planner: str) -> None:
    """The personnel office and the Sekda propose for everyone."""
    given().when(create(planner, SWAP_ASKED)).then(like(e.ProposalDrafted, proposer=planner, matter=SWAP))


@pytest.mark.parametrize("stranger", [OTHER_CHIEF, ref(99)])
def test_who_is_no_superior_may_not_draft(stranger: str) -> None:
    """A head of another office, or somebody unknown, proposes nobody here."""
    given().when(create(stranger)).then(NotSuperior())


def test_nobody_proposes_oneself() -> None:
    """Not even as head of the own unit."""
    own = c.PromotionAsked(subject=HEAD)
    given().when(create(HEAD, own)).then(NotSuperior())


def test_a_planner_does_not_propose_oneself() -> None:
    """A planner's desk gives no right over the own career."""
    world = OFFICE.also(STAFF, *role(Role.VERIFIER))
    given().where(world).when(create(STAFF)).then(NotSuperior())


def test_every_person_of_a_rotation_needs_the_proposer_as_superior() -> None:
    """One head of office cannot draft a swap with another office."""
    given().when(create(CHIEF, SWAP_ASKED)).then(NotSuperior())


def test_somebody_unknown_cannot_be_proposed() -> None:
    """The refusal names the field that is wrong."""
    given().when(create(HEAD, c.PromotionAsked(subject=ref(99)))).then(PersonUnknown(field="subject"))


def test_somebody_unknown_cannot_be_moved() -> None:
    """One unknown person refuses the whole set."""
    asked = c.RotationAsked(moves=[asked_move(HEAD, "SEKSI-B1"), asked_move(ref(99), "SEKSI-A1")], target_tmt=TMT)
    given().when(create(PYB, asked)).then(PersonUnknown(field="subject"))


def test_somebody_of_another_agency_cannot_be_proposed() -> None:
    """What another agency registers is unknown here."""
    world = OFFICE.knowing(STAFF, *staff_facts(), agency="OTHER")
    given().where(world).when(create(HEAD)).then(PersonUnknown(field="subject"))


def test_without_a_post_nothing_can_be_drafted() -> None:
    """The register must say where the person works."""
    world = OFFICE.knowing(STAFF, *[fact for fact in staff_facts() if fact.kind != "post"])
    given().where(world).when(create(HEAD)).then(RegisterGap(fact="post"))


def test_without_a_rank_nothing_can_be_drafted() -> None:
    """The register must say from which rank the promotion leads."""
    world = OFFICE.knowing(STAFF, *[fact for fact in staff_facts() if fact.kind != "rank"])
    given().where(world).when(create(HEAD)).then(RegisterGap(fact="rank"))


def test_a_target_that_nobody_describes_cannot_be_drafted() -> None:
    """A seat of an unknown unit, and a staff post without a name, lack what the decree would say."""
    for to_post in ("unit/SEKSI-Z9", "jfu/1@SEKSI-A1"):
        asked = c.RotationAsked(moves=[c.MoveAsked(subject=HEAD, to_post=to_post)], target_tmt=TMT)
        given().when(create(PYB, asked)).then(RegisterGap(fact="target-post"))


def test_the_register_names_the_new_seat() -> None:
    """Unit, kind, eselon and name of a seat need not be asked for."""
    asked = c.RotationAsked(moves=[c.MoveAsked(subject=HEAD, to_post="unit/SEKSI-B1")], target_tmt=TMT)
    moves = given().when(create(PYB, asked)).then(like(e.ProposalDrafted)).events[0].matter.moves

    assert (moves[0].from_post, moves[0].to_unit, moves[0].to_eselon) == ("unit/SEKSI-A1", "SEKSI-B1", "41")
    assert moves[0].to_name == OFFICE.units["SEKSI-B1"].head_post


def test_above_the_highest_rank_there_is_none() -> None:
    """Somebody in IV/e cannot be promoted."""
    top = RankHeld(valid_from=date(2024, 1, 1), grade=Grade("IV/e"))
    given().where(OFFICE.also(STAFF, top)).when(create(HEAD)).then(RegisterGap(fact="next-grade"))


def test_a_proposal_is_drafted_once() -> None:
    """A second draft on the same stream is refused."""
    given(*draft()).when(create(HEAD)).then(NotPossibleNow(state="draft", verb="create-draft"))


# Changing a draft.


@pytest.mark.parametrize(("history", "state"), [(draft(), Draft), (SENT_BACK, Returned)])
def test_the_proposer_words_a_draft_or_returned_proposal_anew(history: list[Happened], state: type) -> None:
    """The assessment follows the new wording; the state stays."""
    later = c.PromotionAsked(subject=STAFF, target_tmt=date(2026, 4, 1))
    changed = given(*history).when(change(HEAD, later))

    changed.then(like(e.DraftChanged, matter=PROMOTION.model_copy(update={"target_tmt": date(2026, 4, 1)})))
    assert isinstance(changed.state, state)
    assert isinstance(changed.state.case.matter, Promotion)
    assert changed.state.case.matter.target_tmt == date(2026, 4, 1)


# Attaching documents.


def not_met(state: Proposal) -> set[str]:
    """The requirements that the draft's assessment finds not met."""
    assert isinstance(state, Draft)
    return {f.requirement for f in state.case.assessment.findings if f.verdict is Verdict.NOT_MET}


def test_a_document_that_the_route_asks_for_is_attached() -> None:
    """The case remembers its SHA-256."""
    attached = given(by(HEAD, drafted())).when(attach("SKP_1"))

    attached.then(like(e.DocumentAttached, document="SKP_1", sha256="a" * 64))
    assert attached.state.case.documents == {"SKP_1": "a" * 64}


def test_the_same_document_again_changes_nothing() -> None:
    """A doubled upload leaves no event."""
    given(*draft()).when(attach("SKP_1")).then()


def test_another_file_replaces_the_document() -> None:
    """The last upload counts."""
    replaced = given(*draft()).when(attach("SKP_1", sha256="b" * 64))

    replaced.then(like(e.DocumentAttached, sha256="b" * 64))
    assert replaced.state.case.documents["SKP_1"] == "b" * 64


def test_a_returned_proposal_takes_documents_too() -> None:
    """A return is mostly about a document."""
    given(*SENT_BACK).when(attach("IJAZAH")).then(like(e.DocumentAttached, document="IJAZAH"))


def test_a_document_that_nobody_asks_for_is_refused() -> None:
    """The route's list is closed."""
    given(*draft()).when(attach("FOTO")).then(DocumentNotAsked(document="FOTO"))


def test_a_document_that_a_rule_asks_for_answers_the_rule() -> None:
    """In a freeze the minister's consent is what the requirement wants: the draft is assessed anew with it."""
    before = datetime(2024, 3, 20, 2, tzinfo=UTC)
    asked = SWAP_ASKED.model_copy(update={"target_tmt": date(2024, 4, 1)})
    (draft_event,) = given().at(before).when(create(PYB, asked)).events
    frozen = [by(PYB, draft_event, before)]
    consented = given(*frozen).at(before).when(attach("PERSETUJUAN_MENDAGRI", PYB))
    other = given(*frozen).at(before).when(attach("ANJAB_ABK", PYB))

    consented.then(like(e.DocumentAttached, document="PERSETUJUAN_MENDAGRI"), like(e.DraftChanged))
    other.then(like(e.DocumentAttached, document="ANJAB_ABK"))
    assert not_met(other.state) - not_met(consented.state) == {"MOVE_FREEZE"}


# Submitting.


def test_a_complete_draft_is_lodged_and_waits_at_the_head_of_office() -> None:
    """The route is frozen with its hash, and the first step opens in round 1."""
    lodged = given(*draft()).when(submit())

    lodged.then(
        like(e.ProposalSubmitted, round=1, documents=dict.fromkeys(("SK_PANGKAT", "SKP_1", "SKP_2"), "a" * 64)),
        like(e.StepOpened, step="PENGANTAR_OPD", round=1, desks=["unit/DINAS-A"]),
    )
    assert lodged.events[0].route == RULEBOOK.route("promotion", "REG", TODAY)
    assert lodged.events[0].assessment.rulebook_version == RULEBOOK.version
    assert lodged.state.case.route == lodged.events[0].route


def test_a_corrected_proposal_is_lodged_again_in_a_new_round() -> None:
    """The way begins anew at its first step."""
    given(*SENT_BACK).when(submit()).then(
        like(e.ProposalSubmitted, round=2), like(e.StepOpened, step="PENGANTAR_OPD", round=2)
    )


def test_a_correction_is_as_early_as_what_it_corrects() -> None:
    """Lodged in the window and sent back, it comes in time even after the window closed; that needs a note."""
    correction = given(*SENT_BACK).at(WINDOW_CLOSED)

    refusal = correction.when(submit()).then(NoteMissing).refusal
    assert isinstance(refusal, NoteMissing)
    assert refusal.requirements == ["CORRECTION_IN_WINDOW"]
    correction.when(submit(note="SKP diperbaiki")).then(like(e.ProposalSubmitted, round=2), like(e.StepOpened))
    given(*draft()).at(WINDOW_CLOSED).when(submit(note="Terlambat")).then(RequirementsNotMet)


def test_a_correction_for_another_tmt_is_lodged_anew() -> None:
    """What came in time for one TMT says nothing of the next one, whose window has only now opened."""
    next_tmt = e.DraftChanged(
        matter=PROMOTION.model_copy(update={"target_tmt": date(2026, 4, 1)}), assessment=unasked(date(2026, 4, 1))
    )
    changed = given(*SENT_BACK, by(HEAD, next_tmt)).at(WINDOW_CLOSED)

    changed.when(submit()).then(like(e.ProposalSubmitted, round=2), like(e.StepOpened))


def test_what_the_outside_body_sent_back_to_the_proposer_is_lodged_again() -> None:
    """After BTS on a route that returns to the proposer the case is one to correct."""
    history = [*promotion_at("BKN"), by(VERIFIER, outcome("BTS"))]
    given(*history).when(submit()).then(like(e.ProposalSubmitted, round=2), like(e.StepOpened, round=2))


def test_missing_documents_are_named_all_at_once() -> None:
    """Optional ones are not among them."""
    given(by(HEAD, drafted())).when(submit()).then(DocumentsMissing(documents=["SK_PANGKAT", "SKP_1", "SKP_2"]))


def test_documents_are_those_of_the_target_grade() -> None:
    """A regular promotion to III/a takes an exam's certificate; to IV/c a functional one needs its points clarified."""
    to_iii_a = by(HEAD, drafted(PROMOTION.model_copy(update={"target_grade": Grade("III/a")})))
    to_iv_c = by(HEAD, drafted(PROMOTION.model_copy(update={"kind": "JF", "target_grade": Grade("IV/c")})))

    given(to_iii_a).when(attach("STLUD")).then(like(e.DocumentAttached, document="STLUD"), like(e.DraftChanged))
    given(*draft()).when(attach("STLUD")).then(DocumentNotAsked(document="STLUD"))
    missing = given(to_iv_c).when(submit()).refusal
    assert isinstance(missing, DocumentsMissing)
    assert "PAK_KLARIFIKASI" in missing.documents


def test_nobody_is_proposed_whom_the_register_no_longer_knows() -> None:
    """Another agency's by now: documents are still taken, and the lodging is refused."""
    gone = OFFICE.without(STAFF)

    given(*draft()).where(gone).when(attach("IJAZAH")).then(like(e.DocumentAttached), like(e.DraftChanged))
    given(*draft()).where(gone).when(submit()).then(PersonUnknown(field="subject"))
    given(*swap_draft()).where(OFFICE.without(HEAD)).when(submit(PYB)).then(PersonUnknown(field="subject"))


def test_what_the_law_forbids_is_not_lodged() -> None:
    """The refusal names each requirement with its law, and the first TMT on which all would be met."""
    world = OFFICE.knowing(STAFF, *staff_facts(rank_from=date(2022, 6, 1)))
    refusal = given(*draft()).where(world).when(submit()).then(RequirementsNotMet).refusal

    assert isinstance(refusal, RequirementsNotMet)
    assert (refusal.requirements, refusal.earliest_tmt) == (["TIME_IN_RANK"], "2026-06-01")
    assert [finding.legal_basis.regulation for finding in refusal.findings] == ["PP 99/2000 jo. PP 12/2002"]


def test_requirements_are_asked_again_at_submission() -> None:
    """What was fine in the draft may have changed in the register since."""
    world = OFFICE.also(STAFF, RankHeld(valid_from=date(2026, 1, 1), grade=Grade("III/c")))
    given(*draft()).where(world).when(submit()).then(RequirementsNotMet)


def test_a_kind_without_a_route_cannot_be_lodged() -> None:
    """No route says who would decide."""
    odd = [by(HEAD, drafted(PROMOTION.model_copy(update={"kind": "HP"})))]
    given(*odd).when(submit()).then(RouteMissing(kind="HP"))
    given(*odd).when(attach("SKP_1")).then(RouteMissing(kind="HP"))


def test_a_swap_is_lodged_at_both_offices() -> None:
    """The heads of the present and the new office must both agree."""
    given(*swap_draft()).when(submit(PYB)).then(
        like(e.ProposalSubmitted, round=1),
        like(e.StepOpened, step="PERSETUJUAN_ASAL", desks=["unit/DINAS-A", "unit/DINAS-B"]),
    )


# Taking back.


@pytest.mark.parametrize(
    "history",
    [draft(), SENT_BACK, *(promotion_at(s) for s in ("PENGANTAR_OPD", "VERIF", "APPROVAL", "BKN", "SK"))],
)
def test_the_proposer_takes_it_back_until_the_decree(history: list[Happened]) -> None:
    """The case is over."""
    taken = given(*history).when(withdraw())

    taken.then(e.ProposalWithdrawn())
    assert isinstance(taken.state, Withdrawn)


@pytest.mark.parametrize("step", ["EFEKTIF", "DISTRIBUSI"])
def test_a_decree_cannot_be_taken_back(step: str) -> None:
    """From the decree on the case is no longer the proposer's."""
    given(*promotion_at(step)).when(withdraw()).then(NotPossibleNow)


# What every verb of the proposer has in common.

VERBS = {"change": change, "attach": lambda **kw: attach("SKP_1", **kw), "submit": submit, "withdraw": withdraw}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_done_to_a_proposal_that_is_not_there(verb: str) -> None:
    """Refused as unknown."""
    given().when(VERBS[verb]()).then(ProposalUnknown(proposal_id="KP-1"))


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_proposer_works_on_a_draft(verb: str) -> None:
    """A superior further up is not the proposer."""
    given(*draft()).when(VERBS[verb](actor=CHIEF)).then(NotProposer())


@pytest.mark.parametrize("verb", VERBS)
def test_the_proposer_says_which_version_was_shown(verb: str) -> None:
    """Without a version nothing is changed."""
    given(*draft()).when(VERBS[verb](shown=None)).then(VersionMissing())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("shown", [3, 5])
def test_the_proposer_works_on_the_present_version(verb: str, shown: int) -> None:
    """An older version and one that does not exist yet are both refused."""
    stale = StaleVersion(expected=shown, actual=4, changed_by=HEAD, changed_at=NOW)
    given(*draft()).when(VERBS[verb](shown=shown)).then(stale)


@pytest.mark.parametrize("verb", ["change", "attach", "submit"])
@pytest.mark.parametrize("history", [promotion_at("VERIF"), promotion_at("EFEKTIF"), ENDED])
def test_what_is_under_way_or_over_is_not_written_anew(verb: str, history: list[Happened]) -> None:
    """Only a draft or a returned proposal can be changed or lodged."""
    given(*history).when(VERBS[verb]()).then(NotPossibleNow)


def test_what_was_taken_back_is_not_taken_back_again() -> None:
    """The refusal names state and verb."""
    given(*ENDED).when(withdraw()).then(NotPossibleNow(state="withdrawn", verb="withdraw"))


def test_a_refusal_is_of_the_domain() -> None:
    """Every refusal carries a public code and fields that JSON can hold."""
    refusal = given(*draft()).when(submit(shown=1)).refusal

    assert isinstance(refusal, DomainError)
    assert refusal.code == "stale-version"
    assert refusal.details() == {
        "expected": 1,
        "actual": 4,
        "changed_by": HEAD,
        "changed_at": NOW.isoformat(),
        "changes": [],
    }
