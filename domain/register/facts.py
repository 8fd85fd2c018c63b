"""Dated facts about one person, as imported or as changed by our own outcomes."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.vocabulary import Frozen, Grade, PostRef, Rating, Role, UnitRef


class PostKind(StrEnum):
    """Jenis jabatan. Source: SIASN reference ids 1-4."""

    STRUCTURAL = "structural"
    FUNCTIONAL = "functional"
    DOUBLE = "double"
    GENERAL = "general"


class Assignment(StrEnum):
    """How a post is held. Source: SIASN jenisPenugasanId."""

    DEFINITIVE = "D"
    PLT = "PLT"
    PLH = "PLH"
    PJ = "PJ"


SEAT = "unit/"
"""A post with this prefix leads its unit, and has one definitive incumbent a day."""

_KIND_OF_PREFIX = {"unit": PostKind.STRUCTURAL, "jf": PostKind.FUNCTIONAL, "jfu": PostKind.GENERAL}


def place_of(post: str) -> tuple[PostKind, str]:
    """Kind and unit of a post, which its reference says: `unit/{unit}`, `jf/{id}@{unit}` or `jfu/{id}@{unit}`."""
    prefix, _, rest = post.partition("/")
    kind = _KIND_OF_PREFIX.get(prefix, PostKind.DOUBLE)
    return kind, rest if post.startswith(SEAT) else rest.rpartition("@")[2]


class SanctionLevel(StrEnum):
    """Level of a disciplinary sanction (hukdis). Source: PP 94/2021 art. 8."""

    LIGHT = "ringan"
    MEDIUM = "sedang"
    SEVERE = "berat"


class Dated(Frozen):
    """What every fact carries: it holds from a day until another day (exclusive), or until further notice."""

    valid_from: date
    valid_to: date | None = None

    @property
    @abstractmethod
    def slot(self) -> str:
        """Facts of one slot never hold at once: the later one ends the earlier."""

    def holds_on(self, day: date) -> bool:
        """Whether the fact's own dates cover the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RankHeld(Dated):
    """A rank; `valid_from` is its TMT, the service is that for pay at the TMT."""

    kind: Literal["rank"] = "rank"
    grade: Grade
    service_years: int = 0
    service_months: int = 0
    decree: str = ""

    @property
    def slot(self) -> str:
        """One rank at a time."""
        return "rank"


class PostHeld(Dated):
    """A post in a unit; `valid_from` is its TMT. A structural post has one definitive holder a day."""

    kind: Literal["post"] = "post"
    post: PostRef
    name: str
    post_kind: PostKind
    unit: UnitRef
    eselon: str = ""
    job_class: int | None = None
    assignment: Assignment = Assignment.DEFINITIVE
    decree: str = ""

    @property
    def slot(self) -> str:
        """One definitive post at a time; acting posts beside it."""
        return "post" if self.assignment is Assignment.DEFINITIVE else f"acting/{self.post}"


class EducationEarned(Dated):
    """A recorded education; the level is SIASN's two-digit tingkat pendidikan."""

    kind: Literal["education"] = "education"
    level: str
    year: int | None = None

    @property
    def slot(self) -> str:
        """A diploma is never ended by another."""
        return f"education/{self.level}"


class RatingGiven(Dated):
    """The annual rating of one year, which it holds from its 1 January to the next."""

    kind: Literal["rating"] = "rating"
    year: int
    rating: Rating

    @property
    def slot(self) -> str:
        """One rating a year."""
        return f"rating/{self.year}"


class SanctionServed(Dated):
    """A disciplinary sanction, from its effect to its end."""

    kind: Literal["sanction"] = "sanction"
    level: SanctionLevel
    code: str
    decree: str = ""

    @property
    def slot(self) -> str:
        """Sanctions may overlap."""
        return f"sanction/{self.code}/{self.decree}"


class StandingHeld(Dated):
    """Legal position (kedudukan hukum, "01" = active) and service status (C = CPNS, P = PNS, PPPK)."""

    kind: Literal["standing"] = "standing"
    legal_position: str
    service_status: str

    @property
    def slot(self) -> str:
        """One standing at a time."""
        return "standing"


class AppointmentMade(Dated):
    """Appointment as CPNS (`valid_from`), and as PNS when that has happened."""

    kind: Literal["appointment"] = "appointment"
    pns_from: date | None = None

    @property
    def slot(self) -> str:
        """One appointment."""
        return "appointment"


class ExamPassed(Dated):
    """A passed service exam: "ujian-dinas-1", "ujian-dinas-2", "ukppi"."""

    kind: Literal["exam"] = "exam"
    code: str

    @property
    def slot(self) -> str:
        """Each exam stands for itself."""
        return f"exam/{self.code}"


class TrainingCompleted(Dated):
    """A completed leadership training: "pim-4", "pim-3", "pim-2", "pim-1"."""

    kind: Literal["training"] = "training"
    code: str

    @property
    def slot(self) -> str:
        """Each training stands for itself."""
        return f"training/{self.code}"


class RoleGranted(Dated):
    """A role granted to the person, with its decree."""

    kind: Literal["role"] = "role"
    role: Role
    decree: str = ""

    @property
    def slot(self) -> str:
        """Each role stands for itself."""
        return f"role/{self.role}"


Fact = Annotated[
    RankHeld
    | PostHeld
    | EducationEarned
    | RatingGiven
    | SanctionServed
    | StandingHeld
    | AppointmentMade
    | ExamPassed
    | TrainingCompleted
    | RoleGranted,
    Field(discriminator="kind"),
]
