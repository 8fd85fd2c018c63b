"""The words everything else is written in: frozen types that refuse bad values."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import core_schema


class Frozen(BaseModel):
    """Base of every value and message: immutable, tolerant of fields that a newer version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


SubjectRef = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""Random reference of one person; names and NIPs stay in the vault under it."""

UnitRef = Annotated[str, Field(min_length=1, max_length=40)]
"""Identifier of an organisational unit (unor), upper case without hyphens."""

PostRef = Annotated[str, Field(min_length=1, max_length=80)]
"""Identifier of a post (jabatan) in a unit."""

AgencyRef = Annotated[str, Field(min_length=1, max_length=40)]
"""Identifier of an agency (instansi)."""


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        message = "an instant needs its offset"
        raise ValueError(message)
    return value


Instant = Annotated[datetime, AfterValidator(_aware)]
"""A moment with its offset; stored in UTC."""


def normal_ref(text: str) -> str:
    """Bring the three spellings of a SIASN identifier (hex upper, hex lower, hyphens) to one."""
    return text.strip().replace("-", "").upper()


class Grade(str):
    """A golongan ruang from I/a to IV/e, ordered by rank.

    Source: PP 99/2000, annex; SIASN codes 11-14, 21-24, 31-34, 41-45.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Raise ValueError when the text is none of the 17 grades."""
        if text not in _PANGKAT:
            message = f"no such golongan ruang: {text!r}"
            raise ValueError(message)
        return super().__new__(cls, text)

    @classmethod
    def of_code(cls, code: str) -> Grade:
        """Read a SIASN reference id such as "32"."""
        return cls(_BY_CODE.get(code, code))

    @property
    def code(self) -> str:
        """The SIASN reference id."""
        roman, letter = self.split("/")
        return f"{_ROMAN.index(roman) + 1}{'abcde'.index(letter) + 1}"

    @property
    def pangkat(self) -> str:
        """The name of the rank, as decrees write it."""
        return _PANGKAT[str(self)]

    @property
    def golongan(self) -> str:
        """The Roman numeral before the slash."""
        return self.split("/")[0]

    @property
    def next(self) -> Grade | None:
        """The grade one level higher, or None at the top."""
        position = _LADDER.index(str(self)) + 1
        return Grade(_LADDER[position]) if position < len(_LADDER) else None

    @property
    def level(self) -> int:
        """Position on the ladder, 1 for I/a to 17 for IV/e."""
        return _LADDER.index(str(self)) + 1

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Validate from text and serialise as text."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


_ROMAN = ("I", "II", "III", "IV")
_PANGKAT = {
    "I/a": "Juru Muda",
    "I/b": "Juru Muda Tingkat I",
    "I/c": "Juru",
    "I/d": "Juru Tingkat I",
    "II/a": "Pengatur Muda",
    "II/b": "Pengatur Muda Tingkat I",
    "II/c": "Pengatur",
    "II/d": "Pengatur Tingkat I",
    "III/a": "Penata Muda",
    "III/b": "Penata Muda Tingkat I",
    "III/c": "Penata",
    "III/d": "Penata Tingkat I",
    "IV/a": "Pembina",
    "IV/b": "Pembina Tingkat I",
    "IV/c": "Pembina Utama Muda",
    "IV/d": "Pembina Utama Madya",
    "IV/e": "Pembina Utama",
}
_LADDER = tuple(_PANGKAT)
_BY_CODE = {Grade(grade).code: grade for grade in _LADDER}
GRADES = tuple(map(Grade, _LADDER))
"""Every golongan ruang, lowest first."""


class Nip(str):
    """A civil servant's number: 18 digits with the dates of birth and of appointment inside.

    Its repr is masked, so that it never reaches a log by accident.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, invented: bool = False) -> Self:
        """Raise ValueError naming the part that is wrong; sex digit 9 passes only for invented people."""
        digits = text.strip().lstrip("'").replace(" ", "").replace("\u00a0", "")
        if not re.fullmatch(r"[0-9]{18}", digits):
            message = "18 digits are needed"
            raise ValueError(message)
        born_on = _date_in(digits[:8], "digits 1-8 (birth)")
        appointed_on = _date_in(digits[8:14] + "01", "digits 9-14 (appointment)")
        if born_on >= appointed_on:
            message = "appointment before birth"
            raise ValueError(message)
        if digits[14] not in ("129" if invented else "12"):
            message = "digit 15 (sex) must be 1 or 2"
            raise ValueError(message)
        if digits[15:] == "000":
            message = "digits 16-18 (sequence) must not be 000"
            raise ValueError(message)
        return super().__new__(cls, digits)

    @property
    def born_on(self) -> date:
        """Date of birth, digits 1-8."""
        return _date_in(self[:8], "birth")

    @property
    def appointed_on(self) -> date:
        """First day of the month of appointment as CPNS, digits 9-14."""
        return _date_in(self[8:14] + "01", "appointment")

    def __repr__(self) -> str:
        """Show the last four digits only."""
        return f"Nip(…{self[-4:]})"


def _date_in(digits: str, where: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        message = f"{where} are no date"
        raise ValueError(message) from error


class Role(StrEnum):
    """Authority that is granted by name and dates, beside what a post gives."""

    VERIFIER = "verifier"
    APPROVER = "approver"
    BOARD = "board"
    PYB = "pyb"
    PPK = "ppk"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    POLICY_OFFICER = "policy-officer"


class Rating(StrEnum):
    """Annual predikat kinerja, best first. Source: PermenPANRB 6/2022."""

    SANGAT_BAIK = "sangat-baik"
    BAIK = "baik"
    BUTUH_PERBAIKAN = "butuh-perbaikan"
    KURANG = "kurang"
    SANGAT_KURANG = "sangat-kurang"
