"""Small SIASN files for tests: one good invented employee, and the same with one value changed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from activities.siasn.reader import ReadResult, read_file
from domain.register.events import UnitDescribed

AGENCY = "DEMO"
Row = Mapping[str, Any]

GOOD: Row = {
    "PNS ID": "X-P2",
    "NIP BARU": "'199107082014039002",
    "NAMA": "CONTOH DUA",
    "TANGGAL LAHIR": "08-07-1991",
    "JENIS KELAMIN": "M",
    "KEDUDUKAN HUKUM ID": "01",
    "STATUS CPNS PNS": "P",
    "TMT CPNS": "01-03-2014",
    "TMT PNS": "01-04-2015",
    "GOL AKHIR ID": "32",
    "GOL AKHIR NAMA": "III/b",
    "TMT GOLONGAN": "01-12-2021",
    "MK TAHUN": "7",
    "MK BULAN": "9",
    "JENIS JABATAN ID": "4",
    "JABATAN ID": "X-J4",
    "JABATAN NAMA": "PENELAAH TEKNIS KEBIJAKAN",
    "TMT JABATAN": "01-04-2015",
    "TINGKAT PENDIDIKAN ID": "40",
    "TAHUN LULUS": "2013",
    "UNOR ID": "X-U2",
    "INSTANSI INDUK ID": AGENCY,
    "INSTANSI KERJA ID": AGENCY,
}
"""An employee against whom nothing can be said."""

HEAD: Row = {
    **GOOD,
    "PNS ID": "X-P1",
    "NIP BARU": "'198003152005019001",
    "NAMA": "CONTOH SATU",
    "TANGGAL LAHIR": "15-03-1980",
    "JENIS KELAMIN": "F",
    "TMT CPNS": "01-01-2005",
    "TMT PNS": "01-02-2006",
    "GOL AKHIR ID": "34",
    "GOL AKHIR NAMA": "III/d",
    "TMT GOLONGAN": "01-04-2022",
    "JENIS JABATAN ID": "1",
    "JABATAN ID": "X-U2",
    "JABATAN NAMA": "KEPALA SEKSI CONTOH",
    "TMT JABATAN": "02-05-2022",
}
"""The head of the same unit."""

UNITS = {
    "XU2": UnitDescribed(unit="XU2", name="Seksi Contoh", parent="XU1", eselon="IV.a"),
    "XU9": UnitDescribed(unit="XU9", name="Seksi Lama", parent="XU1", active=False),
}


def with_values(row: Row, **changes: Any) -> Row:
    """The row with some cells changed; TMT_CPNS="…" means the column TMT CPNS."""
    return {**row, **{name.replace("_", " "): value for name, value in changes.items()}}


def write_csv(path: Path, rows: Iterable[Row], delimiter: str = "|", encoding: str = "utf-8") -> Path:
    """The rows as delimited text, columns in the first row's order."""
    everything = list(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(everything[0]), delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(everything)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Row]]) -> Path:
    """The rows as worksheets; numbers stay numbers and dates become date cells."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        as_date = workbook.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            columns = list(rows[0])
            sheet.write_row(0, 0, columns)
            for number, row in enumerate(rows, 1):
                for column, heading in enumerate(columns):
                    value = row.get(heading, "")
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, as_date)
                    elif isinstance(value, int | float):
                        sheet.write_number(number, column, value)
                    else:
                        sheet.write_string(number, column, value)
    return path


def write_lines(path: Path, rows: Iterable[Row], wrapped_as: str | None = None) -> Path:
    """The rows as JSON Lines, plain or wrapped with the object's name."""
    lines = ({"object": wrapped_as, "data": row} if wrapped_as else row for row in rows)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path, **terms: Any) -> ReadResult:
    """The file as the invented agency's importer reads it."""
    return read_file(path, **{"invented_people": True, "agency": AGENCY, **terms})


def read_rows(folder: Path, *rows: Row, **terms: Any) -> ReadResult:
    """A bulk export of these rows, read."""
    return read(write_csv(folder / "data_asn.csv", rows), **terms)


def found(result: ReadResult) -> list[tuple[int, str, str]]:
    """Where and what the problems are."""
    return [(problem.row, problem.column, problem.code) for problem in result.problems]
