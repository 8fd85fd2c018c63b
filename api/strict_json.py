"""Reads JSON as a ledger must: one meaning for every byte, and text that shows what it is."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

MAX_DEPTH = 20
SPELLING = frozenset("\n\t\u00ad\u200c\u200d")
"""Control and format characters that belong to writing: line break, tab, soft hyphen, joiners."""
HIDDEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories that readers cannot see: NUL, escapes, bidi overrides, lone surrogates."""


class Fault(StrEnum):
    """Why a body is not read; stable words."""

    NO_JSON = "no-json"
    NO_NUMBER = "no-number"
    DUPLICATE_KEY = "duplicate-key"
    TOO_DEEP = "too-deep"
    HIDDEN_CHARACTERS = "hidden-characters"


class Malformed(ValueError):
    """The body is no JSON that this door reads; the fault names why, never the sender's text."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class StrictRequest(Request):
    """A request whose faulty JSON is told when the body is validated, after the caller is known."""

    async def json(self) -> Any:
        """The body's value, or Malformed in its place."""
        try:
            return loads(await self.body())
        except Malformed as fault:
            return fault


class StrictRoute(APIRoute):
    """A route that reads its body by `loads`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, given a strict request."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def loads(body: bytes) -> Any:
    """The value of UTF-8 JSON, its text in NFC with plain line breaks.

    Raises Malformed for what is no JSON, for NaN and infinities, duplicate keys, deep nesting and hidden characters.
    """
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)
    except Malformed:
        raise
    except RecursionError as error:
        raise Malformed(Fault.TOO_DEEP) from error
    except ValueError as error:
        raise Malformed(Fault.NO_JSON) from error
    return _plain(value, MAX_DEPTH)


def visible(text: str) -> str:
    """The text in NFC with plain line breaks; raises Malformed when it hides characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if any(unicodedata.category(letter) in HIDDEN and letter not in SPELLING for letter in text):
        raise Malformed(Fault.HIDDEN_CHARACTERS)
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(Fault.DUPLICATE_KEY)
    return found


def _no_number(_: str) -> NoReturn:
    raise Malformed(Fault.NO_NUMBER)


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise Malformed(Fault.NO_NUMBER)
    return number


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        raise Malformed(Fault.TOO_DEEP)
    match value:
        case str():
            return visible(value)
        case list():
            return [_plain(item, depth - 1) for item in value]
        case dict():
            return {visible(key): _plain(item, depth - 1) for key, item in value.items()}
        case _:
            return value
