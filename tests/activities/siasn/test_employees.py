"""The bulk export, row by row: what becomes a fact, and what refuses a row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from activities.siasn.employees import PersonRow
from activities.siasn.reader import ReadResult
from domain.register.facts import (
    AppointmentMade,
    BirthKnown,
    EducationEarned,
    PostHeld,
    PostKind,
    RankHeld,
    StandingHeld,
)
from domain.vocabulary import Grade, Nip
from tests.support.builders import RULEBOOK
from tests.support.siasn_files import GOOD, HEAD, UNITS, found, read_rows, with_values


def only_person(result: ReadResult) -> PersonRow:
    """The one good row of a file."""
    (row,) = result.rows
    assert isinstance(row, PersonRow)
    return row


def test_a_row_becomes_a_person_with_dated_facts(tmp_path: Path) -> None:
    """Every fact starts on the TMT that the row names; the diploma counts from the end of its year."""
    person = only_person(read_rows(tmp_path, GOOD))

    assert (person.siasn_id, person.nip, person.name) == ("XP2", Nip("199107082014039002", invented=True), "CONTOH DUA")
    assert (person.born_on, person.sex, person.agency) == (date(1991, 7, 8), "M", "DEMO")
    assert person.facts == [
        BirthKnown(valid_from=date(1991, 7, 1)),
        AppointmentMade(valid_from=date(2014, 3, 1), pns_from=date(2015, 4, 1)),
        StandingHeld(valid_from=date(2015, 4, 1), legal_position="01", service_status="P"),
        EducationEarned(valid_from=date(2013, 12, 31), level="40", year=2013),
        RankHeld(valid_from=date(2021, 12, 1), grade=Grade("III/b"), service_years=7, service_months=9),
        PostHeld(
            valid_from=date(2015, 4, 1),
            post="jfu/XJ4@XU2",
            name="PENELAAH TEKNIS KEBIJAKAN",
            post_kind=PostKind.GENERAL,
            unit="XU2",
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "ref"), [("1", "unit/XU2"), ("2", "jf/XJ4@XU2"), ("3", "jf/XJ4@XU2"), ("4", "jfu/XJ4@XU2")]
)
def test_only_a_structural_post_is_a_seat(tmp_path: Path, kind: str, ref: str) -> None:
    """The seat that one person holds is the unit's; other posts are named by post and unit."""
    person = only_person(read_rows(tmp_path, with_values(GOOD, JENIS_JABATAN_ID=kind)))

    assert [fact.post for fact in person.facts if isinstance(fact, PostHeld)] == [ref]


LEVELS = {
    "AUDITOR AHLI PERTAMA": "ahli-pertama",
    "Auditor  Ahli Muda": "ahli-muda",
    "AHLI MADYA - AUDITOR": "ahli-madya",
    "Perencana Ahli Utama (Bidang Contoh)": "ahli-utama",
    "TERAMPIL - PERAWAT": "terampil",
    "perawat mahir": "mahir",
    "Perawat Penyelia": "penyelia",
    "TEKNISI PEMULA": "pemula",
    "Kepala Sekolah": "",
    "Guru Madya": "",
    "Mahir/Terampil": "",
}
"""Names of functional posts and the level (jenjang) that each tells; the bare Madya of old names stays open."""


@pytest.mark.parametrize(("name", "level"), LEVELS.items())
def test_the_name_of_a_functional_post_tells_its_level(tmp_path: Path, name: str, level: str) -> None:
    """In any case and order of words; a name that tells none, or two, leaves it open."""
    person = only_person(read_rows(tmp_path, with_values(GOOD, JENIS_JABATAN_ID="2", JABATAN_NAMA=name)))

    assert [fact.career_level for fact in person.facts if isinstance(fact, PostHeld)] == [level]


def test_every_level_of_the_rulebook_can_be_told_by_a_name() -> None:
    """In the codes that its table uses."""
    assert {entry.code for entry in RULEBOOK.reference.career_levels} == {level for level in LEVELS.values() if level}


def test_a_general_post_has_no_level(tmp_path: Path) -> None:
    """Whatever it is called."""
    person = only_person(read_rows(tmp_path, with_values(GOOD, JABATAN_NAMA="Pengelola Data Penyelia")))

    assert [fact.career_level for fact in person.facts if isinstance(fact, PostHeld)] == [""]


def test_a_contract_employee_has_neither_nip_nor_rank(tmp_path: Path) -> None:
    """A PPPK's number holds a year and a counter, and the grade is another ladder's."""
    pppk = with_values(
        GOOD,
        NIP_BARU="'198912012022219005",
        TANGGAL_LAHIR="01-12-1989",
        KEDUDUKAN_HUKUM_ID="71",
        STATUS_CPNS_PNS="",
        TMT_CPNS="01-03-2022",
        TMT_PNS="",
        GOL_AKHIR_ID="09",
        GOL_AKHIR_NAMA="IX",
        JENIS_JABATAN_ID="2",
    )
    result = read_rows(tmp_path, pppk)
    person = only_person(result)

    assert person.nip is None
    assert not any(isinstance(fact, RankHeld) for fact in person.facts)
    assert StandingHeld(valid_from=date(2022, 3, 1), legal_position="71", service_status="PPPK") in person.facts
    assert found(result) == []


def test_who_has_left_keeps_no_seat(tmp_path: Path) -> None:
    """A retired head is known, but does not fill the post any more."""
    person = only_person(read_rows(tmp_path, with_values(HEAD, KEDUDUKAN_HUKUM_ID="99")))

    assert not any(isinstance(fact, PostHeld) for fact in person.facts)


def test_an_absent_eselon_is_taken_from_the_unit(tmp_path: Path) -> None:
    """Older exports have no ESELON; the unit tree knows it."""
    person = only_person(read_rows(tmp_path, HEAD, units=UNITS))

    assert [fact.eselon for fact in person.facts if isinstance(fact, PostHeld)] == ["IV.a"]


REFUSALS = {
    "letters in the NIP": ({"NIP BARU": "19910708201403900A"}, "NIP BARU", "nip-digits"),
    "seventeen digits": ({"NIP BARU": "19910708201403900"}, "NIP BARU", "nip-digits"),
    "no NIP": ({"NIP BARU": ""}, "NIP BARU", "missing-value"),
    "no PNS ID": ({"PNS ID": "null"}, "PNS ID", "missing-value"),
    "a PNS ID that is none": ({"PNS ID": "A" * 50}, "PNS ID", "identifier-too-long"),
    "no name": ({"NAMA": " - "}, "NAMA", "missing-value"),
    "another birthday than in the NIP": ({"TANGGAL LAHIR": "09-07-1991"}, "TANGGAL LAHIR", "nip-birth"),
    "another month of appointment": ({"TMT CPNS": "01-04-2014"}, "TMT CPNS", "CON_1"),
    "an impossible month in the NIP": ({"NIP BARU": "199107082014139002"}, "TMT CPNS", "CON_1"),
    "a sex that is none": ({"JENIS KELAMIN": "L"}, "JENIS KELAMIN", "sex-unknown"),
    "an unknown golongan": ({"GOL AKHIR ID": "39", "GOL AKHIR NAMA": ""}, "GOL AKHIR ID", "grade-unknown"),
    "no golongan": ({"GOL AKHIR ID": "", "GOL AKHIR NAMA": ""}, "GOL AKHIR ID", "missing-value"),
    "id and name of two grades": ({"GOL AKHIR NAMA": "III/c"}, "GOL AKHIR ID", "grade-contradiction"),
    "an unknown kind of post": ({"JENIS JABATAN ID": "7"}, "JENIS JABATAN ID", "post-kind-unknown"),
    "no unit": ({"UNOR ID": ""}, "UNOR ID", "missing-value"),
    "a unit outside the tree": ({"UNOR ID": "X-U7"}, "UNOR ID", "unit-unknown"),
    "no birthday": ({"TANGGAL LAHIR": "0000-00-00"}, "TANGGAL LAHIR", "missing-value"),
    "no TMT of the rank": ({"TMT GOLONGAN": ""}, "TMT GOLONGAN", "missing-value"),
    "a TMT that is no date": ({"TMT JABATAN": "31-02-2015"}, "TMT JABATAN", "unreadable-date"),
    "a TMT PNS that is no date": ({"TMT PNS": "tahun lalu"}, "TMT PNS", "unreadable-date"),
    "no legal position": ({"KEDUDUKAN HUKUM ID": ""}, "KEDUDUKAN HUKUM ID", "missing-value"),
}


@pytest.mark.parametrize(("changes", "column", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_wrong_value_refuses_its_row_only(tmp_path: Path, changes: dict[str, str], column: str, code: str) -> None:
    """The fault is named with row, column and code; the row beside it is read."""
    result = read_rows(tmp_path, HEAD, {**GOOD, **changes}, units=UNITS)

    assert (3, column, code) in found(result)
    assert [row.siasn_id for row in result.rows if isinstance(row, PersonRow)] == ["XP1"]
    assert not result.refused


def test_a_production_register_refuses_invented_people(tmp_path: Path) -> None:
    """Sex digit 9 exists in the demo only."""
    result = read_rows(tmp_path, GOOD, invented_people=False)

    assert found(result) == [(2, "NIP BARU", "nip-sex-impossible")]
    assert list(result.rows) == []


def test_a_real_sex_digit_must_fit_the_sex(tmp_path: Path) -> None:
    """Digit 15 is 1 for men and 2 for women."""
    woman = with_values(GOOD, NIP_BARU="199107082014032002", JENIS_KELAMIN="F")
    man = with_values(woman, JENIS_KELAMIN="M")

    assert found(read_rows(tmp_path, woman, invented_people=False)) == []
    assert found(read_rows(tmp_path, man, invented_people=False)) == [(2, "JENIS KELAMIN", "nip-sex")]


def test_a_sequence_of_zeros_is_impossible(tmp_path: Path) -> None:
    """One NIP that ends in 000 looks as if a spreadsheet had rounded it, so the column is distrusted."""
    result = read_rows(tmp_path, GOOD, with_values(HEAD, NIP_BARU="'198003152005019000"))

    assert found(result) == [(3, "NIP BARU", "numeric-nip")]
    assert result.refused


def test_a_contract_year_must_fit_the_number(tmp_path: Path) -> None:
    """A PPPK's digits 9-12 are the year of the contract."""
    pppk = with_values(GOOD, KEDUDUKAN_HUKUM_ID="71", TMT_CPNS="01-03-2022")

    assert found(read_rows(tmp_path, pppk)) == [(2, "TMT CPNS", "CON_4")]


def test_both_rows_of_one_nip_are_refused(tmp_path: Path) -> None:
    """Nobody can tell which of the two is right."""
    twin = with_values(GOOD, PNS_ID="X-P9")
    result = read_rows(tmp_path, GOOD, HEAD, twin)

    assert found(result) == [(2, "NIP BARU", "nip-twice"), (4, "NIP BARU", "nip-twice")]
    assert [row.siasn_id for row in result.rows if isinstance(row, PersonRow)] == ["XP1"]


def test_one_person_in_two_spellings_of_the_id_is_found(tmp_path: Path) -> None:
    """Upper case, lower case and hyphens are the same id."""
    hyphened = with_values(GOOD, PNS_ID="0AF3C2D1-0000-4000-8000-00000000000B")
    plain = with_values(HEAD, PNS_ID="0af3c2d100004000800000000000000b")
    result = read_rows(tmp_path, hyphened, plain)

    assert [code for _, _, code in found(result)] == ["siasn-id-twice", "siasn-id-twice"]


def test_another_agencys_row_is_refused_when_the_file_has_ours(tmp_path: Path) -> None:
    """One row of ours makes it our file; the stranger in it stays out."""
    stranger = with_values(HEAD, INSTANSI_INDUK_ID="LAIN", INSTANSI_KERJA_ID="LAIN")
    result = read_rows(tmp_path, GOOD, stranger)

    assert found(result) == [(3, "INSTANSI INDUK ID", "other-agency")]


def test_without_an_agency_each_row_brings_its_own(tmp_path: Path) -> None:
    """The home agency is the row's; no agency was asked for."""
    assert only_person(read_rows(tmp_path, GOOD, agency=None)).agency == "DEMO"
