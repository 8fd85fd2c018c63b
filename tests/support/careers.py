"""People as situations describe them: a few plain words become register facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from domain.register.events import FactsRecorded, Source
from domain.register.facts import (
    AppointmentMade,
    EducationEarned,
    ExamPassed,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    SanctionLevel,
    SanctionServed,
    StandingHeld,
    TrainingCompleted,
)
from domain.register.person import Person, evolve
from domain.vocabulary import Grade, Rating

SOURCE = Source(file_sha256="0" * 64, file_kind="situation")
LONG_AGO = date(2005, 1, 1)


def person(subject: str, words: dict[str, Any]) -> Person:
    """The person that the words describe; what they leave out, the register does not know."""
    facts = [
        *_ranks(words),
        *_posts(words),
        *_standing(words),
        *(EducationEarned(valid_from=LONG_AGO, level=level) for level in words.get("education", [])),
        *(rating(year, Rating(name)) for year, name in words.get("ratings", {}).items()),
        *(ExamPassed(valid_from=LONG_AGO, code=code) for code in words.get("exams", [])),
        *(TrainingCompleted(valid_from=LONG_AGO, code=code) for code in words.get("trainings", [])),
        *(_sanction(sanction) for sanction in words.get("sanctions", [])),
    ]
    known = Person(subject=subject, agency="DEMO")
    return evolve(known, FactsRecorded(facts=facts, source=SOURCE)) if facts else known


def rating(year: int, given: Rating) -> RatingGiven:
    """The rating of one year."""
    return RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=given)


def _ranks(words: dict[str, Any]) -> list[Fact]:
    ranks: list[Fact] = [
        RankHeld(valid_from=since, grade=Grade(grade)) for since, grade in words.get("ranks", {}).items()
    ]
    if "appointed" in words:
        ranks.append(AppointmentMade(valid_from=words["appointed"]["cpns"], pns_from=words["appointed"]["pns"]))
    return ranks


def _posts(words: dict[str, Any]) -> list[Fact]:
    return [
        PostHeld(
            valid_from=since,
            post=post["post"],
            name=post["post"],
            post_kind=PostKind(post["kind"]),
            unit="UNIT",
            eselon=post.get("eselon", ""),
            job_class=post.get("class"),
        )
        for since, post in words.get("posts", {}).items()
    ]


def _standing(words: dict[str, Any]) -> list[Fact]:
    if words.get("legal_position") is None:
        return []
    return [
        StandingHeld(
            valid_from=LONG_AGO, legal_position=words["legal_position"], service_status=words.get("status", "P")
        )
    ]


def _sanction(words: dict[str, Any]) -> SanctionServed:
    last = words.get("last_day")
    return SanctionServed(
        valid_from=words["from"],
        valid_to=last + timedelta(days=1) if last else None,
        level=SanctionLevel(words["level"]),
        code="7",
    )
