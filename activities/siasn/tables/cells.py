"""What one cell means: text without decoration, identifiers, padded codes, and dates from a closed list."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""A value as a CSV file, a worksheet or a JSON line holds it."""

EMPTY = {"", "-", "null"}
EMPTY_DATES = ("0001-01-01", "0000-00-00", "01-01-0001", "00-00-0000", "9999-12-31", "31-12-9999")
FIRST_YEAR, LAST_YEAR = 1900, 2199
SERIAL_DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000
LONGEST_SHOWN = 40

_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_HUNDREDTHS = re.compile(r"[0-9]{1,5}([.,][0-9]{1,2})?")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_ROUNDED_TO_15_DIGITS = re.compile(r"\d{15}000")
_LONG_NUMBER = re.compile(r"\d{9,}")


class DateFormat(StrEnum):
    """The ways SIASN files write a date. Month before day is not among them."""

    DAY_FIRST = "dd-mm-yyyy"
    YEAR_FIRST = "yyyy-mm-dd"
    SLASHED = "dd/mm/yyyy"
    INSTANT = "yyyy-mm-ddT00:00:00Z"
    SERIAL = "Excel serial"
    CELL = "Excel date"


_DATE_SHAPES = {
    DateFormat.DAY_FIRST: re.compile(r"(?P<d>\d{2})-(?P<m>\d{2})-(?P<y>\d{4})"),
    DateFormat.YEAR_FIRST: re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
    DateFormat.SLASHED: re.compile(r"(?P<d>\d{2})/(?P<m>\d{2})/(?P<y>\d{4})"),
    DateFormat.INSTANT: re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})T00:00:00(\.0+)?Z"),
    DateFormat.SERIAL: re.compile(r"(?P<serial>\d{5})"),
}


def text(cell: Cell) -> str:
    """The words of a cell: without apostrophe, control characters, no-break spaces and words for "empty"."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = str(cell)
    if not words.isprintable():
        words = "".join(letter if letter.isprintable() else " " for letter in words)
    words = words.strip().lstrip("'\u2019").strip()
    return "" if words.lower() in EMPTY else words


def identifier(cell: Cell) -> str:
    """An opaque SIASN id in its one normal spelling: upper case without hyphens; "0" is empty."""
    words = "".join(text(cell).replace("-", "").upper().split())
    return "" if words == "0" else words


def code(cell: Cell, width: int = 2) -> str:
    """A reference code with the zeros that a spreadsheet lost; "0" is empty."""
    words = text(cell)
    if whole := _WHOLE_FLOAT.fullmatch(words):
        words = whole[1]
    return "" if words == "0" else words.zfill(width) if words.isdigit() else words


def number(cell: Cell) -> int | None:
    """A whole number that is not negative, or None."""
    words = text(cell)
    if whole := _WHOLE_FLOAT.fullmatch(words):
        words = whole[1]
    return int(words) if words.isascii() and words.isdigit() and len(words) < LONGEST_SHOWN else None


def hundredths(cell: Cell) -> Decimal | None:
    """A number that is not negative, exact to two decimals behind a comma or a point, or None.

    Three decimals could be thousands, so they are none.
    """
    words = text(cell)
    return Decimal(words.replace(",", ".")) if _HUNDREDTHS.fullmatch(words) else None


def is_rounded_number(cell: Cell) -> bool:
    """Whether an 18-digit number went through a spreadsheet's 15 digits, which nobody can undo."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return True
    words = text(cell)
    return bool(_SCIENTIFIC.fullmatch(words) or _ROUNDED_TO_15_DIGITS.fullmatch(words))


def date_format(cell: Cell) -> DateFormat | None:
    """The one format that the cell's shape belongs to; None for an empty or a foreign one."""
    if isinstance(cell, date):
        return None if is_empty_date(cell) else DateFormat.CELL
    words = date_words(cell)
    return next((form for form, shape in _DATE_SHAPES.items() if words and shape.fullmatch(words)), None)


def read_date(cell: Cell, form: DateFormat | None) -> date | None:
    """The date in a cell of that format, or None when it is none of this age."""
    found = _any_date(cell, form) if form and date_format(cell) is form else None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _any_date(cell: Cell, form: DateFormat) -> date | None:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    parts = _DATE_SHAPES[form].fullmatch(date_words(cell))
    if parts is None:
        return None
    if form is DateFormat.SERIAL:
        serial = int(parts["serial"])
        return SERIAL_DAY_ZERO + timedelta(days=serial) if FIRST_SERIAL <= serial < LAST_SERIAL else None
    try:
        return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def is_empty_date(cell: Cell) -> bool:
    """Whether the cell is one of the ways to write "no date"."""
    words = date_words(cell)
    return words in {"", "0"} or words.startswith(EMPTY_DATES)


def date_words(cell: Cell) -> str:
    """A date cell's text; a serial number that went through a float loses its fraction of zero."""
    words = text(cell)
    whole = _WHOLE_FLOAT.fullmatch(words)
    return whole[1] if whole else words


def shown(value: object) -> str:
    """A value that may stand in a message: short, and no long number beyond its last four digits."""
    words = _LONG_NUMBER.sub(lambda found: "…" + found[0][-4:], str(value).strip())
    return words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"
