"""Fills the invented agency: a head for every unit, staff for every section, and a few data defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from random import Random

from deploy.demo.careers import (
    D3,
    GOOD,
    S1,
    S2,
    SLTA,
    Education,
    Employee,
    Post,
    Rank,
    birth_for,
    invented_nip,
    ranks_up_to,
    rated_years,
)
from deploy.demo.months import first_of
from deploy.demo.names import invented_name
from deploy.demo.units import Unit
from domain.vocabulary import Grade

STRUCTURAL, FUNCTIONAL, GENERAL = "1", "2", "4"
MONTHS_IN_A_SEAT = (12, 54)
MONTHS_BEFORE_A_SEAT = (36, 60)
SHARE_RISEN_FROM_BELOW = 0.6
SHARE_WITH_PAKS = 0.8
GRADES_OF_ESELON = {
    "21": ("IV/c",),
    "22": ("IV/b", "IV/c"),
    "31": ("IV/a", "IV/b"),
    "32": ("III/d", "IV/a"),
    "41": ("III/b", "III/c", "III/c", "III/c", "III/d", "III/d"),
}
"""On the ladder of the eselon; some heads of section are one grade below it, and rise after a year."""
TRAININGS_OF_ESELON = {
    "21": ("2", "3", "4"),
    "22": ("2", "3", "4"),
    "31": ("2", "3"),
    "32": ("2", "3"),
    "41": ("2",),
}
GENERAL_POSTS = {
    SLTA.code: ("Pengadministrasi Perkantoran", "Operator Layanan Operasional"),
    D3.code: ("Pengolah Data dan Informasi", "Pengelola Layanan Operasional"),
    S1.code: ("Penelaah Teknis Kebijakan", "Penata Layanan Operasional"),
}
FUNCTIONAL_POSTS = {
    "bkpsdm": "Analis Sumber Daya Manusia Aparatur",
    "inspektorat": "Auditor",
    "dinkes": "Administrator Kesehatan",
    "disdik": "Pengembang Teknologi Pembelajaran",
    "pu": "Teknik Jalan dan Jembatan",
    "setda": "Perencana",
}
STAFF = (
    (SLTA, ("II/a", "II/b", "II/c", "II/d", "III/a")),
    (D3, ("II/c", "II/d", "III/a")),
    (S1, ("III/a", "III/a", "III/b", "III/c")),
    (S1, ("III/a", "III/b", "III/c")),
)
RATINGS = ((2, 2), (2, 2), (2, 2), (2, 2), (1, 1), (1, 2), (2, 1), (1, 1), (3, 2))


@dataclass(frozen=True)
class Seat:
    """Since when a unit's head is in office, and which lower unit the head led before."""

    unit: Unit
    since: date
    risen_from: Unit | None


class People:
    """Makes employees one after another; the same random source makes the same people."""

    def __init__(self, random: Random, as_of: date) -> None:
        self.random = random
        self.as_of = as_of
        self.count = 0
        self.names: set[str] = set()

    def head(self, seat: Seat) -> Employee:
        """The head of a unit, with the post before when the head rose from a lower unit."""
        grade = Grade(self.random.choice(GRADES_OF_ESELON[seat.unit.eselon]))
        education = S2 if grade.golongan == "IV" else S1
        ranks = ranks_up_to(grade, self._months_ago(8, 44), education)
        posts = [self._general(seat.unit, ranks[0].tmt, S1)]
        if seat.risen_from:
            before = first_of(seat.since, -self.random.randint(*MONTHS_BEFORE_A_SEAT))
            posts.append(_seat(seat.risen_from, before))
        posts.append(_seat(seat.unit, seat.since))
        trainings = TRAININGS_OF_ESELON[seat.unit.eselon]
        return self._employee(education, ranks, tuple(posts)).changed(trainings=trainings)

    def staff(self, unit: Unit) -> Employee:
        """Somebody without a seat: mostly general posts, some functional ones."""
        education, grades = self.random.choice(STAFF)
        ranks = ranks_up_to(Grade(self.random.choice(grades)), self._months_ago(14, 46), education)
        if education is S1 and self.random.random() < 1 / 3:
            return self.functional(unit, FUNCTIONAL_POSTS[unit.office], ranks)
        return self._employee(education, ranks, (self._general(unit, ranks[0].tmt, education),))

    def functional(self, unit: Unit, name: str, ranks: tuple[Rank, ...]) -> Employee:
        """A holder of a functional post at the level of the rank; some have no credit points on record."""
        level = "Ahli Pertama" if ranks[-1].grade in ("III/a", "III/b") else "Ahli Muda"
        since = ranks[-1].tmt if len(ranks) > 1 else first_of(ranks[0].tmt, 12)
        full_name = f"{name} {level}"
        posts = (
            self._general(unit, ranks[0].tmt, S1),
            Post(FUNCTIONAL, _post_id(full_name), full_name, unit, since),
        )
        return self._employee(S1, ranks, posts).changed(has_paks=self.random.random() < SHARE_WITH_PAKS)

    def in_rank_since(self, unit: Unit, rank_from: date, education: Education, grade: Grade) -> Employee:
        """Somebody in a general post with good ratings, in this grade since that day."""
        ranks = ranks_up_to(grade, rank_from, education)
        person = self._employee(education, ranks, (self._general(unit, ranks[0].tmt, education),))
        return person.changed(ratings=dict.fromkeys(rated_years(person.cpns_from, self.as_of), GOOD))

    def contract_employee(self, unit: Unit) -> Employee:
        """A PPPK, whose NIP holds a year and a counter instead of a month."""
        hired_from = self._months_ago(24, 40)
        name = f"{FUNCTIONAL_POSTS[unit.office]} Ahli Pertama"
        person = self._employee(S1, (), (Post(FUNCTIONAL, _post_id(name), name, unit, hired_from),))
        nip = invented_nip(person.born_on, f"{hired_from:%Y}21", self.count)
        return person.changed(nip=nip, legal_position="71")

    def _employee(self, education: Education, ranks: tuple[Rank, ...], posts: tuple[Post, ...]) -> Employee:
        self.count += 1
        cpns_from = ranks[0].tmt if ranks else posts[0].tmt
        born_on = birth_for(self.random, cpns_from, education)
        sex = self.random.choice("MF")
        years = rated_years(cpns_from, self.as_of)
        return Employee(
            pns_id=f"{self.random.getrandbits(128):032X}",
            nip=invented_nip(born_on, f"{cpns_from:%Y%m}", self.count),
            name=self._new_name(sex),
            sex=sex,
            born_on=born_on,
            education=education,
            cpns_from=cpns_from,
            ranks=ranks,
            posts=posts,
            ratings={year: self.random.choice(RATINGS) for year in years},
        )

    def _new_name(self, sex: str) -> str:
        name = invented_name(self.random, sex)
        while name in self.names:
            name = invented_name(self.random, sex)
        self.names.add(name)
        return name

    def _general(self, unit: Unit, since: date, education: Education) -> Post:
        name = self.random.choice(GENERAL_POSTS[education.code])
        return Post(GENERAL, _post_id(name), name, unit, since)

    def _months_ago(self, least: int, most: int) -> date:
        return first_of(self.as_of, -self.random.randint(least, most))


def seats(random: Random, units: Mapping[str, Unit], as_of: date, settled: Mapping[str, date]) -> Iterator[Seat]:
    """A seat for every unit that has an eselon, so planned that no seat ever has two holders.

    Who leads a unit since a day may have led a unit below it until then; the head there came later.
    `settled` fixes since when some heads are in office; nobody rose from there.
    """
    freed: dict[str, date] = {}
    for unit in units.values():
        if not unit.eselon:
            continue
        since = settled.get(unit.code) or first_of(as_of, -random.randint(*MONTHS_IN_A_SEAT))
        if unit.code in freed:
            since = first_of(freed[unit.code], random.randint(1, 4))
        below = [one for one in units.values() if one.parent == unit.code and one.code not in settled]
        risen_from = random.choice(below) if below and random.random() < SHARE_RISEN_FROM_BELOW else None
        if risen_from:
            freed[risen_from.code] = since
        yield Seat(unit, since, risen_from)


def _seat(unit: Unit, since: date) -> Post:
    return Post(STRUCTURAL, unit.unit_id, unit.head_name, unit, since)


def _post_id(name: str) -> str:
    """The same id for the same post name, as in SIASN's reference table."""
    return sha256(name.encode()).hexdigest()[:32].upper()
