"""What is wrong with each place of a request, told without repeating what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.words import Language
from domain.rulebook.model import Text

INVALID = "invalid"
UNKNOWN = "unknown"
WORDS: Mapping[str, Text] = {
    "missing": Text(id="wajib diisi", en="is required"),
    UNKNOWN: Text(id="memuat isian yang tidak dikenal", en="holds a field that is not known"),
    "too-short": Text(id="paling sedikit {least}", en="has at least {least}"),
    "too-long": Text(id="paling banyak {most}", en="has at most {most}"),
    "too-small": Text(id="paling kecil {least}", en="is at least {least}"),
    "too-large": Text(id="paling besar {most}", en="is at most {most}"),
    "no-date": Text(id="bukan tanggal YYYY-MM-DD", en="is no date YYYY-MM-DD"),
    "no-option": Text(id="bukan salah satu pilihan", en="is none of the options"),
    INVALID: Text(id="tidak sah", en="is not valid"),
}
"""Kinds of error; `{least}` and `{most}` are the limits."""
KINDS: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": UNKNOWN,
    "string_too_short": "too-short",
    "too_short": "too-short",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "greater_than_equal": "too-small",
    "less_than_equal": "too-large",
    "date_parsing": "no-date",
    "literal_error": "no-option",
    "enum": "no-option",
    "union_tag_invalid": "no-option",
    "union_tag_not_found": "missing",
}
"""Pydantic's error type → our kind; any other is `invalid`."""
LIMITS = {"min_length": "least", "ge": "least", "max_length": "most", "le": "most"}
PLACES = {"query": "parameter", "path": "parameter", "header": "header", "cookie": "cookie"}


def input_errors(errors: Sequence[Mapping[str, Any]], body: Any, language: Language) -> list[dict[str, str]]:
    """One entry for each error: where (`pointer`, `parameter` or `header`), which `code`, and a `detail`."""
    return [_told(error, body, language) for error in errors]


def _told(error: Mapping[str, Any], body: Any, language: Language) -> dict[str, str]:
    kind = KINDS.get(error["type"], INVALID)
    limits = {LIMITS[name]: str(value) for name, value in error.get("ctx", {}).items() if name in LIMITS}
    where, *path = error["loc"]
    if where in PLACES:
        place = {PLACES[where]: str(path[0])}
    else:
        steps = _steps(path, body)
        # The name of an unknown field is the sender's: point at what holds it.
        place = {"pointer": _pointer(steps[:-1] if kind == UNKNOWN else steps)}
    return {**place, "code": kind, "detail": str(getattr(WORDS[kind].filled(limits), language))}


def _steps(path: Sequence[str | int], body: Any) -> list[str | int]:
    """The path in the body, without the tags of unions that validation puts in between."""
    found: list[str | int] = []
    for index, step in enumerate(path):
        inside = isinstance(body, list) or (isinstance(body, dict) and step in body)
        if inside or index == len(path) - 1:
            found.append(step)
        body = body[step] if inside else body
    return found


def _pointer(steps: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901) as URI fragment."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
