"""JSON Lines: one history object per line, wrapped as the web service does or plain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from activities.siasn.problems import FileRefused, RowProblem

LONGEST_LINE = 1024 * 1024

Item = tuple[int, str, dict[str, Any] | None]
"""Line number, the object's name if the line gives one, and its fields; None for a line without object."""


def items(path: Path) -> Iterator[Item]:
    """Every object of the file in order; an answer without data ("data": null or a sentence) holds none.

    Raises FileRefused when the text is not UTF-8 or a line is longer than any object.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise FileRefused(RowProblem("line-too-long", number))
                if line.strip():
                    yield from _unwrapped(number, line)
    except UnicodeDecodeError:
        raise FileRefused(RowProblem("not-utf8")) from None


def _unwrapped(number: int, line: str) -> Iterator[Item]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        yield number, "", None
        return
    name = content.get("object")
    if "data" not in content:
        yield number, name if isinstance(name, str) else "", content
        return
    data = content["data"]
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield number, name if isinstance(name, str) else "", item
