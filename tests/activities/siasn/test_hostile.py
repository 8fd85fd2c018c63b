"""Whatever stands in a cell or in a file: the reader answers with problems, never with an exception."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.siasn.problems import problems_csv
from tests.support.siasn_files import GOOD, UNITS, Row, read, write_lines, write_xlsx

ODD = [
    *("", "-", "null", "0", "-1", "1e5", "9" * 40, "III/z", "/", "{found}", "%s", "=1+1", "\x00", "é" * 500),
    *("31-12-9999", "01-01-0001", "29-02-2023", "30-12-9999", "99999", "\u0663", "\u00b2", "\uff11\uff12", "\ud800"),
    *(True, None, -5, 1e308, float("nan"), 10**30, 45748, [1], {"a": 1}),
]
HISTORY: Row = {
    "idPns": "X-P1",
    "nipBaru": "199107082014039002",
    "tahun": "2025",
    "hasilKinerjaNilai": "2",
    "PerilakuKerjaNilai": "2",
    "KuadranKinerjaNilai": "2",
    "jenisHukuman": "7",
    "hukumanTanggal": "01-08-2025",
    "akhirHukumTanggal": "31-07-2026",
    "masaTahun": "1",
    "golonganId": "32",
    "tmtGolongan": "01-12-2021",
    "jenisJabatan": "2",
    "unorId": "X-U2",
    "tmtJabatan": "02-05-2022",
    "tkPendidikanId": "40",
    "tahunLulus": "2013",
    "tglLulus": "20-09-2013",
    "latihanStrukturalId": "2",
    "tanggal": "10-11-2021",
}
OBJECTS = ["rw-golongan", "rw-jabatan", "rw-skp22", "rw-hukdis", "rw-pendidikan", "rw-diklat"]


def told(path: Path) -> str:
    """The problem sheet of a file, after all its rows were gone through."""
    result = read(path, units=UNITS, as_of=date(2026, 11, 24))
    assert len(list(result.rows)) <= result.checked
    return problems_csv(result.problems) + problems_csv(result.problems, "en")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(list(GOOD)), st.sampled_from([odd for odd in ODD if odd != "\ud800"]), max_size=4)
)
def test_no_cell_of_an_export_raises(odd: dict[str, object]) -> None:
    """Text, numbers and blanks where they do not belong, in a workbook."""
    cells = {name: value if isinstance(value, str | int) else str(value) for name, value in odd.items()}
    safe = {
        name: value if abs(value) < 10**15 else str(value) for name, value in cells.items() if isinstance(value, int)
    }
    with TemporaryDirectory() as folder:
        path = write_xlsx(Path(folder) / "data_asn.xlsx", {"Data": [GOOD, {**GOOD, **cells, **safe}]})

        assert told(path).encode()


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.sampled_from(OBJECTS), st.dictionaries(st.sampled_from(list(HISTORY)), st.sampled_from(ODD), max_size=4))
def test_no_field_of_a_history_object_raises(name: str, odd: dict[str, object]) -> None:
    """Lists, maps, huge numbers and broken characters, as JSON can hold them."""
    with TemporaryDirectory() as folder:
        path = write_lines(Path(folder) / f"{name}.jsonl", [{**HISTORY, **odd}])

        assert told(path).encode()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b"PK\x03\x04", b"PNS ID|NIP BARU|NAMA\n", b"\xef\xbb\xbf"]))
def test_no_content_raises(content: bytes, start: bytes) -> None:
    """A file that only pretends to be one of ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data_asn.csv"
        path.write_bytes(start + content)

        assert told(path).encode()


@pytest.mark.parametrize("name", ["\ud800", "=1+1", "9" * 30])
def test_the_name_of_an_unknown_object_is_shown_harmlessly(tmp_path: Path, name: str) -> None:
    """Broken characters, formulas and long numbers in a place where a name is expected."""
    path = tmp_path / "riwayat.jsonl"
    path.write_text(json.dumps({"object": name, "data": {"a": 1}}) + "\n")

    assert "9" * 9 not in told(path).encode().decode()
