"""CSV files: `|`, `;`, `,` or tab between columns, UTF-8 with or without a byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.tables.cells import Cell

DELIMITERS = "|;,\t"

Line = tuple[int, Sequence[Cell]]
"""Row number as a spreadsheet shows it, and the cells."""


def lines(path: Path) -> Iterator[Line]:
    """All rows that hold anything, the heading first; none is kept.

    Raises FileRefused when the text is not UTF-8, cannot be split, or mixes delimiters.
    """
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            blank, heading = next(((n, line) for n, line in enumerate(file) if line.strip()), (0, ""))
            delimiter = max(DELIMITERS, key=heading.count)
            width = 0
            rows = csv.reader(chain([heading], file), delimiter=delimiter)
            for number, cells in enumerate(rows, blank + 1):
                if any(cell.strip() for cell in cells):
                    width = width or len(cells)
                    if _is_split_otherwise(cells, width, delimiter):
                        raise FileRefused(RowProblem("mixed-delimiters", number))
                    yield number, cells
    except UnicodeDecodeError:
        raise FileRefused(RowProblem("not-utf8")) from None
    except csv.Error:
        raise FileRefused(RowProblem("unreadable-csv", number + 1)) from None


def _is_split_otherwise(cells: Sequence[str], width: int, delimiter: str) -> bool:
    """Whether another delimiter, and only that one, would give the row the heading's width."""
    if len(cells) == width > 1:
        return False
    others = (sum(cell.count(other) for cell in cells) for other in DELIMITERS if other != delimiter)
    return len(cells) < width and any(count + 1 == width for count in others)
