"""CEL expressions over plain values: the only module that knows the evaluator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

import cel

Plain = bool | int | Decimal | str | date | list[str] | None
"""What an input of a rule may be. No floats: they are not exact; a decimal is counted in hundredths."""

FUNCTIONS = frozenset({
    *("_&&_", "_||_", "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_?_:_"),
    *("_+_", "_-_", "_*_", "_/_", "_%_", "-_", "size", "timestamp"),
})  # fmt: skip
LITERAL = re.compile(r"'([^']*)'")
"""A word in an expression."""
_NULL_TEST = re.compile(r"(\w+)\s*[!=]=\s*null\b|\bnull\s*[!=]=\s*(\w+)")


class ExpressionInvalid(ValueError):
    """The text is no usable expression; the message says why."""


class ExpressionFailed(Exception):
    """A rule has no answer although every input is known: the rule is wrong, not the person."""

    def __init__(self, where: str, source: str, reason: str) -> None:
        """Name the rule."""
        super().__init__(f"{where}: {source!r} cannot be answered: {reason}")


class Expression:
    """One condition, compiled once.

    An input that is null is *unknown*: `&&` and `||` answer where the known side decides, everything else has no
    answer. Only an input that the expression itself compares with `null` is handed over as null.
    """

    def __init__(self, where: str, source: str) -> None:
        """Raise ExpressionInvalid when the text is no expression, or uses a function that is not offered."""
        self.where = where
        self.source = source
        try:
            self._program = cel.compile(source)
        except ValueError as error:
            reason = next((line for line in str(error).splitlines() if "ERROR" in line), str(error))
            raise ExpressionInvalid(reason.partition("ERROR: ")[2] or reason) from error
        if unknown := sorted(set(self._program.functions()) - FUNCTIONS):
            message = f"unknown function {', '.join(unknown)}"
            raise ExpressionInvalid(message)
        self.names = frozenset(self._program.variables())
        self._null_tested = frozenset(name for pair in _NULL_TEST.findall(source) for name in pair if name)

    def unknown(self, values: Mapping[str, Plain]) -> list[str]:
        """The inputs without which the expression may have no answer."""
        return sorted(name for name in self.names - self._null_tested if values.get(name) is None)

    def ruled_out_by(self, values: Mapping[str, Plain]) -> bool:
        """Whether these inputs make it false, whatever the others are."""
        return self._null_tested <= values.keys() and self.answer(values) is False

    def answer(self, values: Mapping[str, Plain]) -> bool | None:
        """True, False, or None when an unknown input decides. Raise ExpressionFailed when the rule is wrong."""
        given = {name: _handed_over(values[name]) for name in self.names if values.get(name) is not None}
        given |= dict.fromkeys(self._null_tested - given.keys())
        try:
            result = self._program.execute(given)
        except Exception as error:
            if self.unknown(values):
                return None
            raise ExpressionFailed(self.where, self.source, str(error)) from error
        if not isinstance(result, bool):
            raise ExpressionFailed(self.where, self.source, f"the answer is {result!r}, neither true nor false")
        return result


@lru_cache(maxsize=4096)
def compiled(where: str, source: str) -> Expression:
    """The condition of that place; the same text is compiled once, however often a rulebook is loaded."""
    return Expression(where, source)


def _handed_over(value: Plain) -> object:
    # The evaluator has no dates: a day is its first instant in UTC, on both sides of a comparison.
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    # Nor has it decimals: both sides of a comparison are handed over in hundredths.
    if isinstance(value, Decimal):
        return int(value * 100)
    return value
