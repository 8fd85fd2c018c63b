"""The file as a whole: which form, which kind, and what refuses all of it."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import pytest

from activities.siasn.employees import PersonRow
from activities.siasn.reader import SourceChanged
from activities.siasn.tables import workbook
from activities.siasn.tables.schemas import FileKind
from activities.siasn.tables.spellings import DROPPED
from tests.support.siasn_files import (
    GOOD,
    HEAD,
    found,
    read,
    read_rows,
    with_values,
    write_csv,
    write_lines,
    write_xlsx,
)

CANARY = "KENARI7"


def test_a_workbook_and_its_text_hold_the_same_people(tmp_path: Path) -> None:
    """XLSX and CSV differ in nothing but their hash."""
    from_text = read(write_csv(tmp_path / "data_asn.csv", [GOOD, HEAD]))
    from_sheet = read(write_xlsx(tmp_path / "data_asn.xlsx", {"Data ASN": [GOOD, HEAD]}))

    assert list(from_text.rows) == list(from_sheet.rows)
    assert from_text.problems == [] == from_sheet.problems
    assert from_text.sha256 != from_sheet.sha256


def test_the_hash_is_the_files(tmp_path: Path) -> None:
    """The store keeps the hash instead of the file."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD])

    assert read(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_columns_of_the_drop_list_never_leave_the_reader(tmp_path: Path) -> None:
    """Neither rows nor problems hold a value of theirs; their names are reported."""
    private = {name: f"{CANARY} {number}" for number, name in enumerate(DROPPED)}
    broken = with_values(HEAD, TMT_GOLONGAN="bukan tanggal", UNOR_ID="")
    result = read_rows(tmp_path, {**GOOD, **private}, {**broken, **private})

    assert CANARY not in repr(list(result.rows))
    assert CANARY not in repr(result.problems)
    assert result.dropped_columns == list(DROPPED)
    assert result.unknown_columns == []


def test_unknown_columns_are_named_and_not_read(tmp_path: Path) -> None:
    """Agencies add columns of their own."""
    result = read_rows(tmp_path, {**GOOD, "CATATAN KANTOR": CANARY})

    assert result.unknown_columns == ["CATATAN KANTOR"]
    assert CANARY not in repr(list(result.rows))


def test_every_absent_column_is_named_at_once(tmp_path: Path) -> None:
    """An operator exports again once, not five times."""
    row = {name: value for name, value in GOOD.items() if name not in ("TMT CPNS", "UNOR ID")}
    result = read_rows(tmp_path, row)

    assert found(result) == [(0, "TMT CPNS", "missing-column"), (0, "UNOR ID", "missing-column")]
    assert result.refused


def test_a_heading_that_stands_twice_refuses_the_file(tmp_path: Path) -> None:
    """Nobody can tell which of the two columns counts."""
    result = read_rows(tmp_path, {**GOOD, "nama": "LAIN"})

    assert {code for *_, code in found(result)} == {"duplicate-header"}
    assert list(result.rows) == []


def test_mixed_delimiters_refuse_the_file(tmp_path: Path) -> None:
    """Two exports glued together."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD])
    second = write_csv(tmp_path / "other.csv", [HEAD], delimiter=";").read_text().splitlines()[1]
    path.write_text(path.read_text() + second + "\n")

    assert found(read(path)) == [(3, "", "mixed-delimiters")]


def test_a_row_that_lost_a_column_is_refused_alone(tmp_path: Path) -> None:
    """A shifted row would put one field's value into another."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD, HEAD])
    first, second, third = path.read_text().splitlines()
    path.write_text("\n".join((first, second.removesuffix("|DEMO"), third)))
    result = read(path)

    assert found(result) == [(2, "", "ragged-row")]
    assert len(list(result.rows)) == 1


def test_rows_keep_their_numbers_across_blank_lines(tmp_path: Path) -> None:
    """The row in a message is the row in the spreadsheet."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD, with_values(HEAD, NAMA="")])
    heading, first, second = path.read_text().splitlines()
    path.write_text(f"{heading}\n{first}\n\n\n{second}")

    assert found(read(path)) == [(5, "NAMA", "missing-value")]


def test_a_file_without_our_agency_is_refused(tmp_path: Path) -> None:
    """Somebody chose the neighbour's file."""
    result = read_rows(tmp_path, GOOD, agency="LAIN")

    assert found(result) == [(0, "", "no-row-of-agency")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("data_asn.csv", b"", "unknown-kind"),
        ("surat.csv", b"KEPADA|YTH\nBAPAK|IBU\n", "unknown-kind"),
        ("data_asn.csv", "NAMA|PNS ID\nCONTOH \u00e9|X".encode("latin-1"), "not-utf8"),
        ("data_asn.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old-workbook"),
        ("data_asn.xlsx", b"PK\x03\x04" + bytes(100), "damaged-workbook"),
        ("rw-skp22.jsonl", b'{"object": "rw-lain", "data": {"a": 1}}\n', "empty-file"),
    ],
)
def test_a_file_that_is_something_else_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    """No exception leaves the reader; the first problem says why."""
    path = tmp_path / name
    path.write_bytes(content)
    result = read(path)

    assert result.refused
    assert result.problems[0].code == code


def test_a_heading_without_rows_is_empty(tmp_path: Path) -> None:
    """An export that went wrong."""
    path = tmp_path / "data_asn.csv"
    path.write_text("|".join(GOOD) + "\n")

    assert found(read(path)) == [(0, "", "empty-file")]


def test_a_field_that_never_ends_is_refused(tmp_path: Path) -> None:
    """One open quote would swallow the rest of the file."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD])
    path.write_text(path.read_text() + '"' + "x" * 200_000)

    assert [code for *_, code in found(read(path))] == ["unreadable-csv"]


def test_a_file_larger_than_any_export_is_not_opened(tmp_path: Path) -> None:
    """65 MB of nothing."""
    path = tmp_path / "data_asn.csv"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)

    assert [code for *_, code in found(read(path))] == ["file-too-large"]


def packed(path: Path, members: dict[str, bytes]) -> Path:
    """A zip file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_workbook_that_inflates_without_end_is_stopped(tmp_path: Path) -> None:
    """A few hundred kilobytes would become 300 MB."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as file:
        for _ in range(300):
            file.write(bytes(1024 * 1024))
    path = tmp_path / "data_asn.xlsx"
    path.write_bytes(bomb.getvalue())

    assert [code for *_, code in found(read(path))] == ["workbook-too-large"]


def test_a_workbook_that_lies_about_its_size_is_stopped_too(tmp_path: Path) -> None:
    """The directory of the zip says 10 bytes; the content is inflated to be sure."""
    path = packed(tmp_path / "data_asn.xlsx", {"xl/sharedStrings.xml": bytes(300 * 1024 * 1024)})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 10)
    path.write_bytes(content)

    assert [code for *_, code in found(read(path))] == ["workbook-too-large"]


@pytest.mark.parametrize(
    "xml",
    [
        b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>',
        b'<worksheet><sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        b'<worksheet><sheetData><row r="1048576"><c><v>1</v></c></row><row r="1"><c r="CV1"/></row></sheetData>',
        b"<worksheet>"
        + b" " * (workbook.CHUNK - 36)
        + b'<sheetData><row><c r="XFD1048576"/></row></sheetData></worksheet>',
    ],
)
def test_a_sheet_that_claims_a_huge_rectangle_is_refused_before_it_is_loaded(tmp_path: Path, xml: bytes) -> None:
    """Such a sheet has made readers take 125 GB of memory."""
    path = packed(tmp_path / "data_asn.xlsx", {"xl/worksheets/sheet1.xml": xml})

    assert [code for *_, code in found(read(path))] == ["sheet-too-large"]


def test_other_sheets_of_a_workbook_are_named_and_skipped(tmp_path: Path) -> None:
    """Operators keep notes beside the data."""
    sheets = {"Data ASN": [GOOD], "Catatan": [{"HAL": "kirim ke pusat"}]}
    result = read(write_xlsx(tmp_path / "data_asn.xlsx", sheets))

    assert result.kind is FileKind.EMPLOYEES
    assert [(problem.sheet, problem.code) for problem in result.problems] == [("Catatan", "sheet-skipped")]


def test_people_in_several_sheets_are_read_together(tmp_path: Path) -> None:
    """PNS and PPPK in one workbook; the sheet is part of the place of a problem."""
    sheets = {"PNS": [GOOD], "Lain": [with_values(HEAD, NAMA="")]}
    result = read(write_xlsx(tmp_path / "data_asn.xlsx", sheets))

    assert [(problem.sheet, problem.row) for problem in result.problems] == [("Lain", 2)]
    assert [row.siasn_id for row in result.rows if isinstance(row, PersonRow)] == ["XP2"]


def test_a_file_that_changed_after_the_check_is_not_read(tmp_path: Path) -> None:
    """What was confirmed on the preview is what is imported."""
    path = write_csv(tmp_path / "data_asn.csv", [GOOD])
    result = read(path)
    write_csv(path, [HEAD])

    with pytest.raises(SourceChanged):
        list(result.rows)


def test_rows_can_be_gone_through_again(tmp_path: Path) -> None:
    """Once for the difference, once for the import."""
    result = read_rows(tmp_path, GOOD, HEAD)

    assert list(result.rows) == list(result.rows)
    assert len(list(result.rows)) == result.checked == 2


def test_a_line_longer_than_any_object_is_refused(tmp_path: Path) -> None:
    """One object per line, not one file per line."""
    path = write_lines(tmp_path / "rw-skp22.jsonl", [{"tahun": "x" * 1_100_000}])

    assert [code for *_, code in found(read(path))] == ["line-too-long"]
