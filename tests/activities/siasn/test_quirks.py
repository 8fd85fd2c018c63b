"""What real exports do to their cells, and how each is read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from activities.siasn.employees import PersonRow
from activities.siasn.tables import cells
from activities.siasn.tables.cells import Cell, DateFormat
from domain.register.facts import EducationEarned, Fact, PostHeld
from tests.support.siasn_files import GOOD, HEAD, Row, found, read, read_rows, with_values, write_csv, write_xlsx


def facts_of(folder: Path, row: Row) -> list[Fact]:
    """The facts of a file's one person."""
    (person,) = read_rows(folder, row).rows
    assert isinstance(person, PersonRow)
    return person.facts


DECORATED = [
    "'1234",
    "  1234 ",
    "\u00a01234\u00a0",
    "\u20191234",
    "\ufeff1234",
    "12\u000034".replace("\u0000", "") + "\t",
]


@pytest.mark.parametrize("cell", DECORATED)
def test_decoration_around_text_is_taken_off(cell: str) -> None:
    """Apostrophes, blanks, no-break spaces and marks are no part of a value."""
    assert cells.text(cell) == "1234"


def test_control_characters_never_pass(tmp_path: Path) -> None:
    """A database refuses NUL in text, and a name needs no line break."""
    (person,) = read_rows(tmp_path, with_values(GOOD, NAMA="CONTOH\x00DUA\n")).rows

    assert isinstance(person, PersonRow)
    assert person.name == "CONTOH DUA"


@pytest.mark.parametrize("cell", ["", "-", "null", "NULL", "  ", None, "'"])
def test_words_for_empty_are_empty(cell: Cell) -> None:
    """Exports write "null" and "-" where nothing is known."""
    assert cells.text(cell) == ""


@pytest.mark.parametrize(
    ("cell", "code"), [("1", "01"), (1, "01"), (1.0, "01"), ("1.0", "01"), ("101", "101"), ("0", ""), ("C", "C")]
)
def test_lost_zeros_of_codes_come_back(cell: Cell, code: str) -> None:
    """A spreadsheet makes 1 of 01; three characters stay three, and a lone 0 is empty."""
    assert cells.code(cell) == code


def test_an_education_that_lost_its_zero_is_known(tmp_path: Path) -> None:
    """5 is 05, SD."""
    facts = facts_of(tmp_path, with_values(GOOD, TINGKAT_PENDIDIKAN_ID="5", TAHUN_LULUS="1999"))

    assert EducationEarned(valid_from=date(1999, 12, 31), level="05", year=1999) in facts


@pytest.mark.parametrize(
    "cell",
    [
        "0AF3C2D1000040008000000000000ABC",
        "0af3c2d1000040008000000000000abc",
        "0af3c2d1-0000-4000-8000-000000000abc",
    ],
)
def test_three_shapes_of_an_id_are_one(cell: str) -> None:
    """Upper case, lower case and hyphens."""
    assert cells.identifier(cell) == "0AF3C2D1000040008000000000000ABC"


def test_zero_is_no_id_but_it_is_a_number() -> None:
    """0 is a value in MK only."""
    assert (cells.identifier("0"), cells.number("0"), cells.number("-")) == ("", 0, None)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("01-04-2025", DateFormat.DAY_FIRST),
        ("2025-04-01", DateFormat.YEAR_FIRST),
        ("01/04/2025", DateFormat.SLASHED),
        ("2025-04-01T00:00:00Z", DateFormat.INSTANT),
        ("2025-04-01T00:00:00.000Z", DateFormat.INSTANT),
        (45748, DateFormat.SERIAL),
        (45748.0, DateFormat.SERIAL),
        ("45748", DateFormat.SERIAL),
        (date(2025, 4, 1), DateFormat.CELL),
        (datetime(2025, 4, 1), DateFormat.CELL),  # noqa: DTZ001 - as a worksheet gives it
    ],
)
def test_each_format_of_the_list_is_read(cell: Cell, form: DateFormat) -> None:
    """The same day in every way that exports write it."""
    assert cells.date_format(cell) is form
    assert cells.read_date(cell, form) == date(2025, 4, 1)


@pytest.mark.parametrize("cell", ["04-31-2025", "1-4-2025", "2025-04-01T17:00:00Z", "1 April 2025", "20250401"])
def test_other_formats_are_no_dates(cell: str) -> None:
    """Nothing is guessed: month before day, other offsets and words are refused."""
    form = cells.date_format(cell)

    assert form is None or cells.read_date(cell, form) is None


@pytest.mark.parametrize("cell", ["", "-", "null", "0001-01-01", "0001-01-01T00:00:00Z", "0000-00-00", "31-12-9999", 0])
def test_ways_to_write_no_date_are_empty(cell: Cell) -> None:
    """None of them is an instant in antiquity, or at the end of time."""
    assert cells.is_empty_date(cell)
    assert cells.date_format(cell) is None or cells.read_date(cell, cells.date_format(cell)) is None


def test_a_column_has_one_date_format(tmp_path: Path) -> None:
    """The minority of a mixed column is refused, with the format of the column."""
    rows = [GOOD, HEAD, with_values(GOOD, PNS_ID="X-P7", NIP_BARU="199107082014039007", TMT_GOLONGAN="2021-12-01")]
    result = read_rows(tmp_path, *rows)

    assert found(result) == [(4, "TMT GOLONGAN", "unreadable-date")]
    assert result.problems[0].right.id == "dd-mm-yyyy, sama untuk seluruh kolom"


def test_a_spreadsheet_that_read_some_days_as_months_is_caught(tmp_path: Path) -> None:
    """An American Excel makes date cells of days up to 12 and leaves the others as text."""
    others = [
        with_values(
            HEAD, PNS_ID=f"X-P{n}", NIP_BARU=f"19800315200501901{n}", TMT_GOLONGAN="15-04-2022", UNOR_ID=f"X-U{n}"
        )
        for n in (3, 4)
    ]
    swapped = with_values(GOOD, TMT_GOLONGAN=date(2021, 1, 12))
    result = read(write_xlsx(tmp_path / "data_asn.xlsx", {"Data": [swapped, *others]}))

    assert (2, "TMT GOLONGAN", "unreadable-date") in found(result)


@pytest.mark.parametrize(
    "nip", [1.99107082014039e17, 199107082014039002, "1.99107E+17", "1,99E+17", "199107082014039000"]
)
def test_a_numeric_nip_refuses_the_file(tmp_path: Path, nip: object) -> None:
    """18 digits do not fit a spreadsheet's number; nobody can repair the last ones."""
    rows = [HEAD, with_values(GOOD, NIP_BARU=nip)]
    result = read(write_xlsx(tmp_path / "data_asn.xlsx", {"Data": rows}))

    assert result.refused
    assert found(result) == [(3, "NIP BARU", "numeric-nip")]
    assert result.problems[0].wrong.id.startswith("Excel telah membulatkan NIP")
    assert list(result.rows) == []


def test_a_post_is_matched_by_id_whatever_its_name(tmp_path: Path) -> None:
    """Old and contract names of one post are one post."""
    old = facts_of(tmp_path, with_values(GOOD, JENIS_JABATAN_ID="2", JABATAN_NAMA="TERAMPIL - PERAWAT"))
    new = facts_of(tmp_path, with_values(GOOD, JENIS_JABATAN_ID="2", JABATAN_NAMA="PERAWAT TERAMPIL"))

    assert [fact.post for fact in old + new if isinstance(fact, PostHeld)] == ["jf/XJ4@XU2"] * 2


@pytest.mark.parametrize("delimiter", ["|", ";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_delimiter_with_and_without_mark_reads_alike(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """The mark is no part of the first heading."""
    result = read(write_csv(tmp_path / "data_asn.csv", [GOOD, HEAD], delimiter, encoding))

    assert len(list(result.rows)) == 2
    assert found(result) == []


@pytest.mark.parametrize(
    "spell", [str.lower, str.title, lambda heading: heading.replace(" ", "_"), lambda h: f" {h}  "]
)
def test_columns_are_matched_by_name_in_any_spelling_and_order(tmp_path: Path, spell: object) -> None:
    """Case, underscores and blanks do not matter, nor where a column stands."""
    assert callable(spell)
    row = {spell(heading): value for heading, value in reversed(GOOD.items())}
    (person,) = read_rows(tmp_path, row).rows

    assert isinstance(person, PersonRow)
    assert person.facts == facts_of(tmp_path, GOOD)
