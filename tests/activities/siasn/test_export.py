"""Whole exports: the invented example of the guide, and ten thousand employees."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

from activities.siasn.employees import PersonRow
from activities.siasn.reader import ReadResult
from tests.support.siasn_files import GOOD, Row, found, read, with_values, write_csv

EXAMPLE = """\
PNS ID|NIP BARU|NAMA|TANGGAL LAHIR|JENIS KELAMIN|KEDUDUKAN HUKUM ID|STATUS CPNS PNS|TMT CPNS|TMT PNS|GOL AKHIR ID|\
TMT GOLONGAN|JENIS JABATAN ID|JABATAN ID|TMT JABATAN|UNOR ID
X-P1|'198003152005019001|CONTOH 1|15-03-1980|F|01|P|01-01-2005|01-02-2006|34|01-04-2022|1|X-U2|02-05-2022|X-U2
X-P2|'199107082014039002|CONTOH 2|08-07-1991|M|01|P|01-03-2014|01-04-2015|32|01-12-2021|4|X-J4|01-04-2015|X-U2
X-P3|'199911302025039004|CONTOH 3|30-11-1999|F|01|C|01-04-2025||31|01-03-2025|4|X-J4|01-03-2025|X-U2
X-P4|'199405232019029003|CONTOH 4|23-05-1994|F|01|P|01-02-2019|01-03-2020|31|01-02-2019|2|X-J2|01-06-2022|X-U2
X-P5|'198912012022219005|CONTOH 5|01-12-1989|M|71||01-03-2022|||01-03-2022|2|X-J2|01-03-2022|X-U2
"""
LEFT_OUT = {
    "MK TAHUN": "3",
    "MK BULAN": "0",
    "JABATAN NAMA": "CONTOH",
    "TINGKAT PENDIDIKAN ID": "40",
    "INSTANSI INDUK ID": "DEMO",
    "INSTANSI KERJA ID": "DEMO",
}
"""Columns that the example leaves out for width."""
MANY, FEW = 10_000, 1_000


def test_the_invented_example_has_one_fault(tmp_path: Path) -> None:
    """Row 4: the TMT CPNS does not fit the NIP; the other four people are read."""
    heading, *rows = EXAMPLE.splitlines()
    lines = [f"{heading}|{'|'.join(LEFT_OUT)}", *(f"{row}|{'|'.join(LEFT_OUT.values())}" for row in rows)]
    path = tmp_path / "data_asn.csv"
    path.write_text("\n".join(lines))
    result = read(path)

    assert found(result) == [(4, "TMT CPNS", "CON_1")]
    assert result.problems[0].right.id == "01-03-2025, atau perbaiki NIP di SIASN"
    people = [row.siasn_id for row in result.rows if isinstance(row, PersonRow)]
    assert people == ["XP1", "XP2", "XP4", "XP5"]


def many_employees(path: Path, count: int) -> Path:
    """An export of so many sound people, with a long column that is dropped."""

    def employee(number: int) -> Row:
        born = date(1980 + number // 999, 3, 15)
        return {
            **with_values(GOOD, PNS_ID=f"{number:032X}", NIP_BARU=f"'{born:%Y%m%d}2014039{number % 999 + 1:03d}"),
            "TANGGAL LAHIR": f"{born:%d-%m-%Y}",
            "ALAMAT": "JALAN CONTOH " * 40,
        }

    return write_csv(path, (employee(number) for number in range(count)))


def peak(work: Callable[[], object]) -> int:
    """The most bytes that were in use at once, the work's result among them."""
    tracemalloc.start()
    try:
        _result = work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_thousand_employees_take_less_memory_than_one_thousand_that_are_held(tmp_path: Path) -> None:
    """Only the ids that must be compared grow with the file; the positive control keeps the rows."""
    few = read(many_employees(tmp_path / "few.csv", FEW))
    many = many_employees(tmp_path / "many.csv", MANY)
    checked: list[ReadResult] = []
    streamed = peak(lambda: checked.append(read(many)))
    held = peak(lambda: list(few.rows))

    assert sum(1 for _ in checked[0].rows) == MANY
    assert streamed < held


def test_progress_is_told_up_to_the_last_row(tmp_path: Path) -> None:
    """A bar that stops at 99 percent would frighten."""
    told: list[int] = []
    read(many_employees(tmp_path / "data_asn.csv", 1_200), progress=told.append)

    assert told == [500, 1000, 1200]
