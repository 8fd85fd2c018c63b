"""What a kind of table is made of: fields, their spellings, and which of them it cannot do without."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache


class FileKind(StrEnum):
    """What a file holds."""

    EMPLOYEES = "data-asn"
    UNITS = "unor"
    HISTORY = "riwayat"
    ROLES = "peran"


@dataclass(frozen=True)
class Schema:
    """The columns of one table: field → spellings; required, date and unique fields."""

    name: str
    kind: FileKind
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    dates: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()

    def field_of(self, heading: str) -> str | None:
        """The field that a heading stands for."""
        return self._fields.get(squashed(heading))

    def likeness(self, headings: Collection[str]) -> float:
        """The share of required fields among the headings."""
        found = {self.field_of(heading) for heading in headings}
        return sum(field in found for field in self.required) / len(self.required)

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {squashed(way): field for field, ways in self.columns.items() for way in ways}


@lru_cache(maxsize=4096)
def squashed(heading: str) -> str:
    """A heading without case, blanks and underscores, so that NAMA_UNOR, NamaUnor and "Nama Unor" are one."""
    return "".join(heading.replace("\ufeff", "").replace("\u00a0", " ").replace("_", " ").split()).upper()
