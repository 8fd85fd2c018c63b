"""People in plain words: what is left out, the register does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field

from domain.calendar import first_of_month
from domain.register.events import FactsRecorded, Source
from domain.register.facts import (
    AppointmentMade,
    BirthKnown,
    CreditsGranted,
    EducationEarned,
    Ending,
    ExamPassed,
    Fact,
    HonourGranted,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    SanctionLevel,
    SanctionServed,
    ServiceEnded,
    StandingHeld,
    StudyAssigned,
    TrainingCompleted,
)
from domain.register.person import Person, fold
from domain.vocabulary import Frozen, Grade, Rating

SOURCE = Source(file_sha256="0" * 64, file_kind="situation")
LONG_AGO = date(2005, 1, 1)
"""Since when holds what is written without a day."""


class Written(Frozen):
    """Base of everything that people write: a word that nobody reads is a mistake."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class WrittenPost(Written):
    """A post, from the day it is written under."""

    post: str
    kind: PostKind
    eselon: str = ""
    job_class: Annotated[int | None, Field(alias="class", ge=1, le=17)] = None
    level: str = ""


class WrittenAppointment(Written):
    """The appointments as CPNS and as PNS."""

    cpns: date
    pns: date | None = None


class WrittenSanction(Written):
    """A sanction; without a last day its end is not known."""

    since: Annotated[date, Field(alias="from")]
    last_day: date | None = None
    level: SanctionLevel


class WrittenStudy(Written):
    """A study on assignment for a level of education."""

    since: Annotated[date, Field(alias="from")]
    until: date | None = None
    level: str


class WrittenEnd(Written):
    """How the service ends, and the first day after it, or the day of death."""

    since: Annotated[date, Field(alias="from")]
    cause: Ending


class WrittenPerson(Written):
    """One person: ranks, posts, credits and honours under their days, ratings under their years, the rest as lists."""

    ranks: dict[date, Grade] = {}
    posts: dict[date, WrittenPost] = {}
    appointed: WrittenAppointment | None = None
    born: date | None = None
    legal_position: str | None = None
    status: str = "P"
    education: list[str] = []
    ratings: dict[int, Rating] = {}
    credits: dict[date, Annotated[Decimal, Field(ge=0, decimal_places=2)]] = {}
    exams: list[str] = []
    trainings: list[str] = []
    honours: dict[date, str] = {}
    studies: list[WrittenStudy] = []
    sanctions: list[WrittenSanction] = []
    ended: WrittenEnd | None = None

    def person(self, subject: str = "", agency: str = "DEMO") -> Person:
        """The person with these facts."""
        known = Person(subject=subject, agency=agency)
        facts = [*self._career(), *self._merits(), *self._limits()]
        return fold([FactsRecorded(facts=facts, source=SOURCE)] if facts else [], known)

    def _career(self) -> Iterator[Fact]:
        yield from (RankHeld(valid_from=since, grade=grade) for since, grade in self.ranks.items())
        for since, post in self.posts.items():
            yield PostHeld(
                valid_from=since,
                post=post.post,
                name=post.post,
                post_kind=post.kind,
                unit="UNIT",
                eselon=post.eselon,
                job_class=post.job_class,
                career_level=post.level,
            )
        if self.appointed:
            yield AppointmentMade(valid_from=self.appointed.cpns, pns_from=self.appointed.pns)
        if self.born:
            yield BirthKnown(valid_from=first_of_month(self.born))

    def _merits(self) -> Iterator[Fact]:
        yield from (EducationEarned(valid_from=LONG_AGO, level=level) for level in self.education)
        yield from (rating_of(year, given) for year, given in self.ratings.items())
        yield from (CreditsGranted(valid_from=day, points=points) for day, points in self.credits.items())
        yield from (ExamPassed(valid_from=LONG_AGO, code=code) for code in self.exams)
        yield from (TrainingCompleted(valid_from=LONG_AGO, code=code) for code in self.trainings)
        yield from (HonourGranted(valid_from=day, code=code) for day, code in self.honours.items())
        yield from (StudyAssigned(valid_from=s.since, valid_to=s.until, level=s.level) for s in self.studies)

    def _limits(self) -> Iterator[Fact]:
        if self.legal_position is not None:
            yield StandingHeld(valid_from=LONG_AGO, legal_position=self.legal_position, service_status=self.status)
        for sanction in self.sanctions:
            ends = sanction.last_day + timedelta(days=1) if sanction.last_day else None
            yield SanctionServed(valid_from=sanction.since, valid_to=ends, level=sanction.level, code="7")
        if self.ended:
            yield ServiceEnded(valid_from=self.ended.since, cause=self.ended.cause)


def rating_of(year: int, given: Rating) -> RatingGiven:
    """The rating of one year."""
    return RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=given)
