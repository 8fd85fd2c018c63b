"""Laws of the decider, tried with random people, verbs and weeks against a small table written by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.errors import DomainError, NotYetDue, OwnCase, TwoHats
from domain.proposal import commands as c
from domain.proposal.brief import brief
from domain.proposal.decisions import Decision, decide
from domain.proposal.events import ProposalDrafted, ProposalWithdrawn, StepOpened
from domain.proposal.facts import Facts
from domain.proposal.proposal import Draft, Ended, Nothing, Proposal, Recorded, Returned, Underway, evolve, fold
from domain.rulebook.model import StepKind
from domain.vocabulary import Role
from tests.support import builders as b
from tests.support.people import ADMIN, APPROVER, CHIEF, HEAD, OTHER_CHIEF, PPK, PYB, STAFF, VERIFIER

CAST = [STAFF, HEAD, CHIEF, OTHER_CHIEF, VERIFIER, APPROVER, PPK, PYB, ADMIN]
AT_STEP = {
    "approve": b.approve,
    "return": b.return_,
    "reject": b.reject,
    "MS": lambda step, actor, round_: b.record_outcome("MS", actor, step=step, round_=round_),
    "BTS": lambda step, actor, round_: b.record_outcome("BTS", actor, step=step, round_=round_),
    "TMS": lambda step, actor, round_: b.record_outcome("TMS", actor, step=step, round_=round_),
    "decree": lambda step, actor, round_: b.issue_decree(actor, step=step, round_=round_),
}
ALONE = {
    "change": b.change,
    "attach": lambda actor: b.attach("IJAZAH", actor),
    "submit": b.submit,
    "withdraw": b.withdraw,
    "acknowledge": b.acknowledge,
}
VERBS = [*AT_STEP, *ALONE]
FORWARD = ("submit", "approve", "MS", "decree", "acknowledge")

# Proposer, subject and head of office wear a second hat, and must not use it.
HATS = b.OFFICE.also(HEAD, *b.role(Role.VERIFIER)).also(STAFF, *b.role(Role.PPK)).also(CHIEF, *b.role(Role.APPROVER))
# Stage → (who decides there, who stands in when it is late, what each verb leads to).
TABLE: dict[str, tuple[set[str], str, dict[str, str]]] = {
    "PENGANTAR_OPD": ({CHIEF}, PYB, {"approve": "VERIF", "return": "returned", "reject": "rejected"}),
    "VERIF": ({VERIFIER}, PYB, {"approve": "APPROVAL", "return": "returned", "reject": "rejected"}),
    "APPROVAL": ({APPROVER, CHIEF}, PYB, {"approve": "BKN", "return": "VERIF", "reject": "rejected"}),
    "BKN": (
        {VERIFIER},
        PYB,
        {"MS": "SK", "BTS": "VERIF", "TMS": "rejected", "return": "VERIF", "reject": "rejected"},
    ),
    "SK": ({PPK}, ADMIN, {"decree": "EFEKTIF", "return": "VERIF", "reject": "rejected"}),
}
WRITING = {"draft", "returned"}
WINDOW_CLOSES = date(2026, 2, 15)
"""Last day on which a proposal for 1 March is lodged. Source: letter of BKN 13749/B-MP.01.01/SD/D/2025."""
OVER = {"rejected", "withdrawn", "closed"}


class Decider(RuleBasedStateMachine):
    """One promotion in the hands of people who try everything, while weeks go by."""

    deciding: Callable[[Proposal, c.Command, Facts], Decision] = staticmethod(decide)

    def __init__(self) -> None:
        super().__init__()
        self.at = b.NOW
        self.history: list[Recorded[Any]] = []
        self.state: Proposal = Nothing()
        self.stage = "nothing"
        self.round = 0
        self.late = False
        self.seen_over = False
        self.approvals: set[tuple[str, str]] = set()

    # The model: who may do what, and where it leads.

    def leads_to(self, actor: str, verb: str) -> str | None:
        """The next stage by the table, or None when it must be refused."""
        if verb == "acknowledge":
            return "closed" if (self.stage, actor) == ("DISTRIBUSI", STAFF) else None
        if verb in ALONE:
            return self._by_proposer(actor, verb)
        if self.stage not in TABLE:
            return None
        holders, stand_in, verbs = TABLE[self.stage]
        allowed = holders | {stand_in} if self.late else holders
        second_hat = any(who == actor and step != self.stage for who, step in self.approvals)
        if actor not in allowed or (second_hat and self.stage != "BKN"):
            return None
        return verbs.get(verb)

    def _by_proposer(self, actor: str, verb: str) -> str | None:
        if actor != HEAD:
            return None
        if verb == "withdraw":
            return "withdrawn" if self.stage in WRITING or self.stage in TABLE else None
        if self.stage not in WRITING:
            return None
        if verb == "submit":
            return "PENGANTAR_OPD" if self.world().today <= WINDOW_CLOSES else None
        return self.stage

    def arrive(self, verb: str, actor: str, stage: str) -> None:
        """Let the model follow."""
        if verb == "approve":
            self.approvals.add((actor, self.stage))
        if verb == "submit" or (verb in ("return", "BTS") and stage == "VERIF"):
            self.round += 1
        if stage != self.stage:
            self.stage, self.late = stage, False

    # What happens.

    @initialize(far=st.integers(0, 6))
    def some_case(self, far: int) -> None:
        """A superior begins, with every document at hand, and the case goes some steps of its way."""
        self.decided(b.create())
        self.stage = "draft"
        for document in ("SK_PANGKAT", "SKP_1", "SKP_2"):
            self.decided(self.shown(b.attach(document)))
        for _ in range(far):
            self.one_of(FORWARD, 0)

    @rule(actor=st.sampled_from(CAST), verb=st.sampled_from(VERBS))
    def somebody_tries_something(self, actor: str, verb: str) -> None:
        """Accepted exactly when the table says so, and then it leads where the table says."""
        expected = self.leads_to(actor, verb)
        decision = self.tried(self.shown(self.command(actor, verb)))
        assert (decision is not None) == (expected is not None), f"{verb} by {actor} at {self.stage}"
        if decision is not None and expected is not None:
            self.arrive(verb, actor, expected)

    @precondition(lambda self: self.stage in TABLE)
    @rule(pick=st.integers(0, 99))
    def whoever_sits_at_the_desk_tries(self, pick: int) -> None:
        """A desk alone is not enough: the wrong hat is refused."""
        verb, desks = next(iter(TABLE[self.stage][2])), set(self.existing().step.may_act)
        seated = [who for who in CAST if desks & self.world().facts(self.command(who, verb), self.state).desks]
        self.somebody_tries_something(seated[pick % len(seated)], verb)

    @precondition(lambda self: self.stage not in OVER)
    @rule(pick=st.integers(0, 99))
    def the_right_person_goes_on(self, pick: int) -> None:
        """So that cases get far: whoever the table allows does what brings the case on."""
        self.one_of(FORWARD, pick)

    @precondition(lambda self: self.stage in TABLE)
    @rule(pick=st.integers(0, 99))
    def the_right_person_sends_it_back(self, pick: int) -> None:
        """So that rounds repeat."""
        self.one_of(("return", "BTS"), pick)

    def one_of(self, verbs: Sequence[str], pick: int) -> None:
        """Somebody who may do one of these verbs does it."""
        able = [(actor, verb) for verb in verbs for actor in CAST if self.leads_to(actor, verb)]
        if able:
            self.somebody_tries_something(*able[pick % len(able)])

    @precondition(lambda self: self.stage not in OVER)
    @rule(days=st.sampled_from([0, 1, 2, 3, 4, 6, 9, 40]))
    def time_passes(self, days: int) -> None:
        """Whatever the brief says is due until then is done in its own hour, and each time something comes of it."""
        until = self.at + timedelta(days=days)
        while dues := [due for due in brief(self.existing(), []).dues if due.at <= until]:
            self.at = max(self.at, dues[0].at)
            decision = self.decided(dues[0].command)
            assert decision.events, f"{dues[0].command.command_id} changes nothing, and would be due for ever"
            self.clock_struck(dues[0].command.kind)
        self.at = until

    def clock_struck(self, kind: str) -> None:
        """Let the model follow the clock."""
        self.late = self.late or kind == "escalate"
        if kind == "take-effect":
            self.stage, self.late = "DISTRIBUSI", False

    @precondition(lambda self: isinstance(self.state, Underway))
    @rule(ahead=st.floats(5.001, 1e6))
    def a_fast_engine_is_refused(self, ahead: float) -> None:
        """Nothing the brief names can be had early by more than the tolerance."""
        for due in brief(self.existing(), []).dues:
            early = due.at - timedelta(seconds=ahead)
            if due.command.count == 0 or due.command.kind == "remind":
                refusal = self.refusal(due.command, self.world().when(early))
                assert isinstance(refusal, NotYetDue), refusal

    @rule(shown=st.integers(-1, 60), verb=st.sampled_from(VERBS), actor=st.sampled_from(CAST))
    def an_old_screen_decides_nothing(self, shown: int, verb: str, actor: str) -> None:
        """A version outside the last change and the present is never accepted."""
        case = self.existing().case
        assume(verb != "acknowledge" and not case.changed_in <= shown <= case.version)
        command = self.command(actor, verb).model_copy(update={"expected_version": shown})
        assert self.refusal(command, self.world()) is not None

    @rule(cut=st.integers(0, 200))
    def folding_in_two_parts_is_folding(self, cut: int) -> None:
        """fold(a + b) == fold(b, fold(a))."""
        first, second = self.history[:cut], self.history[cut:]
        assert fold(second, fold(first)) == fold(self.history)

    # What always holds.

    @invariant()
    def versions_are_dense(self) -> None:
        """The state's version is the number of events."""
        if not isinstance(self.state, Nothing):
            assert self.state.case.version == len(self.history)

    @invariant()
    def the_stage_is_the_models(self) -> None:
        """State and table agree on where the case is, and in which round."""
        if isinstance(self.state, Nothing):
            return
        stage = self.state.step.code if isinstance(self.state, Underway) else self.state.name
        assert (self.stage, self.round) == (stage, self.state.case.round)

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        """Every verb of everybody is refused, and nothing is due."""
        if self.stage in OVER and not self.seen_over:
            self.seen_over = True
            assert isinstance(self.state, Ended)
            assert not brief(self.existing(), []).open
            for actor, verb in itertools.product(CAST, VERBS):
                assert self.refusal(self.shown(self.command(actor, verb)), self.world()) is not None

    @invariant()
    def nobody_decides_the_own_case_or_two_steps(self) -> None:
        """Read from the signatures, not from the guards."""
        if isinstance(self.state, Nothing):
            return
        case = self.state.case
        assert not [s for s in case.signed if s.actor == case.proposer or s.actor in case.matter.subjects]
        approved = {(s.actor, s.step) for s in case.signed if s.verb == "approve"}
        assert len({actor for actor, _ in approved}) == len(approved)

    @invariant()
    def an_open_case_waits_on_somebody(self) -> None:
        """A desk, or for an effect the calendar."""
        if isinstance(self.state, Draft | Returned):
            assert brief(self.state, []).desks
        if isinstance(self.state, Underway):
            assert self.state.step.waiting or self.state.step.kind is StepKind.EFFECT
            assert self.state.step.due_at is not None

    # How it is asked.

    def world(self) -> b.World:
        """The office now."""
        return HATS.when(self.at)

    def existing(self) -> Any:
        """The state of the case."""
        assert not isinstance(self.state, Nothing)
        return self.state

    def command(self, actor: str, verb: str) -> c.Command:
        """The verb at the present step, on whatever version."""
        if verb in ALONE:
            return ALONE[verb](actor)
        step = self.state.step.code if isinstance(self.state, Underway) else "VERIF"
        return AT_STEP[verb](step, actor, self.round)

    def shown(self, command: Any) -> Any:
        """On the present version."""
        return command.model_copy(update={"expected_version": len(self.history)})

    def decided(self, command: c.Command) -> Decision:
        """The decision, taken twice alike, whose every event folds."""
        facts = self.world().facts(command, self.state)
        decision = self.deciding(self.state, command, facts)
        assert self.deciding(self.state, command, facts) == decision
        for event in decision.events:
            recorded = Recorded(event, command.actor, self.at, "proposal/KP-1")
            assert not isinstance(self.state, Nothing) or isinstance(event, ProposalDrafted)
            self.state = evolve(self.state, recorded)
            self.history.append(recorded)
        return decision

    def tried(self, command: c.Command) -> Decision | None:
        """The decision, or None when refused; a refusal changes nothing."""
        before = self.state
        try:
            return self.decided(command)
        except DomainError:
            assert self.state == before
            return None

    def refusal(self, command: c.Command, world: b.World) -> DomainError | None:
        """The refusal of a command that is only asked, not recorded."""
        try:
            self.deciding(self.state, command, world.facts(command, self.state))
        except DomainError as refusal:
            return refusal
        return None


LAWFUL = settings(max_examples=100, stateful_step_count=40)
TestDecider = Decider.TestCase
TestDecider.settings = LAWFUL


# Positive controls: deciders with one planted fault each.


def forgives_old_screens(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Decides on whatever version."""
    if isinstance(state, Nothing) or not isinstance(command, c.ToProposal):
        return decide(state, command, facts)
    return decide(state, command.model_copy(update={"expected_version": state.case.version}), facts)


def knows_no_proposer(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Lets the proposer decide the own case."""
    try:
        return decide(state, command, facts)
    except OwnCase:
        return decide(state, command.model_copy(update={"actor": "f" * 32}), replace(facts, desks=EVERY_DESK))


def forgets_the_first_hat(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Lets one person approve two steps."""
    try:
        return decide(state, command, facts)
    except TwoHats:
        return decide(state, command.model_copy(update={"actor": "f" * 32}), facts)


def is_impatient(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Lets the clock strike a minute early."""
    return decide(state, command, replace(facts, at=facts.at + timedelta(minutes=1)))


def reminds_for_ever(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Says that nothing is to be done about a reminder."""
    if isinstance(command, c.SystemCommand) and command.kind == "remind":
        return Decision([])
    return decide(state, command, facts)


def waits_on_nobody(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Opens steps at no desk."""
    decision = decide(state, command, facts)
    empty = [e.model_copy(update={"desks": []}) if isinstance(e, StepOpened) else e for e in decision.events]
    return replace(decision, events=empty)


def revives(state: Proposal, command: c.Command, facts: Facts) -> Decision:
    """Takes back what is over."""
    if isinstance(state, Ended) and isinstance(command, c.Withdraw):
        return Decision([ProposalWithdrawn()])
    return decide(state, command, facts)


EVERY_DESK = frozenset(f"role/{role}" for role in Role) | {"unit/DINAS-A"}
FAULTS = [
    forgives_old_screens,
    knows_no_proposer,
    forgets_the_first_hat,
    is_impatient,
    reminds_for_ever,
    waits_on_nobody,
    revives,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_laws_find_a_planted_fault(fault: Callable[..., Decision]) -> None:
    """Each careless decider breaks a law within the cases that the real one passes."""
    machine = type("Careless", (Decider,), {"deciding": staticmethod(fault)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            machine, settings=settings(LAWFUL, phases=[Phase.generate], report_multiple_bugs=False)
        )
