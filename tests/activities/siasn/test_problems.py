"""What an operator reads about a fault, on screen and in the sheet."""

from __future__ import annotations

import csv
import io
import re
import string
from pathlib import Path

import pytest

from activities.siasn.catalogue import EXPLANATIONS
from activities.siasn.problems import RowProblem, problems_csv
from tests.support.siasn_files import GOOD, HEAD, read_rows, with_values

SOURCES = Path(__file__).parents[3] / "activities" / "siasn"
FILLED = {"row", "column", "found", "expected", "suggested"}


def test_the_sentence_names_the_fault_and_the_cure(tmp_path: Path) -> None:
    """The example of the import guide, in both languages."""
    (problem,) = read_rows(tmp_path, with_values(GOOD, TMT_CPNS="01-04-2014")).problems

    assert (problem.row, problem.column, problem.code, problem.cure) == (2, "TMT CPNS", "CON_1", "SIASN")
    assert problem.wrong.id == "01-04-2014 tidak cocok dengan NIP (2014-03)"
    assert problem.right.id == "01-03-2014, atau perbaiki NIP di SIASN"
    assert problem.wrong.en == "01-04-2014 does not fit the NIP (2014-03)"


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_every_fault_speaks_both_languages(code: str) -> None:
    """All sentences are there and use only what is filled."""
    explanation = EXPLANATIONS[code]
    sentences = [*explanation.wrong.model_dump().values(), *explanation.right.model_dump().values()]
    holes = {name for sentence in sentences for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert all(sentences)
    assert holes <= FILLED


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_every_fault_can_be_told(code: str) -> None:
    """With what the reader fills, each sentence is complete."""
    problem = RowProblem(code, 4, "TMT CPNS", values={"found": "a", "expected": "b", "suggested": "c"})

    assert "{" not in problem.wrong.id + problem.right.id + problem.wrong.en + problem.right.en


def test_every_code_of_the_catalogue_is_used_and_every_used_one_is_in_it() -> None:
    """A fault without sentence would break the report; a sentence without fault is dead."""
    texts = [path.read_text() for path in SOURCES.rglob("*.py") if path.name != "catalogue.py"]
    used = {code for text in texts for code in re.findall(r'"([a-z0-9-]+|[A-Z]{3}_\d)"', text)}
    reported = {code for text in texts for code in re.findall(r'(?:report|RowProblem)\(\s*"([^"]+)"', text)}

    assert set(EXPLANATIONS) <= used
    assert reported <= set(EXPLANATIONS)


def test_no_nip_stands_in_any_message(tmp_path: Path) -> None:
    """Not even where an operator put it into the wrong column."""
    nip = "199107082014039002"
    rows = [
        with_values(GOOD, GOL_AKHIR_ID=nip, TMT_JABATAN=nip, JENIS_KELAMIN=nip, UNOR_ID=nip),
        with_values(HEAD, TANGGAL_LAHIR="15-03-1981"),
        with_values(HEAD, PNS_ID="X-P3"),
    ]
    sheet = problems_csv(read_rows(tmp_path, *rows, units={}).problems)

    assert sheet.count("\n") > 6
    assert not re.search(r"\d{9}", sheet)
    assert "1981" not in sheet


def test_a_birthday_shows_its_shape_only(tmp_path: Path) -> None:
    """It is half a NIP."""
    problems = read_rows(tmp_path, HEAD, with_values(GOOD, TANGGAL_LAHIR="8/7/1991")).problems

    assert [problem.wrong.id for problem in problems] == ["#/#/#### bukan tanggal berformat dd-mm-yyyy"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_sheet_is_a_formula(start: str) -> None:
    """A heading or value from a hostile file stays text in the operator's spreadsheet."""
    hostile = f"{start}HYPERLINK(1)"
    problem = RowProblem("grade-unknown", 4, hostile, hostile, {"found": "x"})
    _, cells = csv.reader(io.StringIO(problems_csv([problem])))

    assert (cells[0], cells[2]) == (f"'{hostile}", f"'{hostile}")


def test_the_sheet_has_a_line_per_fault_in_the_asked_language(tmp_path: Path) -> None:
    """Headings too."""
    problems = read_rows(tmp_path, with_values(GOOD, NAMA="", JENIS_KELAMIN="X")).problems
    indonesian = list(csv.reader(io.StringIO(problems_csv(problems))))
    english = list(csv.reader(io.StringIO(problems_csv(problems, "en"))))

    assert indonesian[0] == ["lembar", "baris", "kolom", "kode", "tingkat", "yang salah", "yang benar", "perbaiki di"]
    assert english[1:] == [
        ["", "2", "JENIS KELAMIN", "sex-unknown", "refuse-row", "X is neither M nor F", "M or F", "SIASN"],
        ["", "2", "NAMA", "missing-value", "refuse-row", "NAMA is empty", "fill in NAMA", "SIASN"],
    ]
