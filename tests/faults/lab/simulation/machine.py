"""The proposal as a state machine: people who try everything, an engine that forgets, and ports that fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.faults.lab.simulation.episode import Episode
from tests.faults.lab.simulation.faults import Fault, How
from tests.faults.lab.simulation.model import EFFECT, OVER, PROMOTION, SWAP
from tests.faults.lab.simulation.people import BACK, CAST, FORWARD, VERBS
from tests.faults.lab.simulation.tally import Tally
from tests.faults.lab.simulation.world import SOUND, Parts

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SPANS = (timedelta(), MINUTE, 6 * MINUTE, HOUR, DAY, 3 * DAY)
AHEAD = (timedelta(), timedelta(), 10 * MINUTE, 12 * DAY)


def trouble(calls: int) -> st.SearchStrategy[tuple[Fault, ...]]:
    """Nothing, or one or two faults at one of the next calls."""
    one = st.builds(Fault, st.integers(0, calls - 1), st.sampled_from(How))
    return st.one_of(st.just(()), st.tuples(one), st.tuples(one, one))


A_COMMAND, SOME_COMMANDS, SOME_TURNS, A_ROUND = trouble(8), trouble(16), trouble(8), trouble(4)
"""By how many calls the scene makes, more or less."""
PICK = st.integers(0, 99)
BEHIND = st.sampled_from([0, 0, 0, 1, 2, 5, -1, None])
"""How many versions old a screen is; None for a command that names no version."""


class Simulation(RuleBasedStateMachine):
    """One proposal, from the draft to its end, whatever fails."""

    parts: ClassVar[Parts] = SOUND
    tally: ClassVar[Tally] = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.episode = Episode()
        self.sound = False

    def step(self, play: Any, *args: Any) -> None:
        """One step; what fails in it is not to be covered by the noise of the end."""
        self.sound = False
        play(*args)
        self.sound = True
        self.tally.steps += 1

    @property
    def case(self) -> Any:
        """The table's case."""
        return self.episode.case

    @initialize(swap=st.booleans(), far=st.integers(0, 4), faults=A_COMMAND)
    def somebody_begins(self, *, swap: bool, far: int, faults: Sequence[Fault]) -> None:
        """A promotion or a swap of posts, which goes some steps of its way without any fault."""
        self.episode = Episode(SWAP if swap else PROMOTION, self.parts)
        self.step(self.episode.begin, faults)
        for _ in range(far):
            self.episode.one_of(FORWARD)
        self.sound = True

    # People.

    @rule(actor=st.sampled_from(CAST), verb=st.sampled_from(VERBS), behind=BEHIND, faults=A_COMMAND)
    def somebody_tries_something(self, actor: str, verb: str, behind: int | None, faults: Sequence[Fault]) -> None:
        """The right and the wrong people, on new and on old screens."""
        shown = None if behind is None else self.case.version - behind
        command = self.episode.command(actor, verb).model_copy(update={"expected_version": shown})
        self.step(self.episode.send, [command], faults)

    @precondition(lambda self: self.case.stage not in OVER)
    @rule(pick=PICK, faults=A_COMMAND)
    def the_right_person_goes_on(self, pick: int, faults: Sequence[Fault]) -> None:
        """So that cases get far."""
        self.step(self.episode.go_on, pick, faults)

    @precondition(lambda self: self.case.stage in self.episode.way.stages)
    @rule(pick=PICK, faults=A_COMMAND)
    def the_right_person_sends_it_back(self, pick: int, faults: Sequence[Fault]) -> None:
        """So that rounds repeat."""
        self.step(self.episode.one_of, BACK, pick, faults)

    @precondition(lambda self: self.case.stage not in OVER)
    @rule(first=PICK, second=PICK, twin=st.booleans(), turns=st.integers(0, 2), faults=SOME_COMMANDS)
    def several_act_at_once(self, first: int, second: int, *, twin: bool, turns: int, faults: Sequence[Fault]) -> None:
        """Two who may both act, or the same click twice; and the engine beside them."""
        if found := self.episode.able((*FORWARD, *BACK)):
            one, others = self.episode.command(*found[first % len(found)]), self.episode.able(VERBS)
            other = one if twin else self.episode.command(*others[second % len(others)])
            self.step(self.episode.send, [one, other], faults, turns)

    @precondition(lambda self: self.episode.world.book.unknown)
    @rule(pick=PICK, faults=A_COMMAND)
    def an_unknown_command_is_repeated(self, pick: int, faults: Sequence[Fault]) -> None:
        """With the same id, as the browser does it."""
        unknown = list(self.episode.world.book.unknown.values())
        self.step(self.episode.send, [unknown[pick % len(unknown)]], faults)

    @rule(pick=PICK, actor=st.sampled_from(CAST), faults=A_COMMAND)
    def an_id_is_used_again(self, pick: int, actor: str, faults: Sequence[Fault]) -> None:
        """By an honest repeat, which gets its old answer, or by somebody else, who is refused."""
        known = list(self.episode.world.book.acknowledged)
        command: Any = self.episode.world.book.sent[known[pick % len(known)]]
        if pick % 2 or command.actor == actor:
            self.step(self.episode.send, [command], faults)
        else:
            self.step(self.episode.forge, command.model_copy(update={"actor": actor}), faults)

    # The machinery.

    @precondition(lambda self: self.episode.runs)
    @rule(turns=st.integers(1, 6), ahead=st.sampled_from(AHEAD), faults=SOME_TURNS)
    def the_engine_works(self, turns: int, ahead: timedelta, faults: Sequence[Fault]) -> None:
        """Some turns of the case's workflow, on a clock that may be ahead of the ledger's."""
        self.episode.world.engine.ahead = ahead
        self.step(self.episode.work, turns, faults)
        self.episode.world.engine.ahead = timedelta()

    @precondition(lambda self: self.episode.runs)
    @rule(how=st.sampled_from(["lose", "put back", "evict", "repeat"]), pick=PICK, faults=SOME_TURNS)
    def the_engine_suffers(self, how: str, pick: int, faults: Sequence[Fault]) -> None:
        """It loses the workflow, or what the workflow heard last, or only its worker; or does an old thing again."""
        self.step(self.episode.suffer, how, pick, faults)

    @rule(reconcile=st.booleans(), faults=A_ROUND)
    def the_relay_works(self, *, reconcile: bool, faults: Sequence[Fault]) -> None:
        """One round of pokes, or of looking for workflows that are missing or late."""
        world = self.episode.world
        self.step(self.episode.play, world.reconciles() if reconcile else world.relays(), faults)

    @precondition(lambda self: self.episode.world.faults.late)
    @rule(pick=PICK)
    def something_late_happens(self, pick: int) -> None:
        """A COMMIT, a poke or a letter whose caller gave up; in any order."""
        self.step(self.episode.play, self.episode.world.faults.arrive(pick))

    @precondition(lambda self: self.episode.runs)
    @rule(span=st.sampled_from(SPANS), faults=SOME_TURNS)
    def the_mail_is_away(self, span: timedelta, faults: Sequence[Fault]) -> None:
        """For so long; the engine tries before and after, and gives up when it was long."""
        self.episode.world.mailbox.away = True
        self.episode.work(4)
        self.episode.wait(span)
        self.step(self.episode.work, 4, faults)
        self.episode.world.mailbox.away = False

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        """For everybody."""
        self.step(self.episode.wait, span)

    @precondition(lambda self: self.episode.dues)
    @rule(late=st.sampled_from(SPANS), faults=SOME_TURNS)
    def the_next_instant_comes(self, late: timedelta, faults: Sequence[Fault]) -> None:
        """Of those that the ledger names, and the engine works a little after it."""
        self.episode.wait(self.episode.dues[0].at + late - self.episode.world.store.at)
        self.step(self.episode.work, 3, faults)

    @precondition(lambda self: self.episode.way is SWAP and self.case.stage == EFFECT)
    @rule()
    def the_register_changes(self) -> None:
        """A stranger takes one of the posts, so that the swap cannot take effect; or gives it up."""
        self.step(self.episode.change_the_register)

    def teardown(self) -> None:
        """Faults stop, everybody acts, and the case comes to its end."""
        if self.sound:
            self.episode.finish()
            self.tally.add(self.episode.world, self.case.stage)
        self.episode.runner.close()
