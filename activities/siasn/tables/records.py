"""A record: one row's cells under our names, with the problems found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from activities.siasn.catalogue import Severity
from activities.siasn.problems import RowProblem
from activities.siasn.tables import cells
from activities.siasn.tables.cells import Cell, DateFormat
from activities.siasn.tables.schemas import Schema
from domain.register.events import UnitDescribed

LONGEST_REFERENCE = 36

Progress = Callable[[int], None]
"""Told how many rows are done, now and then."""

Formats = Mapping[tuple[str, str], Mapping[str, DateFormat]]
"""The date format of each field, by (sheet, schema)."""


@dataclass(frozen=True)
class Terms:
    """What the reader is told: are people invented, whose file it is, the known units, and the day."""

    invented_people: bool = False
    agency: str = ""
    units: Mapping[str, UnitDescribed] | None = None
    as_of: date | None = None


@dataclass
class Record:
    """Cells by field, with the file's own headings (`written`) and the date format of each column."""

    schema: Schema
    row: int
    sheet: str
    cells: Mapping[str, Cell]
    written: Mapping[str, str]
    formats: Mapping[str, DateFormat] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether a problem of this row refuses it."""
        return any(problem.severity is Severity.REFUSE_ROW for problem in self.problems)

    def report(self, code: str, field_name: str = "", **values: object) -> None:
        """Add a problem at a field; long numbers in the values are masked."""
        safe = {key: cells.shown(value) for key, value in values.items()}
        self.problems.append(RowProblem(code, self.row, self.heading(field_name), self.sheet, safe))

    def heading(self, field_name: str) -> str:
        """The field's column as this file spells it, else as SIASN does."""
        return self.written.get(field_name) or (self.schema.columns[field_name][0] if field_name else "")

    def text(self, field_name: str) -> str:
        """The words of the cell, "" when it is empty or absent."""
        return cells.text(self.cells.get(field_name))

    def identifier(self, field_name: str) -> str:
        """The opaque id in its normal spelling, "" when empty."""
        return cells.identifier(self.cells.get(field_name))

    def reference(self, field_name: str) -> str:
        """The opaque id, or "" when it is empty or no id; the latter is reported."""
        words = self.identifier(field_name)
        if len(words) > LONGEST_REFERENCE:
            self.report("identifier-too-long", field_name, found=words)
            return ""
        return words

    def needed_reference(self, field_name: str) -> str:
        """The opaque id that the row cannot do without; its absence is reported."""
        if not self.identifier(field_name):
            self.report("missing-value", field_name)
        return self.reference(field_name)

    def required(self, field_name: str) -> str:
        """The words of a cell that the row cannot do without; their absence is reported."""
        words = self.text(field_name)
        if not words:
            self.report("missing-value", field_name)
        return words

    def code(self, field_name: str, width: int = 2) -> str:
        """The reference code with its zeros, "" when empty."""
        return cells.code(self.cells.get(field_name), width)

    def number(self, field_name: str) -> int | None:
        """The whole number, or None."""
        return cells.number(self.cells.get(field_name))

    def hundredths(self, field_name: str) -> Decimal | None:
        """The number, exact to two decimals, or None."""
        return cells.hundredths(self.cells.get(field_name))

    def needed_date(self, field_name: str) -> date | None:
        """A date that the row cannot do without; its absence is reported."""
        cell = self.cells.get(field_name)
        if cells.is_empty_date(cell):
            self.report("missing-value", field_name)
            return None
        return self._read_date("unreadable-date", field_name)

    def optional_date(self, field_name: str, unreadable: str = "date-ignored") -> date | None:
        """A date that may be empty; one that cannot be read is reported under the given code."""
        if cells.is_empty_date(self.cells.get(field_name)):
            return None
        return self._read_date(unreadable, field_name)

    def _read_date(self, unreadable: str, field_name: str) -> date | None:
        cell, form = self.cells.get(field_name), self.formats.get(field_name)
        found = cells.read_date(cell, form)
        if found is None:
            shape = _outline(cells.text(cell)) if field_name == "born_on" else cells.text(cell)
            self.report(unreadable, field_name, found=shape, expected=form or DateFormat.DAY_FIRST)
        return found


def _outline(words: str) -> str:
    """The shape of a date of birth, whose digits are half a NIP."""
    return "".join("#" if letter.isdigit() else letter for letter in words)


def given(**values: object) -> dict[str, Any]:
    """The values that say something: a fact made of them does not claim the others to be empty."""
    return {name: value for name, value in values.items() if value not in ("", None)}
