"""One invented employee's career: dates and grades that fit each other, the age and the education."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from deploy.demo.months import first_of, months_between, period_on_or_after
from deploy.demo.units import Unit
from domain.vocabulary import Grade

MONTHS_PER_RANK = 48
MONTHS_AS_CPNS = 12
APPOINTMENT, REGULAR = "211", "101"
GOOD = (2, 2)
"""Result and behaviour of a year rated Baik."""
CROSSING_CUTS = {"II": 72, "III": 60}
"""Months of pay-grade service that a rise into the golongan costs (I to II six years, II to III five)."""


@dataclass(frozen=True)
class Education:
    """A level with its SIASN code, the age at which it leads into service, and the grade it starts with."""

    code: str
    name: str
    title: str
    age: int
    start: Grade


SLTA = Education("15", "SLTA", "", 19, Grade("II/a"))
D3 = Education("30", "Diploma III/Sarjana Muda", "A.Md.", 22, Grade("II/c"))
S1 = Education("40", "S-1/Sarjana", "S.Contoh", 23, Grade("III/a"))
S2 = Education("45", "S-2", "M.Contoh", 26, Grade("III/b"))


@dataclass(frozen=True)
class Rank:
    """One line of the rank history; the service is in months, for pay, at the TMT."""

    grade: Grade
    tmt: date
    service: int
    kind: str


@dataclass(frozen=True)
class Post:
    """One line of the post history; the kind is SIASN's jenis jabatan."""

    kind: str
    post_id: str
    name: str
    unit: Unit
    tmt: date


@dataclass(frozen=True)
class Sanction:
    """One line of the sanction history."""

    code: str
    level: str
    start: date
    last_day: date | None = None
    cancelled_by: str = ""


@dataclass(frozen=True)
class Employee:
    """Everything the files say about one invented person; ratings are (result, behaviour) by year.

    `has_paks` says whether the credit points of the functional post are on record.
    """

    pns_id: str
    nip: str
    name: str
    sex: str
    born_on: date
    education: Education
    cpns_from: date
    ranks: tuple[Rank, ...]
    posts: tuple[Post, ...]
    ratings: dict[int, tuple[int, int]] = field(default_factory=dict)
    sanctions: tuple[Sanction, ...] = ()
    trainings: tuple[str, ...] = ()
    legal_position: str = "01"
    has_paks: bool = False

    @property
    def is_pppk(self) -> bool:
        """Whether the person is a contract employee."""
        return self.legal_position == "71"

    @property
    def pns_from(self) -> date:
        """A year after the appointment as CPNS."""
        return first_of(self.cpns_from, MONTHS_AS_CPNS)

    @property
    def rank(self) -> Rank:
        """The present rank."""
        return self.ranks[-1]

    @property
    def post(self) -> Post:
        """The present post."""
        return self.posts[-1]

    @property
    def unit(self) -> Unit:
        """The present unit."""
        return self.post.unit

    @property
    def graduated_in(self) -> int:
        """The year of the diploma, the one before the appointment."""
        return self.cpns_from.year - 1

    def changed(self, **changes: object) -> Employee:
        """The same person with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]


def ranks_up_to(grade: Grade, rank_from: date, education: Education) -> tuple[Rank, ...]:
    """A rise every four years from the education's first grade to this one, held since about that day.

    A grade that the appointment itself gave is held since exactly that day.
    """
    grades = [education.start]
    while grades[-1] != grade and (higher := grades[-1].next):
        grades.append(higher)
    cpns_from = first_of(rank_from, -MONTHS_PER_RANK * (len(grades) - 1))
    ranks = [Rank(grades[0], cpns_from, 0, APPOINTMENT)]
    for step in grades[1:]:
        before = ranks[-1]
        tmt = period_on_or_after(first_of(before.tmt, MONTHS_PER_RANK))
        cut = CROSSING_CUTS.get(step.golongan, 0) if step.golongan != before.grade.golongan else 0
        service = max(0, before.service + months_between(before.tmt, tmt) - cut)
        ranks.append(Rank(step, tmt, service, REGULAR))
    return tuple(ranks)


def birth_for(random: Random, cpns_from: date, education: Education) -> date:
    """A birthday that makes the person a little older than the education's usual age at the appointment."""
    months_of_age = 12 * education.age + random.randrange(36)
    return first_of(cpns_from, -months_of_age).replace(day=random.randrange(1, 29))


def invented_nip(born_on: date, appointed: str, sequence: int) -> str:
    """A NIP with the impossible sex digit 9; `appointed` is YYYYMM, or a PPPK's year and counter."""
    return f"{born_on:%Y%m%d}{appointed}9{sequence % 999 + 1:03d}"


def rated_years(cpns_from: date, as_of: date) -> list[int]:
    """The last three complete years in which the person served."""
    return [year for year in range(as_of.year - 3, as_of.year) if year >= cpns_from.year]
