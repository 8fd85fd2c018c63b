"""One proposal from its first draft on: every command goes through the world, then table and laws follow the log."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.errors import CommandIdReused, DomainError
from domain.ports import Receipt
from domain.proposal import commands as c
from domain.proposal.brief import Brief, Due, brief
from domain.proposal.proposal import Nothing, Proposal, Underway, fold
from tests.faults.lab.simulation import laws
from tests.faults.lab.simulation.faults import Fault
from tests.faults.lab.simulation.model import EFFECT, OVER, PROMOTION, WRITING, Case, Way, after, chased
from tests.faults.lab.simulation.people import FORWARD, able, asked, worded
from tests.faults.lab.simulation.ports import OVERDUE
from tests.faults.lab.simulation.world import SOUND, Parts, World
from tests.support.builders import CALENDAR, TMT
from tests.support.people import AGENCY

Answer = Receipt | DomainError | None
Attempt = tuple[c.Command, Answer]
Scene = Coroutine[Any, Any, list[Attempt] | None]
NO_FAULTS: tuple[Fault, ...] = ()
MINUTE = timedelta(minutes=1)
DEADLINES = 12
"""Instants of one step that may pass in silence: reminder, escalation, stall, effect, its refusals and retries."""
MOVES = 60
"""Acts that bring any case to its end, returns included."""


class Episode:
    """A proposal of one kind, from its first draft."""

    def __init__(self, way: Way = PROMOTION, parts: Parts = SOUND) -> None:
        self.way = way
        # A loop of its own, which is nobody's current one.
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.world = World(parts)
        self.log = laws.Log(self.world.store, way)
        self.case = Case("draft", TMT, version=1, changed_in=1)
        self.proposal_id = ""
        # Folded piece by piece, as the log grows; in the end it must be what the whole log folds to.
        self.state: Proposal = Nothing()
        self.version = 0
        self.stranger = False

    def begin(self, faults: Sequence[Fault] = NO_FAULTS) -> None:
        """A draft, asked for until it is answered, with its documents."""
        self.runner.run(self.world.settle_in())
        self.log.read()
        draft = c.CreateDraft(command_id=self.world.id(), actor=self.way.proposer, agency=AGENCY, asked=asked(self.way))
        self.world.faults.arm(faults)
        while not (receipt := self.runner.run(self.world.send(draft))):
            continue
        assert isinstance(receipt, Receipt), receipt
        self.proposal_id = receipt.proposal_id
        self.play(self._nothing())
        for document in self.way.documents:
            self.send([self.command(self.way.proposer, f"attach {document}")])

    # What may be played.

    def command(self, actor: str, verb: str) -> Any:
        """A new command on the present version."""
        command = worded(self.way, self.case, actor, verb, self.proposal_id)
        return command.model_copy(update={"command_id": self.world.id()})

    def able(self, verbs: Iterable[str]) -> list[tuple[str, str]]:
        """Who may do which of the verbs now."""
        return able(self.way, self.case, verbs, self.today)

    def one_of(self, verbs: Iterable[str], pick: int = 0, faults: Sequence[Fault] = NO_FAULTS) -> bool:
        """Somebody who may do one of the verbs does it; whether there was anybody."""
        found = self.able(verbs)
        if found:
            self.send([self.command(*found[pick % len(found)])], faults)
        return bool(found)

    def go_on(self, pick: int, faults: Sequence[Fault]) -> None:
        """Somebody brings it on; when it is too late for its TMT, it is worded anew."""
        if not self.one_of(FORWARD, pick, faults):
            self.one_of(("change",), pick, faults)

    def send(self, commands: Sequence[c.Command], faults: Sequence[Fault] = NO_FAULTS, turns: int = 0) -> None:
        """Commands at the same time, and perhaps turns of the engine beside them."""
        self.play(self._together(commands, turns), faults)

    def forge(self, command: c.Command, faults: Sequence[Fault]) -> None:
        """A command under the id of another that was acknowledged: refused, and the old answer stays."""
        self.play(self._forged(command), faults)

    def work(self, turns: int, faults: Sequence[Fault] = NO_FAULTS) -> None:
        """Turns of the case's workflow."""
        self.play(self._turns(turns), faults)

    def suffer(self, how: str, pick: int, faults: Sequence[Fault]) -> None:
        """Something happens to the engine."""
        engine = self.world.engine
        scene: Scene = engine.repeat(pick) if how == "repeat" else self._nothing()
        match how:
            case "lose":
                engine.lose(self.proposal_id)
            case "put back":
                engine.put_back(self.proposal_id, pick)
            case "evict":
                engine.evict(self.proposal_id)
        self.play(scene, faults)

    def wait(self, span: timedelta) -> None:
        """Time passes; what was under way arrives first."""
        self.play(self._waits(span))

    def change_the_register(self) -> None:
        """A stranger takes one of the posts, or gives it up."""
        scene = self.world.the_stranger_gives_it_up if self.stranger else self.world.a_stranger_takes_a_post
        self.stranger = not self.stranger
        self.play(scene())

    def play(self, scene: Scene, faults: Sequence[Fault] = NO_FAULTS) -> None:
        """Let it happen under these faults, let the table follow the log, and read the laws."""
        self.world.faults.arm(faults)
        attempts = self.runner.run(scene)
        self._follow(attempts or [])
        self._check()

    @property
    def runs(self) -> bool:
        """Whether the case has a workflow that runs."""
        run = self.world.engine.runs.get(self.proposal_id)
        return run is not None and not run.ended

    @property
    def dues(self) -> list[Due]:
        """What the ledger says the clock has to do, the next thing first."""
        return self.brief.dues

    @property
    def brief(self) -> Brief:
        """The brief as of now."""
        assert not isinstance(self.state, Nothing)
        return brief(self.state, self.world.outbox.owed(f"proposal/{self.proposal_id}"))

    # How it is judged.

    @property
    def today(self) -> date:
        """The office's date."""
        return CALENDAR.local_date(self.world.store.at)

    def _follow(self, attempts: Iterable[Attempt]) -> None:
        """Whatever was recorded, the table allows; whatever was refused, it refuses at some moment of the scene."""
        moments = [self.case]
        stream = f"proposal/{self.proposal_id}"
        for command_id, group in itertools.groupby(self.log.read(), key=lambda entry: entry.command_id):
            if entries := [entry for entry in group if entry.stream == stream]:
                self.case = self._after(command_id, entries)
                moments.append(self.case)
        for command, answer in attempts:
            after_it = [after(self.way, case, command, self.today) for case in moments]
            if isinstance(answer, DomainError):
                assert None in after_it, f"{answer!r} of {command!r} at {self.case}"
            if isinstance(answer, Receipt) and answer.outcome == "noop" and not answer.repeated:
                assert any(new == case for new, case in zip(after_it, moments, strict=True)), f"nothing by {command!r}"

    def _after(self, command_id: str, entries: Sequence[laws.Entry]) -> Case:
        last, changed_in = entries[-1], entries[-1].version
        if last.actor == "system":
            kinds = [entry.type for entry in entries]
            case = chased(self.way, self.case, kinds)
            changed_in = changed_in if "proposal.took-effect" in kinds else self.case.changed_in
        else:
            case = self._allowed(self.world.book.sent[command_id], CALENDAR.local_date(last.at))
        return replace(case, version=last.version, changed_in=changed_in)

    def _allowed(self, command: c.Command, day: date) -> Case:
        if isinstance(command, c.CreateDraft):
            return self.case
        case = after(self.way, self.case, command, day)
        assert case is not None, f"recorded, and must not be: {command!r} at {self.case}"
        return case

    def _check(self) -> None:
        world = self.world
        laws.answers_are_kept(self.log, world.book)
        laws.letters_arrived(world.outbox, world.mailbox)
        history = world.store.history(f"proposal/{self.proposal_id}")
        if len(history) == self.version:
            return
        laws.whole(self.log, world.outbox)
        self.state, self.version = fold(history[self.version :], self.state), len(history)
        assert not isinstance(self.state, Nothing)
        stage = self.state.step.code if isinstance(self.state, Underway) else self.state.name
        found = (stage, self.state.case.matter.target_tmt, self.state.case.round, self.state.case.version)
        table = (self.case.stage, self.case.tmt, self.case.round, self.case.version)
        assert found == table, f"{found}, by the table {table}"

    # How it ends.

    def finish(self) -> None:
        """Nothing fails any more: every outcome becomes known, silence is chased, and when all act the case ends."""
        self.play(self.world.heal())
        self.send(list(self.world.book.unknown.values()))
        assert not self.world.book.unknown
        self.play(self.world.reconciles())
        self._silence()
        for _ in range(MOVES):
            if self.case.stage in OVER:
                break
            self._one_move()
            self._rest()
        assert self.case.stage in OVER, f"no end in sight at {self.case}"
        self._nothing_left()
        assert fold(self.world.store.history(f"proposal/{self.proposal_id}")) == self.state

    def _one_move(self) -> None:
        if self.case.stage == EFFECT:
            if self.stranger:
                self.change_the_register()
            self._silence()
            assert self.case.stage == self.way.delivery, "its day has come, and nothing takes effect"
        elif not self.one_of(FORWARD):
            # Too late for its TMT.
            assert self.case.stage in WRITING, f"nobody may go on at {self.case}"
            self.send([self.command(self.way.proposer, "withdraw")])

    def _silence(self) -> None:
        """Nobody acts: every instant that the brief names is kept, and in time."""
        self._rest()
        for _ in range(DEADLINES):
            if not self.dues:
                return
            self.world.pass_to(self.dues[0].at)
            self._rest()

    def _rest(self) -> None:
        """Nothing is due any more; a rest that was begun on a fast clock is ended by the reconciler."""
        self.play(self._settled())
        if self._late and self.world.engine.is_ahead(self.proposal_id):
            self.wait(OVERDUE + MINUTE)
            self.play(self.world.reconciles())
            self.play(self._settled())
        assert not self._late, f"{self.dues[0].command.command_id} is late"

    @property
    def _late(self) -> bool:
        return bool(self.dues) and self.dues[0].at <= self.world.store.at

    def _nothing_left(self) -> None:
        for _ in range(DEADLINES):
            if not self.brief.open:
                break
            self.wait(6 * MINUTE)
            self.play(self._settled())
        run = self.world.engine.runs.get(self.proposal_id)
        assert run is None or run.ended, f"the case is over, and its workflow still asks for {run.asking}"
        left = [*self.world.outbox.rows("notice"), *self.world.outbox.rows("poke")]
        assert not left, f"never delivered: {left}"

    # Scenes.

    async def _nothing(self) -> None:
        """Only look."""

    async def _together(self, commands: Sequence[c.Command], turns: int) -> list[Attempt]:
        sent = [self.world.send(command) for command in commands]
        *answers, _ = await asyncio.gather(*sent, self._turns(turns))
        await self.world.desk.close()
        return list(zip(commands, answers, strict=True))

    async def _forged(self, command: c.Command) -> None:
        known = self.world.book.acknowledged[command.command_id]
        answer = await self.world.answer(command)
        assert answer is None or isinstance(answer, CommandIdReused), f"{answer!r} to a forged {known.command_id}"

    async def _turns(self, turns: int) -> None:
        for _ in range(turns):
            await self.world.engine.turn(self.proposal_id)

    async def _waits(self, span: timedelta) -> None:
        while self.world.faults.late:
            await self.world.faults.arrive(0)
        self.world.pass_to(self.world.store.at + span)

    async def _settled(self) -> None:
        await self.world.settle(self.proposal_id)
