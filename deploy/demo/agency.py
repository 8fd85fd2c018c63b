"""The demo's invented agency, written as the files that a real personnel office would import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from deploy.demo.careers import GOOD, S1, SLTA, Employee, Sanction, ranks_up_to
from deploy.demo.cast import Agency, Member
from deploy.demo.defects import with_defects
from deploy.demo.history_files import write_histories, write_ratings, write_roles
from deploy.demo.months import first_of, next_tmt
from deploy.demo.people import FUNCTIONAL_POSTS, People, seats
from deploy.demo.register_files import write_csv, write_units, write_xlsx
from deploy.demo.units import REGENCY, Unit, invented_units
from domain.register.facts import SEAT
from domain.vocabulary import Grade, Role

AGENCY_REF = "DEMO"
STAFF_PER_SECTION = (4, 6)
FOUR_YEARS = 48
SWAPPED_UNITS = ("dinkes/p2p/2", "pu/ck/3")
SPARE_UNITS = ("dinkes/kesmas/2", "pu/bm/1")
BOARD_UNITS = ("bkpsdm", "inspektorat", "setda/asisten")
VACANT_UNIT = "disdik/ptk/3"
CONTRACT_UNITS = ("disdik/sd/2", "disdik/smp/1", "dinkes/yankes/1", "dinkes/yankes/2")
PPK = Member("PPKCONTOH", None, "Prabawana Langitbiru")


@dataclass
class _Stage:
    """Everyone of the agency, heads by unit, and the parts that are not heads."""

    units: Mapping[str, Unit]
    heads: dict[str, Employee] = field(default_factory=dict)
    parts: dict[str, Employee] = field(default_factory=dict)
    others: list[Employee] = field(default_factory=list)

    @property
    def everyone(self) -> list[Employee]:
        """All employees in the order of the files."""
        return [*self.heads.values(), *self.parts.values(), *self.others]

    def head(self, code: str) -> Member:
        """The head of a unit."""
        return Member.of(self.heads[code])

    def part(self, name: str) -> Member:
        """One of the cast who leads no unit."""
        return Member.of(self.parts[name])


def write_agency(folder: Path, *, as_of: date, seed: int = 2026) -> Agency:
    """Write the agency's files into the folder and tell who plays which part; same arguments, same bytes.

    Everything is placed around the day: who may rise may do so on the next TMT that can be proposed for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage = _stage(as_of, Random(seed))  # noqa: S311 - invented people need repeatability, not secrecy
    units, register, peran = folder / "unor.csv", folder / "data_asn.csv", folder / "peran.csv"
    write_units(units, stage.units.values())
    write_csv(register, stage.everyone, AGENCY_REF)
    write_xlsx(register.with_suffix(".xlsx"), stage.everyone, AGENCY_REF, as_of)
    histories = write_histories(folder, stage.everyone)
    write_roles(peran, _roles(stage), first_of(as_of, -24))
    to_come = write_ratings(folder, stage.everyone, as_of.year)
    return _agency(stage, as_of, (units, register, *histories, peran), to_come)


def _stage(as_of: date, random: Random) -> _Stage:
    units = invented_units(random)
    stage, people = _Stage(units), People(random, as_of)
    settled = dict.fromkeys(SWAPPED_UNITS + SPARE_UNITS, first_of(as_of, -36))
    led = {code: unit for code, unit in units.items() if code != VACANT_UNIT}
    for seat in seats(random, led, as_of, settled):
        stage.heads[seat.unit.code] = people.head(seat)
    for code in settled:
        stage.heads[code] = _good(stage.heads[code])
    stage.parts = dict(_parts(people, units))
    leaves = [unit for unit in units.values() if not any(one.parent == unit.code for one in units.values())]
    for unit in leaves:
        stage.others += [people.staff(unit) for _ in range(random.randint(*STAFF_PER_SECTION))]
    stage.others = with_defects(stage.others, as_of)
    stage.others += [people.contract_employee(units[code]) for code in CONTRACT_UNITS]
    return stage


def _parts(people: People, units: Mapping[str, Unit]) -> Iterator[tuple[str, Employee]]:
    tmt = next_tmt(people.as_of)
    ready = first_of(tmt, -FOUR_YEARS)
    first_rank = Grade("III/a")
    yield "promotee", people.in_rank_since(units["disdik/sd/1"], ready, S1, first_rank)
    in_post_four_years = ranks_up_to(first_rank, date(people.as_of.year - 5, 1, 1), S1)
    functional = people.functional(units["disdik/sd/1"], FUNCTIONAL_POSTS["disdik"], in_post_four_years)
    yield "functional", _good(functional).changed(has_paks=True)
    yield "successor", people.in_rank_since(units["disdik/ptk/1"], first_of(people.as_of, -30), S1, Grade("III/b"))
    late = first_of(ready, 1)
    yield "too_early", people.in_rank_since(units["dinkes/kesmas/1"], late, S1, first_rank)
    sanctioned = people.in_rank_since(units["pu/bm/2"], first_of(ready, -2), S1, first_rank)
    served_from = first_of(people.as_of, -3)
    sanction = Sanction("7", "S", served_from, first_of(served_from, 12) - timedelta(days=1))
    yield "sanctioned", sanctioned.changed(sanctions=(sanction,))
    ceiling = Grade("III/b")
    yield "at_ceiling", people.in_rank_since(units["disdik/smp/2"], first_of(ready, -12), SLTA, ceiling)
    for name, code, post, grade in (
        ("verifier", "bkpsdm/mutasi/1", FUNCTIONAL_POSTS["bkpsdm"], "III/c"),
        ("second_verifier", "bkpsdm/mutasi/1", FUNCTIONAL_POSTS["bkpsdm"], "III/b"),
        ("administrator", "bkpsdm/informasi/2", "Pranata Komputer", "III/c"),
        ("auditor", "inspektorat/irban1", FUNCTIONAL_POSTS["inspektorat"], "III/c"),
    ):
        ranks = ranks_up_to(Grade(grade), first_of(people.as_of, -20), S1)
        yield name, _good(people.functional(units[code], post, ranks))


def _good(employee: Employee) -> Employee:
    """The same person with nothing but good ratings."""
    return employee.changed(ratings=dict.fromkeys(employee.ratings, GOOD))


def _roles(stage: _Stage) -> Iterator[tuple[Role, Member]]:
    yield Role.PPK, PPK
    yield Role.PYB, stage.head("setda")
    for code in BOARD_UNITS:
        yield Role.BOARD, stage.head(code)
    yield Role.APPROVER, stage.head("bkpsdm/mutasi")
    yield Role.VERIFIER, stage.part("verifier")
    yield Role.VERIFIER, stage.part("second_verifier")
    yield Role.ADMINISTRATOR, stage.part("administrator")
    yield Role.AUDITOR, stage.part("auditor")


def _agency(stage: _Stage, as_of: date, files: tuple[Path, ...], ratings_to_come: Path) -> Agency:
    return Agency(
        ref=AGENCY_REF,
        name=REGENCY,
        as_of=as_of,
        next_tmt=next_tmt(as_of),
        employees=len(stage.everyone),
        files=files,
        ratings_to_come=ratings_to_come,
        promotee_supervisor=stage.head("disdik/sd/1"),
        successor_supervisor=stage.head("disdik/ptk"),
        vacant_post=f"{SEAT}{stage.units[VACANT_UNIT].unit_id}",
        office_head=stage.head("disdik"),
        approver=stage.head("bkpsdm/mutasi"),
        board=tuple(stage.head(code) for code in BOARD_UNITS),
        pyb=stage.head("setda"),
        ppk=PPK,
        swap=(stage.head(SWAPPED_UNITS[0]), stage.head(SWAPPED_UNITS[1])),
        spare=(stage.head(SPARE_UNITS[0]), stage.head(SPARE_UNITS[1])),
        too_early_supervisor=stage.head("dinkes/kesmas/1"),
        swap_office_heads=(stage.head("dinkes"), stage.head("pu")),
        **{name: stage.part(name) for name in stage.parts},
    )
