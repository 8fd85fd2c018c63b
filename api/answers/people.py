"""People as the register knows them."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from activities.readmodels.register import Found, PersonFile
from api.answers.cases import DeskAnswer
from domain.register.facts import (
    AppointmentMade,
    EducationEarned,
    ExamPassed,
    PostHeld,
    RankHeld,
    RatingGiven,
    RoleGranted,
    SanctionServed,
    StandingHeld,
    TrainingCompleted,
)
from domain.vocabulary import Role


class MeAnswer(BaseModel):
    """The caller: who, of which agency, and at which desks today (`acting`: held as Plt, Plh or Pj only)."""

    ref: str
    name: str
    agency: str
    today: date
    roles: list[Role]
    desks: dict[str, DeskAnswer]
    acting: list[str]


class PersonAnswer(BaseModel):
    """What held on `as_of`, as known once the log had reached `as_at` (null: now). Ratings: all that are known."""

    ref: str
    name: str | None
    nip: str | None
    as_of: date
    as_at: int | None
    pangkat: str | None
    rank: RankHeld | None
    posts: list[PostHeld]
    standing: StandingHeld | None
    appointment: AppointmentMade | None
    education: list[EducationEarned]
    ratings: list[RatingGiven]
    exams: list[ExamPassed]
    trainings: list[TrainingCompleted]
    sanctions: list[SanctionServed]
    roles: list[RoleGranted]
    units: dict[str, str]

    @classmethod
    def of(cls, file: PersonFile, as_of: date, as_at: int | None) -> PersonAnswer:
        """The person's page."""
        person, identity = file.person, file.identity
        rank = person.rank_on(as_of)
        return cls(
            ref=file.ref,
            name=identity.name if identity else None,
            nip=identity.nip if identity else None,
            as_of=as_of,
            as_at=as_at,
            pangkat=rank.grade.pangkat if rank else None,
            rank=rank,
            posts=[post for post in person.of(PostHeld) if post.holds_on(as_of)],
            standing=person.standing_on(as_of),
            appointment=person.on(AppointmentMade, as_of),
            education=person.education_on(as_of),
            ratings=person.of(RatingGiven),
            exams=[exam for exam in person.of(ExamPassed) if exam.holds_on(as_of)],
            trainings=[training for training in person.of(TrainingCompleted) if training.holds_on(as_of)],
            sanctions=person.sanctions_on(as_of),
            roles=person.roles_on(as_of),
            units=file.unit_names,
        )


class FoundPerson(BaseModel):
    """Somebody found; `ref` is what proposals and addresses name."""

    ref: str
    name: str
    unit: str | None
    unit_name: str | None
    post_name: str | None
    grade: str | None

    @classmethod
    def of(cls, found: Found) -> FoundPerson:
        """The person's line."""
        return cls(
            ref=found.ref,
            name=found.name,
            unit=found.unit,
            unit_name=found.unit_name,
            post_name=found.post_name,
            grade=found.grade,
        )


class FoundPeople(BaseModel):
    """At most fifty people, by name."""

    items: list[FoundPerson]
