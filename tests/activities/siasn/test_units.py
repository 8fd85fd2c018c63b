"""The unit tree, in the spellings that exports and the web service use."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.siasn.tables.schemas import FileKind
from domain.register.events import UnitDescribed
from tests.support.siasn_files import Row, found, read, write_csv, write_lines, write_xlsx

ROOT = UnitDescribed(unit="XU1", name="Kabupaten Contoh")
OFFICE = UnitDescribed(unit="XU2", name="Dinas Contoh", parent="XU1")


def tree(folder: Path, *rows: tuple[str, str, str]) -> Path:
    """A unit list of (id, name, parent)."""
    names = ("ID", "NAMA_UNOR", "ID_ATASAN")
    return write_csv(folder / "unor.csv", [dict(zip(names, row, strict=True)) for row in rows], ";")


@pytest.mark.parametrize(
    "columns", [("ID", "NAMA_UNOR", "ID_ATASAN"), ("Id", "NamaUnor", "DiatasanId"), ("id", "namaUnor", "diatasanId")]
)
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_three_spellings_in_three_forms_are_one_tree(tmp_path: Path, columns: tuple[str, ...], form: str) -> None:
    """Exports, agencies' lists and the reference service describe the same units."""
    values = [("X-U1", "Kabupaten Contoh", ""), ("X-U2", "Dinas Contoh", "X-U1")]
    rows = [dict(zip(columns, row, strict=True)) for row in values]
    path = tmp_path / f"unor.{form}"
    match form:
        case "csv":
            write_csv(path, rows, ";")
        case "xlsx":
            write_xlsx(path, {"Unor": rows})
        case _:
            write_lines(path, rows)
    result = read(path)

    assert result.kind is FileKind.UNITS
    assert list(result.rows) == [ROOT, OFFICE]
    assert found(result) == []


def test_the_service_also_tells_eselon_head_and_life(tmp_path: Path) -> None:
    """EselonId becomes the eselon's name; only 'A' and blank are alive."""
    root: Row = {"Id": "X-U1", "DiatasanId": "", "NamaUnor": "A", "EselonId": "", "NamaJabatan": "", "aktif": "A"}
    old = {**root, "Id": "X-U2", "DiatasanId": "X-U1", "EselonId": "41", "NamaJabatan": "Kepala Seksi", "aktif": "N"}
    units = list(read(write_csv(tmp_path / "unor.csv", [root, old])).rows)

    assert units == [
        UnitDescribed(unit="XU1", name="A"),
        UnitDescribed(unit="XU2", name="A", parent="XU1", eselon="IV.a", head_post="Kepala Seksi", active=False),
    ]


def test_level_marks_are_taken_off_and_real_hyphens_stay(tmp_path: Path) -> None:
    """Two hyphens per level draw the tree; a third one begins the name."""
    path = tree(
        tmp_path,
        ("1", "KABUPATEN", ""),
        ("2", "--DINAS", "1"),
        ("3", "-----SEKSI", "2"),
        ("4", "BIASA", "1"),
        ("5", "-TANDA", "1"),
    )
    names = [row.name for row in read(path).rows if isinstance(row, UnitDescribed)]

    assert names == ["KABUPATEN", "DINAS", "-SEKSI", "BIASA", "-TANDA"]


def test_an_unknown_parent_refuses_the_unit_and_what_hangs_on_it(tmp_path: Path) -> None:
    """The branch waits until its parent is known; the rest of the tree is read."""
    path = tree(tmp_path, ("1", "AKAR", ""), ("2", "DINAS", "1"), ("3", "LEPAS", "9"), ("4", "ANAK LEPAS", "3"))
    result = read(path)

    assert found(result) == [(4, "ID_ATASAN", "parent-unknown"), (5, "ID_ATASAN", "parent-refused")]
    assert [row.unit for row in result.rows if isinstance(row, UnitDescribed)] == ["1", "2"]


def test_a_circle_refuses_its_units(tmp_path: Path) -> None:
    """Neither is above the other; what hangs below waits."""
    path = tree(
        tmp_path, ("1", "AKAR", ""), ("2", "A", "3"), ("3", "B", "2"), ("4", "BAWAH", "3"), ("5", "SENDIRI", "5")
    )
    result = read(path)

    assert found(result) == [
        (3, "ID_ATASAN", "unit-cycle"),
        (4, "ID_ATASAN", "unit-cycle"),
        (5, "ID_ATASAN", "parent-refused"),
        (6, "ID_ATASAN", "unit-cycle"),
    ]
    assert len(list(result.rows)) == 1


def test_a_tree_without_root_is_refused(tmp_path: Path) -> None:
    """Everything would be above itself."""
    assert [code for *_, code in found(read(tree(tmp_path, ("1", "A", "2"), ("2", "B", "1"))))] == ["no-root-unit"]


def test_a_second_root_is_a_doubt(tmp_path: Path) -> None:
    """An agency has one top; both are read."""
    result = read(tree(tmp_path, ("1", "A", ""), ("2", "B", "")))

    assert found(result) == [(3, "ID_ATASAN", "several-roots")]
    assert len(list(result.rows)) == 2


def test_a_unit_that_stands_twice_is_refused_twice(tmp_path: Path) -> None:
    """Names repeat, ids must not."""
    result = read(tree(tmp_path, ("1", "AKAR", ""), ("2", "A", "1"), ("2", "A", "1")))

    assert found(result) == [(3, "ID", "unit-twice"), (4, "ID", "unit-twice")]


def test_a_unit_without_name_is_refused(tmp_path: Path) -> None:
    """Nobody could find it."""
    assert found(read(tree(tmp_path, ("1", "AKAR", ""), ("2", "", "1")))) == [(3, "NAMA_UNOR", "missing-value")]
