"""What the rulebook costs: an answer with all its requirements, the search for an earliest date, a whole agency."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels.upcoming import Staff, everybody_in_reach
from activities.rule_files import read_rulebook
from activities.situation_files import read_situations
from deploy.bench.measure import Findings, Timed, say
from deploy.bench.office import AGENCY
from deploy.bench.stand import Stand
from domain.promotion.eligibility import assess_promotion, next_tmt
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.register.person import Person
from domain.rulebook.rulebook import Asked, Rulebook
from domain.situations.questions import PromotionSituation, reference

ANSWERS, SEARCHES = 300, 30
PEOPLE = text("SELECT count(*) FROM streams WHERE category = 'person'")
NO_DIPLOMA_HELPS = ["15"]
"""An SLTA ends regular promotion at III/b: whoever holds it is searched for to the end, and in vain."""


@dataclass(frozen=True)
class Rules:
    """One person's regular promotion; beside it a bare loop over the same compiled conditions."""

    rulebook: Rulebook
    person: Person
    hopeless: Person
    request: PromotionRequest
    stand: Stand

    @classmethod
    def on(cls, stand: Stand) -> Rules:
        """The example of a regular promotion that is shipped, and the people of a stand."""
        rulebook = read_rulebook()
        name = "reg.yaml"
        [told] = read_situations(name, files("domain.rulebook") / "examples" / name, rulebook)
        assert isinstance(told.situation, PromotionSituation)
        asks, known = told.situation.asks, told.situation.person
        hopeless = known.model_copy(update={"education": NO_DIPLOMA_HELPS})
        request = PromotionRequest(
            kind=asks.kind, target_grade=asks.grade, target_tmt=asks.tmt, submitted_on=asks.lodged
        )
        return cls(rulebook, known.person(reference("one")), hopeless.person(reference("other")), request, stand)

    async def round(self, found: Findings) -> None:
        """One round."""
        bare = found.time("bare loop over the conditions", _timed(self._bare(), ANSWERS))
        answer = found.time("answer to every requirement", _timed(self._answer, ANSWERS))
        search = found.time("search for an earliest date, in vain", _timed(self._search, SEARCHES))
        found.figure("assessment_over_bare", answer.p50 / bare.p50)
        found.figure("search_over_assessment", search.p50 / answer.p50)
        if "upcoming_people_per_s" not in found.figures:
            found.figure("upcoming_people_per_s", await self._everybody())

    def _bare(self) -> Callable[[], object]:
        values = dict(promotion_facts(self.person, self.request, self.rulebook.reference))
        day = self.request.target_tmt
        rules = [rule for rule in self.rulebook.rules if rule.requirement.matter == "promotion"]
        asked = [rule for rule in rules if rule.requirement.in_force(day) and rule.applies.answer(values)]
        return lambda: [rule.passes.answer(values) for rule in asked]

    def _answer(self) -> object:
        facts = promotion_facts(self.person, self.request, self.rulebook.reference)
        return self.rulebook.findings("promotion", self.request.target_tmt, Asked(facts, self.person.subject))

    def _search(self) -> object:
        return assess_promotion(self.hopeless, self.request, self.rulebook)

    async def _everybody(self) -> float:
        """Go through the agency once; people a second."""
        engine, day = create_async_engine(self.stand.sqlalchemy_url), self.request.submitted_on
        begun, near = time.perf_counter(), 0
        async for some in everybody_in_reach(engine, self.rulebook, Staff(AGENCY, day), next_tmt(day, self.rulebook)):
            near += len(some)
        seconds = time.perf_counter() - begun
        async with engine.connect() as connection:
            people = int(await connection.scalar(PEOPLE) or 0)
        await engine.dispose()
        say(f"{near:,} of {people:,} people are in reach of a promotion, found in {seconds:.1f} s")
        return people / seconds


def _timed(work: Callable[[], object], times: int) -> Timed:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return Timed(seconds, sum(seconds))
