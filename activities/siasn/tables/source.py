"""A source file: its hash, its form told by its first bytes, and its records, read anew for every pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.tables import delimited, jsonlines, workbook
from activities.siasn.tables.cells import Cell, shown, text
from activities.siasn.tables.delimited import Line
from activities.siasn.tables.records import Formats, Record
from activities.siasn.tables.schemas import FileKind, Schema, squashed
from activities.siasn.tables.spellings import HISTORY_OBJECTS, is_dropped, is_unread, named, recognised

MAX_FILE_BYTES = 64 * 1024 * 1024
ZIP, COMPOUND_DOCUMENT = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Columns:
    """Where a table's fields stand, and which of its columns stay outside."""

    width: int
    positions: dict[str, int]
    written: dict[str, str]
    dropped: list[str]
    unknown: list[str]


class Source:
    """One file. Nothing of it is kept: each pass opens it again."""

    def __init__(self, path: Path) -> None:
        """Raise FileRefused when the file is larger than any export."""
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            sizes = {"found": str(size // 1024**2), "expected": str(MAX_FILE_BYTES // 1024**2)}
            raise FileRefused(RowProblem("file-too-large", values=sizes))
        self.path = path
        self.sha256 = digest(path)
        self.kind: FileKind | None = None
        self.dropped_columns: dict[str, None] = {}
        self.unknown_columns: dict[str, None] = {}

    def records(self, faults: list[RowProblem], formats: Formats | None = None) -> Iterator[Record]:
        """Every record of the file's kind in order; rows that are no record are added to the faults.

        Raises FileRefused when the file cannot be read or its kind cannot be told.
        """
        self.kind = None
        with self.path.open("rb") as file:
            start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(COMPOUND_DOCUMENT):
            raise FileRefused(RowProblem("old-workbook"))
        if start.startswith(b"{"):
            yield from self._documents(faults, formats or {})
            return
        tables = workbook.sheets(self.path) if start.startswith(ZIP) else self._only_table()
        for sheet, lines in tables:
            yield from self._table(sheet, lines, faults, formats or {})
        if self.kind is None:
            raise FileRefused(RowProblem("unknown-kind"))

    def _only_table(self) -> Iterator[tuple[str, Iterator[Line]]]:
        yield "", delimited.lines(self.path)

    def _table(self, sheet: str, lines: Iterator[Line], faults: list[RowProblem], formats: Formats) -> Iterator[Record]:
        number, heading = next(lines, (0, ()))
        headings = [text(cell) for cell in heading]
        schema = recognised((sheet, self.path.stem), headings) if headings else None
        if schema is None or not self._is_of_kind(schema):
            if headings and sheet:
                faults.append(RowProblem("sheet-skipped", number, sheet=sheet, values={"found": sheet}))
            return
        columns = self._columns(schema, headings, sheet)
        known = formats.get((sheet, schema.name), {})
        for row, cells in lines:
            if len(cells) != columns.width:
                widths = {"found": str(len(cells)), "expected": str(columns.width)}
                faults.append(RowProblem("ragged-row", row, sheet=sheet, values=widths))
                continue
            picked = {field: cells[position] for field, position in columns.positions.items()}
            yield Record(schema, row, sheet, picked, columns.written, known)

    def _documents(self, faults: list[RowProblem], formats: Formats) -> Iterator[Record]:
        for row, name, fields in jsonlines.items(self.path):
            if fields is None:
                faults.append(RowProblem("not-json", row))
                continue
            schema = named(name) or (None if name else recognised((self.path.stem,), tuple(fields)))
            if schema is None or not self._is_of_kind(schema):
                values = {"found": shown(text(name or self.path.stem)), "expected": ", ".join(HISTORY_OBJECTS)}
                faults.append(RowProblem("unknown-object", row, values=values))
                continue
            found = _fields_of(schema, fields)
            cells = {field: value for field, (_, value) in found.items()}
            written = {field: key for field, (key, _) in found.items()}
            yield Record(schema, row, "", cells, written, formats.get(("", schema.name), {}))

    def _is_of_kind(self, schema: Schema) -> bool:
        self.kind = self.kind or schema.kind
        return self.kind is schema.kind

    def _columns(self, schema: Schema, headings: Sequence[str], sheet: str) -> Columns:
        columns = _columns(schema, headings)
        spellings = [squashed(heading) for heading in headings if heading]
        doubled = [heading for heading in headings if heading and spellings.count(squashed(heading)) > 1]
        missing = [schema.columns[field][0] for field in schema.required if field not in columns.positions]
        wrong = [("duplicate-header", heading) for heading in dict.fromkeys(doubled)]
        wrong += [("missing-column", heading) for heading in missing]
        faults = [RowProblem(code, column=heading, sheet=sheet) for code, heading in wrong]
        if faults:
            raise FileRefused(*faults)
        self.dropped_columns |= dict.fromkeys(columns.dropped)
        self.unknown_columns |= dict.fromkeys(columns.unknown)
        return columns


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(schema: Schema, headings: Sequence[str]) -> Columns:
    columns = Columns(len(headings), {}, {}, [], [])
    for position, heading in enumerate(headings):
        field = schema.field_of(heading)
        if field:
            columns.positions.setdefault(field, position)
            columns.written.setdefault(field, heading)
        elif is_dropped(heading):
            columns.dropped.append(heading)
        elif heading and schema.kind is FileKind.EMPLOYEES and not is_unread(heading):
            columns.unknown.append(heading)
    return columns


def _fields_of(schema: Schema, fields: dict[str, Any]) -> dict[str, tuple[str, Cell]]:
    """Known fields with the key that the document uses; documents inside a document are no cells."""
    found: dict[str, tuple[str, Cell]] = {}
    for key, value in fields.items():
        field = schema.field_of(key)
        if field and not isinstance(value, dict | list) and not (field in found and found[field][1]):
            found[field] = (key, value)
    return found
