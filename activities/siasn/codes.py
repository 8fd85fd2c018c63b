"""SIASN's reference codes, as its exports and web service write them.

Sources: reference tables in agencies' published software (golongan, jenis jabatan, eselon, penugasan: several
independent ones; kedudukan hukum, tingkat pendidikan, hukuman: one each). A code that is not listed here is
shown and asked about, never guessed.
"""

from __future__ import annotations

import re

from domain.register.facts import Assignment, PostKind, SanctionLevel
from domain.vocabulary import Grade, Rating

POST_KINDS = {
    "1": PostKind.STRUCTURAL,
    "2": PostKind.FUNCTIONAL,
    "3": PostKind.DOUBLE,
    "4": PostKind.GENERAL,
}
"""Jenis jabatan."""

POST_KIND_NAMES = {
    "STRUKTURAL": PostKind.STRUCTURAL,
    "JABATAN STRUKTURAL": PostKind.STRUCTURAL,
    "FUNGSIONAL TERTENTU": PostKind.FUNCTIONAL,
    "JABATAN FUNGSIONAL TERTENTU": PostKind.FUNCTIONAL,
    "JABATAN FUNGSIONAL": PostKind.FUNCTIONAL,
    "RANGKAP": PostKind.DOUBLE,
    "FUNGSIONAL UMUM": PostKind.GENERAL,
    "JABATAN FUNGSIONAL UMUM": PostKind.GENERAL,
    "PELAKSANA": PostKind.GENERAL,
    "JABATAN PELAKSANA": PostKind.GENERAL,
}

ESELONS = {
    "10": "I.a",
    "11": "I.a",
    "12": "I.b",
    "21": "II.a",
    "22": "II.b",
    "31": "III.a",
    "32": "III.b",
    "41": "IV.a",
    "42": "IV.b",
    "51": "V.a",
    "52": "V.b",
}
"""Eselon; 00 (none), 99 (non-eselon) and a lone digit (eselonLevel) name no eselon."""

EDUCATION = {
    "05": "SD",
    "10": "SLTP",
    "12": "SLTP Kejuruan",
    "15": "SLTA",
    "17": "SLTA Kejuruan",
    "18": "SLTA Keguruan",
    "20": "Diploma I",
    "25": "Diploma II",
    "30": "Diploma III/Sarjana Muda",
    "35": "Diploma IV",
    "40": "S-1/Sarjana",
    "42": "Profesi",
    "45": "S-2",
    "47": "Spesialis",
    "49": "Subspesialis",
    "50": "S-3/Doktor",
}
"""Tingkat pendidikan."""

LEGAL_POSITIONS = {
    *("01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "12", "13", "14", "15", "16", "17", "20", "51", "52"),
    *("66", "67", "68", "69", "70", "71", "72", "73", "77", "88", "89", "90", "91", "92", "98", "99", "101"),
}
"""Kedudukan hukum."""

ACTIVE = "01"
PPPK_POSITIONS = {"17", "71", "72", "73", "101"}
LEFT_SERVICE = {"66", "77", "88", "98", "99"}
"""Kedudukan hukum of people who hold no post any more: dismissed (66, 77, 88), at retirement age, retired."""

OWN_EMPLOYMENT_KINDS = {"", "01", "10", "15"}
"""Jenis pegawai of people who work for their own agency; any other kind is a secondment (one source)."""

RATINGS = {
    "1": Rating.SANGAT_BAIK,
    "2": Rating.BAIK,
    "3": Rating.BUTUH_PERBAIKAN,
    "4": Rating.KURANG,
    "5": Rating.SANGAT_KURANG,
}
"""Kuadran kinerja; 1 is best."""

RATING_NAMES = {
    "SANGAT BAIK": Rating.SANGAT_BAIK,
    "BAIK": Rating.BAIK,
    "BUTUH PERBAIKAN": Rating.BUTUH_PERBAIKAN,
    "CUKUP": Rating.BUTUH_PERBAIKAN,
    "KURANG": Rating.KURANG,
    "SANGAT KURANG": Rating.SANGAT_KURANG,
}

RATING_OF = {
    ("1", "1"): Rating.SANGAT_BAIK,
    ("1", "2"): Rating.BAIK,
    ("2", "1"): Rating.BAIK,
    ("2", "2"): Rating.BAIK,
    ("3", "1"): Rating.BUTUH_PERBAIKAN,
    ("3", "2"): Rating.BUTUH_PERBAIKAN,
    ("1", "3"): Rating.KURANG,
    ("2", "3"): Rating.KURANG,
    ("3", "3"): Rating.SANGAT_KURANG,
}
"""Rating by (hasil kerja, perilaku), 1 above, 2 as, 3 below expectation. Source: PermenPANRB 6/2022."""

ASSIGNMENTS = {
    "": Assignment.DEFINITIVE,
    "D": Assignment.DEFINITIVE,
    "PLT": Assignment.PLT,
    "PLH": Assignment.PLH,
    "PJ": Assignment.PJ,
}
"""Jenis penugasan; TT (tugas tambahan) is no post."""

FUNCTIONAL_KINDS = (PostKind.FUNCTIONAL, PostKind.DOUBLE)
CAREER_LEVEL = re.compile(r"\b(?:AHLI (?:PERTAMA|MUDA|MADYA|UTAMA)|PEMULA|TERAMPIL|MAHIR|PENYELIA)\b")
"""The words of a functional post's name that tell its level (jenjang): "Auditor Ahli Muda", "TERAMPIL - PERAWAT"."""

LEADERSHIP_TRAININGS = {"2": "pim-4", "3": "pim-3", "4": "pim-2", "5": "pim-1"}
"""Latihan struktural."""

SANCTION_LEVELS = {"R": SanctionLevel.LIGHT, "S": SanctionLevel.MEDIUM, "B": SanctionLevel.SEVERE}
SANCTION_LEVEL_OF = (
    dict.fromkeys(("1", "2", "3", "21", "22"), SanctionLevel.LIGHT)
    | dict.fromkeys(("4", "5", "6", "7", "8", "23", "24", "25"), SanctionLevel.MEDIUM)
    | dict.fromkeys(("9", "10", "11", "13", "14", "27", "28"), SanctionLevel.SEVERE)
)
REACTIVATION = "12"
"""The one jenis hukuman that ends a sanction instead of being one."""

SANCTION_MONTHS = {"7": 12, "8": 12, "14": 36, "23": 6, "24": 9, "25": 12, "27": 12, "28": 12}
"""Length in months that the kind itself fixes. Source: PP 94/2021 art. 8 and its transition rule."""


def grade(words: str) -> Grade | None:
    """The grade named by id ("32") or name ("III/b"), or None when nothing is.

    Raises ValueError when it is no golongan ruang.
    """
    roman, slash, letter = words.partition("/")
    return Grade.of_code(f"{roman.strip().upper()}{slash}{letter.strip().lower()}") if words else None


def career_level(kind: PostKind, post_name: str) -> str:
    """The level (jenjang) that a functional post's name tells, as the rulebook's `career_levels.yaml` writes it.

    "" for other kinds, and where the name tells none or more than one.
    """
    words = " ".join(post_name.upper().split())
    told = set(CAREER_LEVEL.findall(words)) if kind in FUNCTIONAL_KINDS else set()
    return told.pop().lower().replace(" ", "-") if len(told) == 1 else ""


def retirement_age(kind: PostKind, eselon: str, post_name: str) -> int:
    """Batas usia pensiun in years, as well as an export can tell it. Source: UU 20/2023 art. 55."""
    words = post_name.upper()
    if kind is PostKind.STRUCTURAL:
        return 60 if eselon.startswith(("I.", "II.")) else 58
    if kind is not PostKind.FUNCTIONAL:
        return 58
    if "UTAMA" in words:
        return 65
    return 60 if "MADYA" in words or "GURU" in words else 58
