"""What is wrong with a file or a row of it, said so that an operator can put it right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from activities.siasn.catalogue import EXPLANATIONS, Cure, Severity
from domain.rulebook.model import Text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
HEADINGS = {
    "id": ("lembar", "baris", "kolom", "kode", "tingkat", "yang salah", "yang benar", "perbaiki di"),
    "en": ("sheet", "row", "column", "code", "level", "what is wrong", "what is right", "put right in"),
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One fault: its stable code, where it is (header = row 1, 0 for the whole file), what fills its words."""

    code: str
    row: int = 0
    column: str = ""
    sheet: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """What the fault does: refuse the file, refuse the row, or warn."""
        return EXPLANATIONS[self.code].severity

    @property
    def cure(self) -> Cure:
        """Where it is put right: in the file, in SIASN, or in Jenjang."""
        return EXPLANATIONS[self.code].cure

    @property
    def wrong(self) -> Text:
        """What is wrong, in both languages."""
        return self._filled(EXPLANATIONS[self.code].wrong)

    @property
    def right(self) -> Text:
        """What would be right, in both languages."""
        return self._filled(EXPLANATIONS[self.code].right)

    def _filled(self, sentence: Text) -> Text:
        values = {"row": str(self.row), "column": self.column} | dict(self.values)
        return Text(id=sentence.id.format_map(values), en=sentence.en.format_map(values))


class FileRefused(Exception):
    """Nothing of the file can be used; the problems say why."""

    def __init__(self, *problems: RowProblem) -> None:
        """Keep the problems for whoever reports them."""
        super().__init__(*(problem.code for problem in problems))
        self.problems = list(problems)


def problems_csv(problems: Iterable[RowProblem], language: Literal["id", "en"] = "id") -> str:
    """A sheet with one line per fault, in file order, in which no cell can be taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(HEADINGS[language])
    for problem in problems:
        wrong, right = (getattr(sentence, language) for sentence in (problem.wrong, problem.right))
        cells = (problem.sheet, problem.row or "", problem.column, problem.code, problem.severity)
        writer.writerow([_harmless(cell) for cell in (*cells, wrong, right, problem.cure)])
    return sheet.getvalue()


def _harmless(cell: object) -> str:
    words = str(cell)
    return f"'{words}" if words.startswith(FORMULA_STARTS) else words
