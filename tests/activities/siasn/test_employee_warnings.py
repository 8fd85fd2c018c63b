"""Doubts that one export can raise: each is named, and refuses nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from activities.siasn.catalogue import Severity
from activities.siasn.employees import PersonRow
from domain.register.facts import EducationEarned, PostHeld, PostKind, RankHeld
from tests.support.siasn_files import GOOD, HEAD, UNITS, Row, found, read_rows, with_values

TODAY = date(2026, 11, 24)
UNUSUAL = {
    "PNS before CPNS": (GOOD, {"TMT PNS": "01-02-2014"}, "TMT CPNS", "cpns-after-pns"),
    "CPNS for years": (GOOD, {"STATUS CPNS PNS": "C", "TMT PNS": ""}, "TMT CPNS", "cpns-too-long"),
    "PNS without date": (GOOD, {"TMT PNS": ""}, "TMT PNS", "pns-date-missing"),
    "no status": (GOOD, {"STATUS CPNS PNS": ""}, "STATUS CPNS PNS", "status-missing"),
    "study leave": (GOOD, {"KEDUDUKAN HUKUM ID": "03"}, "KEDUDUKAN HUKUM ID", "not-active"),
    "unknown position": (GOOD, {"KEDUDUKAN HUKUM ID": "64"}, "KEDUDUKAN HUKUM ID", "not-active"),
    "a general post without id": (GOOD, {"JABATAN ID": ""}, "JABATAN ID", "COM_2"),
    "a functional post without id": (GOOD, {"JABATAN ID": "0", "JENIS JABATAN ID": "2"}, "JABATAN ID", "COM_2"),
    "a general post with a functional name": (
        GOOD,
        {"JABATAN NAMA": "Perawat Mahir"},
        "JABATAN NAMA",
        "general-post-named-functional",
    ),
    "an official of one year": (HEAD, {"MK TAHUN": "1"}, "MK TAHUN", "structural-short-service"),
    "service that is none": (GOOD, {"MK BULAN": "12"}, "MK TAHUN", "service-unread"),
    "an inactive unit": (GOOD, {"UNOR ID": "X-U9"}, "UNOR ID", "unit-inactive"),
    "past retirement": (
        GOOD,
        {"NIP BARU": "196809152014039002", "TANGGAL LAHIR": "15-09-1968"},
        "TANGGAL LAHIR",
        "past-retirement",
    ),
    "seconded at home": (GOOD, {"JENIS PEGAWAI ID": "12"}, "JENIS PEGAWAI ID", "seconded-same-agency"),
    "at home elsewhere": (GOOD, {"INSTANSI KERJA ID": "LAIN"}, "JENIS PEGAWAI ID", "agencies-differ"),
    "a rank in mid-month": (GOOD, {"TMT GOLONGAN": "15-12-2021"}, "TMT GOLONGAN", "not-first-day"),
    "an unknown education": (GOOD, {"TINGKAT PENDIDIKAN ID": "77"}, "TINGKAT PENDIDIKAN ID", "education-unread"),
    "a general post numbered 3": (
        GOOD,
        {"JENIS JABATAN ID": "3", "JENIS JABATAN NAMA": "Pelaksana"},
        "JENIS JABATAN ID",
        "post-kind-contradiction",
    ),
}


@pytest.mark.parametrize(("row", "changes", "column", "code"), UNUSUAL.values(), ids=UNUSUAL)
def test_a_doubt_is_named_and_the_person_is_read(
    tmp_path: Path, row: Row, changes: dict[str, str], column: str, code: str
) -> None:
    """Exactly one warning, at the cell that raised it."""
    full = {**row, "JENIS PEGAWAI ID": "", "JENIS JABATAN NAMA": "", **changes}
    result = read_rows(tmp_path, full, units=UNITS, as_of=TODAY)

    assert found(result) == [(2, column, code)]
    assert result.problems[0].severity is Severity.WARN
    assert len(list(result.rows)) == 1


def test_nothing_is_said_against_sound_people(tmp_path: Path) -> None:
    """The positive control of all warnings."""
    assert found(read_rows(tmp_path, GOOD, HEAD, units=UNITS, as_of=TODAY)) == []


def test_warnings_about_age_need_a_day(tmp_path: Path) -> None:
    """Without a day nothing is said about retirement or time as CPNS."""
    old = with_values(GOOD, NIP_BARU="196809152014039002", TANGGAL_LAHIR="15-09-1968")

    assert found(read_rows(tmp_path, old)) == []


def test_retirement_comes_with_the_month_after_the_birthday(tmp_path: Path) -> None:
    """Born on 15 September 1968, 58 years: still in service on 30 September 2026, not on 1 October."""
    old = with_values(GOOD, NIP_BARU="196809152014039002", TANGGAL_LAHIR="15-09-1968")

    assert found(read_rows(tmp_path, old, as_of=date(2026, 9, 30))) == []
    assert [code for *_, code in found(read_rows(tmp_path, old, as_of=date(2026, 10, 1)))] == ["past-retirement"]


def test_two_heads_of_a_unit_leave_its_seat_open(tmp_path: Path) -> None:
    """TIM_4 is a question: neither is picked, both are known."""
    second = with_values(GOOD, JENIS_JABATAN_ID="1")
    result = read_rows(tmp_path, HEAD, second)
    people = [row for row in result.rows if isinstance(row, PersonRow)]

    assert found(result) == [(2, "UNOR ID", "TIM_4"), (3, "UNOR ID", "TIM_4")]
    assert len(people) == 2
    assert not any(isinstance(fact, PostHeld) for person in people for fact in person.facts)


def test_a_retired_head_beside_the_new_one_is_no_second_head(tmp_path: Path) -> None:
    """Who has left holds no seat."""
    retired = with_values(GOOD, JENIS_JABATAN_ID="1", KEDUDUKAN_HUKUM_ID="99")

    assert [code for *_, code in found(read_rows(tmp_path, HEAD, retired))] == ["not-active"]


def test_a_general_post_numbered_3_is_read_as_general(tmp_path: Path) -> None:
    """Some programs write 3 for pelaksana; the name tells."""
    row = {**GOOD, "JENIS JABATAN ID": "3", "JENIS JABATAN NAMA": "Jabatan Pelaksana"}
    (person,) = read_rows(tmp_path, row).rows

    assert isinstance(person, PersonRow)
    assert [fact.post_kind for fact in person.facts if isinstance(fact, PostHeld)] == [PostKind.GENERAL]


def test_unreadable_service_counts_as_nothing(tmp_path: Path) -> None:
    """The rank stands without its service for pay."""
    (person,) = read_rows(tmp_path, with_values(GOOD, MK_TAHUN="tujuh")).rows

    assert isinstance(person, PersonRow)
    ranks = [fact for fact in person.facts if isinstance(fact, RankHeld)]
    assert [(rank.service_years, rank.service_months) for rank in ranks] == [(0, 0)]


def test_a_diploma_without_year_counts_from_the_appointment(tmp_path: Path) -> None:
    """SIASN knows of it at the latest then."""
    (person,) = read_rows(tmp_path, with_values(GOOD, TAHUN_LULUS="null")).rows

    assert isinstance(person, PersonRow)
    assert EducationEarned(valid_from=date(2014, 3, 1), level="40") in person.facts
