"""XLSX workbooks: read by calamine, after their true size has been measured by inflating them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.tables.delimited import Line

MAX_INFLATED_BYTES = 256 * 1024 * 1024
MAX_CELLS = 6_000_000
CHUNK = 64 * 1024
OVERLAP = 256
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
LETTERS = 26

_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,7})["']""")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\b[^>]*\bref\s*=\s*["'](?:[A-Z]+\d+:)?([A-Z]{1,3})(\d{1,7})["']""")


def sheets(path: Path) -> Iterator[tuple[str, Iterator[Line]]]:
    """Each worksheet's name and its rows that hold anything, numbered as the spreadsheet shows them.

    Raises FileRefused when the workbook is damaged, or would need too much memory: calamine keeps every
    cell of a sheet's rectangle, also those that one far-away cell or a false dimension adds.
    """
    _measure(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ is not SheetTypeEnum.WorkSheet:
                    continue
                rows = enumerate(workbook.get_sheet_by_name(sheet.name).iter_rows(), 1)
                yield sheet.name, ((number, cells) for number, cells in rows if any(cell != "" for cell in cells))
    except CalamineError:
        raise FileRefused(RowProblem("damaged-workbook")) from None


def _measure(path: Path) -> None:
    """Inflate every member without keeping it; the sizes that a zip file claims are not believed."""
    left = MAX_INFLATED_BYTES
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            for member in archive.infolist():
                corner = _Corner()
                for chunk in _inflated(file, member):
                    left -= len(chunk)
                    if left < 0:
                        limit = str(MAX_INFLATED_BYTES // 1024**2)
                        raise FileRefused(RowProblem("workbook-too-large", values={"expected": limit}))
                    if member.filename.startswith("xl/worksheets/"):
                        corner.look_at(chunk)
    except (BadZipFile, zlib.error, struct.error, OSError):
        raise FileRefused(RowProblem("damaged-workbook")) from None


class _Corner:
    """The farthest row and column that a worksheet's XML names."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.tail = b""

    def look_at(self, chunk: bytes) -> None:
        """Take in the next piece; a reference that is cut in two is found in the overlap."""
        piece = self.tail + chunk
        self.tail = piece[-OVERLAP:]
        for letters, digits in _REFERENCE.findall(piece) + _DIMENSION.findall(piece):
            self.row, self.column = max(self.row, int(digits)), max(self.column, _column(letters))
        if self.row * self.column > MAX_CELLS:
            reach = {"row": str(self.row), "column": str(self.column)}
            raise FileRefused(RowProblem("sheet-too-large", values=reach))


def _column(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * LETTERS + letter - ord("A") + 1
    return position


def _inflated(file: BinaryIO, member: ZipInfo) -> Iterator[bytes]:
    """The member's true content in pieces of at most CHUNK bytes."""
    if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile
    file.seek(member.header_offset)
    header = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    file.seek(header[-2] + header[-1], 1)
    left = member.compress_size
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (packed := file.read(min(CHUNK, left))):
        left -= len(packed)
        if member.compress_type == ZIP_STORED:
            yield packed
            continue
        while packed:
            yield inflater.decompress(packed, CHUNK)
            packed = inflater.unconsumed_tail
