"""The demo's invented agency: the same files every time, sound data, and a cast that fits the story."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from activities.siasn.catalogue import Severity
from activities.siasn.employees import PersonRow
from activities.siasn.history import HistoryRow
from activities.siasn.problems import RowProblem
from activities.siasn.reader import Row, read_file
from activities.siasn.roles import RoleRow
from deploy.demo.agency import write_agency
from deploy.demo.cast import Agency, Member
from deploy.demo.months import first_of, next_tmt
from domain.promotion.announcements import Outlook
from domain.promotion.eligibility import assess_promotion
from domain.promotion.facts import PromotionRequest
from domain.promotion.upcoming import candidate
from domain.register.events import FactsRecorded, Source, UnitDescribed
from domain.register.facts import (
    Assignment,
    CreditsGranted,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    SanctionServed,
)
from domain.register.person import Person, evolve
from domain.rotation.eligibility import assess_rotation
from domain.rotation.moves import Move
from domain.rotation.placement import RotationRequest
from domain.rulebook.model import Verdict
from domain.vocabulary import Grade, Nip, Rating, Role
from tests.support.builders import RULEBOOK

TODAY = date(2026, 11, 24)
ANY_SOURCE = Source(file_sha256="0" * 64, file_kind="demo")


@dataclass(frozen=True)
class Imported:
    """The agency's files as an importer reads them."""

    agency: Agency
    units: Mapping[str, UnitDescribed]
    people: Mapping[str, PersonRow]
    careers: Mapping[str, Person]
    roles: list[RoleRow]
    problems: list[RowProblem]

    def career(self, member: Member) -> Person:
        """All facts of one of the cast."""
        return self.careers[member.siasn_id]


def imported(folder: Path, as_of: date) -> Imported:
    """Write the agency and read every file in the order it asks for."""
    agency = write_agency(folder, as_of=as_of)
    rows: list[Row] = []
    problems: list[RowProblem] = []
    units: dict[str, UnitDescribed] = {}
    for path in agency.files:
        result = read_file(path, invented_people=True, agency=agency.ref, units=units or None, as_of=as_of)
        rows += result.rows
        problems += result.problems
        units |= {row.unit: row for row in rows if isinstance(row, UnitDescribed)}
    people = {row.siasn_id: row for row in rows if isinstance(row, PersonRow)}
    facts: dict[str, list[Fact]] = {siasn_id: list(person.facts) for siasn_id, person in people.items()}
    for row in rows:
        if isinstance(row, HistoryRow):
            facts[row.siasn_id].append(row.fact)
    careers = {
        siasn_id: evolve(Person(subject=siasn_id.lower()), FactsRecorded(facts=known, source=ANY_SOURCE))
        for siasn_id, known in facts.items()
    }
    return Imported(agency, units, people, careers, [row for row in rows if isinstance(row, RoleRow)], problems)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The agency as of a Tuesday in November 2026."""
    return imported(tmp_path_factory.mktemp("demo"), TODAY)


def test_the_workbook_carries_the_day_of_the_demo(demo: Imported) -> None:
    """The clock of the machine would make every workbook another file."""
    workbook = next(path for path in demo.agency.files if path.name == "data_asn.csv").with_suffix(".xlsx")

    with zipfile.ZipFile(workbook) as archive:
        assert b"2026-11-24T00:00:00Z" in archive.read("docProps/core.xml")


def test_the_same_seed_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    """Every file, the workbook too; another seed gives other people."""
    names = [path.name for path in write_agency(tmp_path / "one", as_of=TODAY).files]
    write_agency(tmp_path / "two", as_of=TODAY)
    write_agency(tmp_path / "three", as_of=TODAY, seed=1)

    for name in [*names, "data_asn.xlsx"]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    one, three = ((tmp_path / folder / "data_asn.csv").read_bytes() for folder in ("one", "three"))
    assert one != three


DAYS = [
    date(2026, 1, 1),
    date(2026, 2, 28),
    date(2026, 12, 15),
    date(2026, 12, 16),
    date(2028, 2, 29),
    date(2031, 7, 31),
]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_files_read_back_without_a_refusal_on_any_day(tmp_path: Path, as_of: date) -> None:
    """A demo must work on the day on which somebody runs it."""
    result = imported(tmp_path, as_of)

    assert [problem.code for problem in result.problems if problem.severity is not Severity.WARN] == []
    assert len(result.people) == result.agency.employees >= 300


def test_the_few_defects_only_warn(demo: Imported) -> None:
    """An operator sees what a warning looks like."""
    assert Counter(problem.code for problem in demo.problems) == {
        "not-active": 2,
        "COM_2": 1,
        "general-post-named-functional": 1,
        "past-retirement": 1,
        "rating-recomputed": 1,
    }


def test_workbook_and_text_hold_the_same_people(demo: Imported) -> None:
    """The XLSX beside the CSV is the same export."""
    register = next(path for path in demo.agency.files if path.name == "data_asn.csv")
    workbook = read_file(register.with_suffix(".xlsx"), invented_people=True, agency="DEMO", units=demo.units)

    assert list(workbook.rows) == list(demo.people.values())
    assert len(workbook.dropped_columns) == 25


def test_no_invented_person_can_be_real(demo: Imported) -> None:
    """Sex digit 9 in every NIP, and no NIP or name twice."""
    nips = [person.nip for person in demo.people.values() if person.nip]

    assert {nip[14] for nip in nips} == {"9"}
    assert len(set(nips)) == len(nips)
    assert len({person.name for person in demo.people.values()}) == len(demo.people)
    assert sum(person.nip is None for person in demo.people.values()) == 4


def test_no_seat_ever_has_two_holders(demo: Imported) -> None:
    """Over all histories: whoever leads a unit came when the one before had gone."""
    stays: dict[str, list[tuple[date, date]]] = {}
    for career in demo.careers.values():
        for post in career.of(PostHeld):
            if post.post.startswith("unit/"):
                stays.setdefault(post.post, []).append((post.valid_from, post.valid_to or date.max))

    for seat in stays.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(seat)))
    assert {f"unit/{unit.unit}" for unit in demo.units.values() if unit.eselon} - {*stays} == {demo.agency.vacant_post}
    assert any(len(seat) > 1 for seat in stays.values())


def test_export_and_history_agree(demo: Imported) -> None:
    """The present rank and post of the export are the last ones of the history, apart from decree numbers."""
    for siasn_id, person in demo.people.items():
        career = demo.careers[siasn_id]
        for fact in person.facts:
            known = career.facts[fact.slot, fact.valid_from]
            said = {name: getattr(fact, name) for name in fact.model_fields_set}
            assert known.model_copy(update=said) == known
        assert not (set(career.ratings()) - set(range(TODAY.year - 3, TODAY.year)))


def test_careers_are_plausible(demo: Imported) -> None:
    """Nobody is too young or old, ranks rise, and no appointment or rank lies in the future."""
    for siasn_id, person in demo.people.items():
        age = (TODAY - person.born_on).days / 365.25
        ranks = demo.careers[siasn_id].of(RankHeld)
        assert 18 < age < 59
        assert [rank.grade.level for rank in ranks] == sorted({rank.grade.level for rank in ranks})
        assert all(fact.valid_from <= TODAY for fact in demo.careers[siasn_id].facts.values())


def test_three_offices_and_the_bodies_around_them(demo: Imported) -> None:
    """One root, and the eselons of a regency."""
    roots = [unit for unit in demo.units.values() if unit.parent is None]
    offices = {unit.name: unit.eselon for unit in demo.units.values() if unit.parent == roots[0].unit}

    assert len(roots) == 1
    assert offices == {
        "Sekretariat Daerah": "II.a",
        "Inspektorat": "II.b",
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia": "II.b",
        "Dinas Pendidikan": "II.b",
        "Dinas Kesehatan": "II.b",
        "Dinas Pekerjaan Umum": "II.b",
    }


@pytest.mark.parametrize(
    ("as_of", "tmt"),
    [
        (date(2026, 11, 15), date(2026, 12, 1)),
        (date(2026, 11, 16), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 2, 1)),
    ],
)
def test_the_next_tmt_is_the_first_whose_window_is_open(as_of: date, tmt: date) -> None:
    """The window of a month closes on the 15th of the month before."""
    assert next_tmt(as_of) == tmt


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_promotee_meets_every_condition_on_the_next_tmt(tmp_path: Path, as_of: date) -> None:
    """Four years in rank to the day, good ratings, no sanction, a general post, far below the ceiling."""
    demo = imported(tmp_path, as_of)
    career, tmt = demo.career(demo.agency.promotee), demo.agency.next_tmt
    rank, post = career.rank_on(as_of), career.post_on(as_of)
    standing = career.standing_on(as_of)

    assert rank is not None
    assert (rank.grade, rank.valid_from) == ("III/a", first_of(tmt, -48))
    assert post is not None
    assert (post.post_kind, post.post) == (PostKind.GENERAL, demo.agency.promotee.post)
    assert {rating.rating for rating in career.ratings().values()} == {Rating.BAIK}
    assert {as_of.year - 1, as_of.year - 2} <= set(career.ratings())
    assert career.of(SanctionServed) == []
    assert [diploma.level for diploma in career.education_on(as_of)] == ["15", "40"]
    assert standing is not None
    assert (standing.legal_position, standing.service_status) == ("01", "P")


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_two_promotions_need_no_note_on_any_day(tmp_path: Path, as_of: date) -> None:
    """Every requirement of the regular one and of the one by credit points is met, and nothing is left open."""
    demo = imported(tmp_path, as_of)
    tmt = demo.agency.next_tmt
    for member, kind in ((demo.agency.promotee, "REG"), (demo.agency.functional, "JF")):
        request = PromotionRequest(kind=kind, target_grade=Grade("III/b"), target_tmt=tmt, submitted_on=as_of)
        findings = assess_promotion(demo.career(member), request, RULEBOOK).findings
        assert [found.requirement for found in findings if found.verdict is not Verdict.MET] == []


def test_points_come_from_ratings_and_months(demo: Imported) -> None:
    """A year rated Baik gives 12.5; four of them are the fifty that the next rank needs."""
    granted = demo.career(demo.agency.functional).of(CreditsGranted)

    assert [(fact.valid_from.year, str(fact.points)) for fact in granted] == [
        (2023, "12.50"),
        (2024, "12.50"),
        (2025, "12.50"),
        (2026, "12.50"),
    ]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_some_are_eligible_some_nearly_and_some_incomplete_on_any_day(tmp_path: Path, as_of: date) -> None:
    """By post: regular, structural and functional."""
    demo = imported(tmp_path, as_of)
    near = [candidate(person, demo.agency.next_tmt, as_of, RULEBOOK) for person in demo.careers.values()]
    found = {(one.outlook, one.request.kind) for one in near if one and one.request}

    assert {(Outlook.ELIGIBLE, "REG"), (Outlook.ELIGIBLE, "STR"), (Outlook.ELIGIBLE, "JF")} <= found
    assert {(Outlook.NEARLY, "REG"), (Outlook.NEARLY, "STR"), (Outlook.NEARLY, "JF")} <= found
    assert (Outlook.DATA_GAP, "JF") in found


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_successor_lacks_nothing_but_the_training_that_follows(tmp_path: Path, as_of: date) -> None:
    """It warns, so the story gives a note; whoever leads the section's bureau proposes."""
    demo = imported(tmp_path, as_of)
    agency, seat = demo.agency, demo.units[demo.agency.vacant_post.removeprefix("unit/")]
    move = Move(
        subject="1" * 32,
        from_post=agency.successor.post,
        to_post=agency.vacant_post,
        to_unit=seat.unit,
        to_name=seat.head_post,
        to_kind=PostKind.STRUCTURAL,
        to_eselon=seat.eselon,
    )
    request = RotationRequest(kind="PENGAWAS", moves=[move], target_tmt=agency.next_tmt, submitted_on=as_of)
    people = {move.subject: demo.career(agency.successor)}
    findings = assess_rotation(request, people, {agency.vacant_post: None}, RULEBOOK).findings

    assert [found.requirement for found in findings if found.verdict is not Verdict.MET] == ["LEADERSHIP_TRAINING"]
    assert seat.parent == agency.successor_supervisor.unit == demo.units[agency.successor.unit].parent


def test_the_ratings_to_come_are_everybodys_of_the_year(demo: Imported) -> None:
    """They are read like any other file, when the year is over."""
    result = read_file(demo.agency.ratings_to_come, invented_people=True, agency=demo.agency.ref, as_of=TODAY)
    ratings = [row.fact for row in result.rows if isinstance(row, HistoryRow)]

    assert result.problems == []
    assert len(ratings) == demo.agency.employees
    assert {(fact.year, fact.rating) for fact in ratings if isinstance(fact, RatingGiven)} == {(2026, Rating.BAIK)}


def test_the_others_lack_exactly_one_thing(demo: Imported) -> None:
    """A month, a clean record, or a higher diploma."""
    agency = demo.agency
    early = demo.career(agency.too_early).rank_on(TODAY)
    punished = demo.career(agency.sanctioned)
    stuck = demo.career(agency.at_ceiling)

    assert early is not None
    assert early.valid_from == first_of(agency.next_tmt, -47)
    assert len(punished.sanctions_on(agency.next_tmt)) == 1
    assert [diploma.level for diploma in stuck.education_on(TODAY)] == ["15"]
    assert (rank := stuck.rank_on(TODAY)) is not None
    assert (rank.grade, rank.valid_from < first_of(agency.next_tmt, -48)) == ("III/b", True)


def test_the_swap_is_of_equals_between_two_offices(demo: Imported) -> None:
    """Same eselon, three years in post, good ratings, each the definitive head of a unit."""
    first, second = (demo.career(member).post_on(TODAY) for member in demo.agency.swap)

    assert first is not None
    assert second is not None
    assert first.eselon == second.eselon == "IV.a"
    assert first.valid_from == second.valid_from == first_of(TODAY, -36)
    assert first.assignment is second.assignment is Assignment.DEFINITIVE
    assert (first.post, second.post) == tuple(f"unit/{member.unit}" for member in demo.agency.swap)
    heads = [member.unit for member in demo.agency.swap_office_heads]
    assert [demo.units[unit].name for unit in heads] == ["Dinas Kesehatan", "Dinas Pekerjaan Umum"]
    for member in demo.agency.swap:
        assert all(isinstance(rating, RatingGiven) for rating in demo.career(member).ratings().values())


def test_the_cast_stands_where_the_route_looks_for_it(demo: Imported) -> None:
    """The supervisor leads the promotee's unit, the office head the office above it."""
    agency = demo.agency
    bureau = demo.units[demo.units[agency.promotee.unit].parent or ""]

    assert agency.promotee_supervisor.unit == agency.promotee.unit
    assert agency.office_head.unit == bureau.parent
    assert agency.promotee_supervisor.post == f"unit/{agency.promotee.unit}"


def test_every_role_has_its_holders(demo: Imported) -> None:
    """Nobody holds two; the regent is PPK and has no NIP."""
    counts = Counter(row.fact.role for row in demo.roles)
    holders = [row.siasn_id for row in demo.roles]

    assert counts == {
        Role.PPK: 1,
        Role.PYB: 1,
        Role.BOARD: 3,
        Role.APPROVER: 1,
        Role.VERIFIER: 2,
        Role.ADMINISTRATOR: 1,
        Role.AUDITOR: 1,
    }
    assert len(set(holders)) == len(holders)
    assert [row.nip for row in demo.roles if row.fact.role is Role.PPK] == [None]
    assert (demo.agency.ppk.nip, demo.agency.ppk.siasn_id) == (None, "PPKCONTOH")


def test_every_member_of_the_cast_is_in_the_register(demo: Imported) -> None:
    """By SIASN id, NIP and post."""
    agency = demo.agency
    cast = [agency.promotee, agency.functional, agency.successor, agency.verifier, *agency.board, *agency.swap]

    for member in cast:
        person = demo.people[member.siasn_id]
        assert person.nip == Nip(member.nip or "", invented=True)
        assert person.name == member.name.upper()
        assert (post := demo.career(member).post_on(TODAY)) is not None
        assert (post.post, post.unit) == (member.post, member.unit)
