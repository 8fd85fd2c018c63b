"""Writes invented employees in the form of SIASN's bulk export: 69 columns, as CSV and as XLSX."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from activities.siasn.codes import EDUCATION, ESELONS
from deploy.demo.careers import Employee
from deploy.demo.units import REGENCY, Unit

Value = str | date

COLUMNS = (
    *("PNS ID", "NIP BARU", "NIP LAMA", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TEMPAT LAHIR ID"),
    *("TEMPAT LAHIR NAMA", "TANGGAL LAHIR", "JENIS KELAMIN", "AGAMA ID", "AGAMA NAMA", "JENIS KAWIN ID"),
    *("JENIS KAWIN NAMA", "NIK", "NOMOR HP", "EMAIL", "EMAIL GOV", "ALAMAT", "NPWP NOMOR", "BPJS"),
    *("JENIS PEGAWAI ID", "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM ID", "KEDUDUKAN HUKUM NAMA"),
    *("STATUS CPNS PNS", "KARTU ASN VIRTUAL", "NOMOR SK CPNS", "TANGGAL SK CPNS", "TMT CPNS"),
    *("NOMOR SK PNS", "TANGGAL SK PNS", "TMT PNS", "GOL AWAL ID", "GOL AWAL NAMA", "GOL AKHIR ID"),
    *("GOL AKHIR NAMA", "TMT GOLONGAN", "MK TAHUN", "MK BULAN", "ESELON ID", "ESELON NAMA"),
    *("JENIS JABATAN ID", "JENIS JABATAN NAMA", "JABATAN ID", "JABATAN NAMA", "TMT JABATAN"),
    *("TINGKAT PENDIDIKAN ID", "TINGKAT PENDIDIKAN NAMA", "PENDIDIKAN ID", "PENDIDIKAN NAMA"),
    *("TAHUN LULUS", "NAMA SEKOLAH", "KPKN ID", "KPKN NAMA", "LOKASI KERJA ID", "LOKASI KERJA NAMA"),
    *("UNOR ID", "UNOR NAMA", "INSTANSI INDUK ID", "INSTANSI INDUK NAMA", "INSTANSI KERJA ID"),
    *("INSTANSI KERJA NAMA", "SATUAN KERJA INDUK ID", "SATUAN KERJA INDUK NAMA", "SATUAN KERJA ID"),
    *("SATUAN KERJA NAMA", "IS VALID NIK", "FLAG IKD"),
)
POST_KIND_NAMES = {"1": "Jabatan Struktural", "2": "Jabatan Fungsional Tertentu", "4": "Jabatan Fungsional Umum"}
LEGAL_POSITIONS = {"01": "Aktif", "02": "CLTN", "03": "Tugas Belajar", "71": "PPPK Aktif"}
LONG_NUMBER = 13
PPPK_GRADE = ("09", "IX")


def write_csv(path: Path, employees: Iterable[Employee], agency: str) -> None:
    """Pipes between columns, a byte order mark, and apostrophes before long numbers, as exports have them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter="|", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for row in _rows(employees, agency):
            writer.writerow([_day(value) if isinstance(value, date) else _apostrophe(value) for value in row])


def write_xlsx(path: Path, employees: Iterable[Employee], agency: str, as_of: date) -> None:
    """The same rows as a worksheet, numbers as text and dates as date cells."""
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.combine(as_of, time())})
        sheet = workbook.add_worksheet("Data ASN")
        dates = workbook.add_format({"num_format": "dd-mm-yyyy"})
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(_rows(employees, agency), 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, dates)
                elif value:
                    sheet.write_string(number, column, value)


def write_units(path: Path, units: Iterable[Unit]) -> None:
    """The unit tree in the web service's spelling; ids in lower case with hyphens, unlike the export's."""
    known = {unit.code: unit for unit in units}
    heading = ("Id", "InstansiId", "DiatasanId", "EselonId", "NamaUnor", "NamaJabatan", "aktif")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(heading)
        for unit in known.values():
            above = hyphened(known[unit.parent].unit_id) if unit.parent else ""
            row = (hyphened(unit.unit_id), "DEMO", above, unit.eselon, unit.name, unit.head_name, "A")
            writer.writerow(row)


def hyphened(identifier: str) -> str:
    """The id as other SIASN files spell it: lower case with hyphens."""
    parts = (identifier[:8], identifier[8:12], identifier[12:16], identifier[16:20], identifier[20:])
    return "-".join(parts).lower()


def _rows(employees: Iterable[Employee], agency: str) -> Iterator[Sequence[Value]]:
    for number, employee in enumerate(employees, 1):
        values = (
            _not_needed(number)
            | _identity(employee)
            | _appointment(employee)
            | _grades(employee)
            | _post(employee)
            | _agencies(agency)
        )
        yield [values.get(column, "") for column in COLUMNS]


def _not_needed(number: int) -> dict[str, Value]:
    """Invented values for columns that Jenjang drops at the door."""
    return {
        "TEMPAT LAHIR NAMA": "KOTA CONTOH",
        "AGAMA NAMA": "CONTOH",
        "JENIS KAWIN NAMA": "CONTOH",
        "NIK": f"9999990000{number:06d}",
        "NOMOR HP": f"0800000{number:06d}",
        "EMAIL": f"pegawai{number}@contoh.invalid",
        "ALAMAT": f"JALAN CONTOH NOMOR {number}",
        "NPWP NOMOR": f"000000000{number:06d}",
        "BPJS": f"0000000{number:06d}",
        "KPKN NAMA": "CONTOH",
        "LOKASI KERJA NAMA": "KABUPATEN CONTOH",
        "SATUAN KERJA NAMA": REGENCY,
        "IS VALID NIK": "1",
        "FLAG IKD": "1",
    }


def _identity(employee: Employee) -> dict[str, Value]:
    education = employee.education
    return {
        "PNS ID": employee.pns_id,
        "NIP BARU": employee.nip,
        "NAMA": employee.name.upper(),
        "GELAR BELAKANG": education.title,
        "TANGGAL LAHIR": employee.born_on,
        "JENIS KELAMIN": employee.sex,
        "TINGKAT PENDIDIKAN ID": education.code,
        "TINGKAT PENDIDIKAN NAMA": EDUCATION[education.code],
        "PENDIDIKAN NAMA": education.name.upper(),
        "TAHUN LULUS": str(employee.graduated_in),
        "NAMA SEKOLAH": "SEKOLAH CONTOH",
    }


def _appointment(employee: Employee) -> dict[str, Value]:
    position = employee.legal_position
    row: dict[str, Value] = {
        "JENIS PEGAWAI ID": "10",
        "JENIS PEGAWAI NAMA": "PNS Daerah",
        "KEDUDUKAN HUKUM ID": position,
        "KEDUDUKAN HUKUM NAMA": LEGAL_POSITIONS[position],
        "STATUS CPNS PNS": "P",
        "NOMOR SK CPNS": f"813/{employee.cpns_from:%m}/{employee.cpns_from.year}",
        "TANGGAL SK CPNS": employee.cpns_from,
        "TMT CPNS": employee.cpns_from,
    }
    if employee.is_pppk:
        return row | {"STATUS CPNS PNS": ""}
    sk_pns = f"821/{employee.pns_from:%m}/{employee.pns_from.year}"
    return row | {"NOMOR SK PNS": sk_pns, "TANGGAL SK PNS": employee.pns_from, "TMT PNS": employee.pns_from}


def _grades(employee: Employee) -> dict[str, Value]:
    if employee.is_pppk:
        code, name = PPPK_GRADE
        return {"GOL AKHIR ID": code, "GOL AKHIR NAMA": name, "TMT GOLONGAN": employee.cpns_from}
    first, last = employee.ranks[0], employee.rank
    years, months = divmod(last.service, 12)
    return {
        "GOL AWAL ID": first.grade.code,
        "GOL AWAL NAMA": first.grade,
        "GOL AKHIR ID": last.grade.code,
        "GOL AKHIR NAMA": last.grade,
        "TMT GOLONGAN": last.tmt,
        "MK TAHUN": str(years),
        "MK BULAN": str(months),
    }


def _post(employee: Employee) -> dict[str, Value]:
    post = employee.post
    eselon = post.unit.eselon if post.kind == "1" else ""
    return {
        "ESELON ID": eselon,
        "ESELON NAMA": ESELONS.get(eselon, ""),
        "JENIS JABATAN ID": post.kind,
        "JENIS JABATAN NAMA": POST_KIND_NAMES[post.kind],
        "JABATAN ID": post.post_id,
        "JABATAN NAMA": post.name,
        "TMT JABATAN": post.tmt,
        "UNOR ID": post.unit.unit_id,
        "UNOR NAMA": post.unit.name,
    }


def _agencies(agency: str) -> dict[str, Value]:
    names = ("INSTANSI INDUK", "INSTANSI KERJA")
    row: dict[str, Value] = {f"{name} ID": agency for name in names}
    return row | {f"{name} NAMA": REGENCY for name in names}


def _apostrophe(value: str) -> str:
    return f"'{value}" if value.isdigit() and len(value) >= LONG_NUMBER else value


def _day(value: date) -> str:
    return f"{value:%d-%m-%Y}"
