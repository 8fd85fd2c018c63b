"""What stands beside a value: the number one more, the day after, the next grade, the operator at the boundary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.calendar import first_of_month
from domain.vocabulary import GRADES, Rating

TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w\])])\[[^\[\]]*\]|\w+|>=|<=|==|!=|&&|\|\||[<>]")
OPERATORS = {
    ">=": (">", "<"),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    "<": ("<=", ">="),
    "==": ("!=",),
    "!=": ("==",),
    "&&": ("||",),
    "||": ("&&",),
}
"""What each operator becomes: its neighbour at the boundary, and its opposite."""
FRACTION = re.compile(r"\d+\.\d+")
SHOWN = 24
"""Characters on both sides of a change in an expression."""
LADDERS: tuple[Sequence[str], ...] = (GRADES, tuple(Rating))


def expressions_near(source: str) -> Iterator[tuple[str, str]]:
    """The expression with one number, operator or list changed, for each in turn; and the change in words."""
    for token in TOKEN.finditer(source):
        before, old, after = source[: token.start()], token.group(), source[token.end() :]
        for new in _tokens_near(old):
            yield before + new + after, f"{before[-SHOWN:]}⟨{old} → {new}⟩{after[:SHOWN]}"


def _tokens_near(token: str) -> Iterator[str]:
    if token.isdigit():
        yield from (str(int(token) + 1), str(int(token) - 1))
    elif token.startswith("["):
        elements = token[1:-1].split(",")
        yield from (f"[{','.join(elements[:n] + elements[n + 1 :]).strip()}]" for n in range(len(elements)))
    else:
        yield from OPERATORS.get(token, ())


def values_near(value: Any) -> Iterator[Any]:
    """The values on both sides of a number, a fraction in quotes, a day, a grade or a rating; other words have none."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, date):
        yield from days_near(value)
    elif FRACTION.fullmatch(str(value)):
        number = Decimal(value)
        smallest = Decimal(1).scaleb(int(number.as_tuple().exponent))
        yield from (str(number + smallest), str(number - smallest))
    else:
        for ladder in LADDERS:
            if value in ladder:
                step = ladder.index(value)
                yield from (str(beside) for beside in (*ladder[step + 1 : step + 2], *ladder[max(step - 1, 0) : step]))


def days_near(day: date) -> tuple[date, date]:
    """The day after and the day before; before the first of a month, the month before: most TMTs are such days."""
    return day + timedelta(days=1), first_of_month(day, -1) if day.day == 1 else day - timedelta(days=1)
