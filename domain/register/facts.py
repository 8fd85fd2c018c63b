"""Dated facts about one person, as imported or as changed by our own outcomes."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from decimal import Decimal
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
    """A post in a unit; `valid_from` is its TMT. A structural post has one definitive holder a day.

    `career_level` is the jenjang of a functional post, a code of the rulebook's `career_levels.yaml`.
    """

    kind: Literal["post"] = "post"
    post: PostRef
    name: str
    post_kind: PostKind
    unit: UnitRef
    eselon: str = ""
    job_class: int | None = None
    assignment: Assignment = Assignment.DEFINITIVE
    decree: str = ""
    career_level: str = ""

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
    """A passed exam: "ujian-dinas-1", "ujian-dinas-2", "ukppi", "uji-kompetensi"."""

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


class BirthKnown(Dated):
    """The month of birth (`valid_from` is its first day): as much of a birth date as ages of the law need."""

    kind: Literal["birth"] = "birth"

    @property
    def slot(self) -> str:
        """One birth."""
        return "birth"


class CreditsGranted(Dated):
    """Credit points (angka kredit, AK) that a PAK states; `valid_from` is the day after the period it is for."""

    kind: Literal["credits"] = "credits"
    points: Decimal = Field(ge=0, max_digits=7, decimal_places=2)
    decree: str = ""

    @property
    def slot(self) -> str:
        """Points add up."""
        return f"credits/{self.valid_from}/{self.decree}"


class HonourGranted(Dated):
    """What opens a promotion by merit: "prestasi-luar-biasa" (the PPK's decree), "penemuan-baru" (a state award)."""

    kind: Literal["honour"] = "honour"
    code: str
    decree: str = ""

    @property
    def slot(self) -> str:
        """Each honour stands for itself."""
        return f"honour/{self.code}"


class StudyAssigned(Dated):
    """Study on assignment (tugas belajar) for a level of education, from its decree to its end."""

    kind: Literal["study"] = "study"
    level: str
    decree: str = ""

    @property
    def slot(self) -> str:
        """Each study stands for itself."""
        return f"study/{self.level}"


class Ending(StrEnum):
    """Why a service ends. Source: PP 99/2000 jo. PP 12/2002, pengabdian and anumerta."""

    RETIREMENT = "retirement"
    DEATH = "death"
    KILLED_ON_DUTY = "killed-on-duty"
    DISABLED_ON_DUTY = "disabled-on-duty"


class ServiceEnded(Dated):
    """The end of a service, declared: on `valid_from` the person retires, died, or is found disabled."""

    kind: Literal["ending"] = "ending"
    cause: Ending
    decree: str = ""

    @property
    def slot(self) -> str:
        """One end."""
        return "ending"


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
    | BirthKnown
    | CreditsGranted
    | HonourGranted
    | StudyAssigned
    | ServiceEnded
    | RoleGranted,
    Field(discriminator="kind"),
]
