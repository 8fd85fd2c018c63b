"""The dated tables that facts are read against: ceilings, periods, freezes, eselon, parameters, decreed holidays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field

from domain.rulebook.model import InForce, Text
from domain.vocabulary import Frozen, Grade

D = TypeVar("D", bound=InForce)


class Ceilings(InForce):
    """Highest grade of a regular promotion by SIASN tingkat pendidikan."""

    ceilings: dict[str, Grade]


class Period(InForce):
    """A calendar of promotions: the months whose first day is a TMT, and when proposals for it close."""

    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(min_length=1)
    closes_months_before: int = Field(ge=1, le=6)
    closes_on_day: int = Field(ge=1, le=28)


class LegalPositions(InForce):
    """SIASN's kedudukan hukum of people who are not in service."""

    not_in_service: list[str]


class Freeze(InForce):
    """A time in which officials may not be moved without a minister's written consent."""

    code: str
    name: Text


class Parameter(InForce):
    """A number of policy for which no rule is the right home."""

    code: str
    value: int


class Eselon(Frozen):
    """An eselon by SIASN reference id and name; order 1 is the highest."""

    code: str
    name: str
    order: int


class Overlay(Frozen):
    """What a joint ministerial decree (SKB) adds to, or takes from, the published days off."""

    decree: str = Field(min_length=1)
    added: list[date] = []
    removed: list[date] = []


@dataclass(frozen=True)
class Reference:
    """All tables of one edition of the rulebook."""

    ceilings: tuple[Ceilings, ...]
    periods: tuple[Period, ...]
    legal_positions: tuple[LegalPositions, ...]
    freezes: tuple[Freeze, ...]
    parameters: tuple[Parameter, ...]
    eselons: tuple[Eselon, ...]
    overlay: tuple[Overlay, ...]

    def ceiling_of(self, level: str, day: date) -> Grade | None:
        """The highest grade that this education reaches under the table of the day, or None when it is not listed."""
        table = current(self.ceilings, day)
        return table.ceilings.get(level) if table else None

    def in_service(self, legal_position: str, day: date) -> bool | None:
        """Whether this kedudukan hukum is one of people in service, under the table of the day."""
        table = current(self.legal_positions, day)
        return legal_position not in table.not_in_service if table else None

    def parameter(self, code: str, day: date) -> int | None:
        """The value of the day."""
        entry = current((p for p in self.parameters if p.code == code), day)
        return entry.value if entry else None

    def freezes_on(self, day: date) -> list[Freeze]:
        """Every freeze that covers the day."""
        return [freeze for freeze in self.freezes if freeze.in_force(day)]

    def eselon(self, text: str) -> Eselon | None:
        """The eselon by its SIASN id ("31") or name ("III.a"); None for none and for unknown spellings."""
        return next((eselon for eselon in self.eselons if text in (eselon.code, eselon.name)), None)


def current(entries: Iterable[D], day: date) -> D | None:
    """The one entry that holds on the day; dates of one code never overlap in a loaded rulebook."""
    return next((entry for entry in entries if entry.in_force(day)), None)
