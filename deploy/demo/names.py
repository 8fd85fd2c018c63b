"""Invented names: parts that sound right and are joined at random. No person is meant."""

from __future__ import annotations

from random import Random

MALE = (
    *("Arkanata", "Bramadi", "Cakradita", "Darmasena", "Ekawira", "Fajarwana", "Gunaryo", "Hastawira"),
    *("Indramaya", "Jatikusuma", "Kertawira", "Laksawira", "Mandalaya", "Nirwasita", "Oktawira", "Prabawana"),
    *("Rangganata", "Suryamukti", "Tirtawana", "Umbarasakti", "Wiratmaka", "Yudawira"),
)
FEMALE = (
    *("Anindyasari", "Bintarini", "Candrakanti", "Dyahwulan", "Embunsari", "Gayatriwati", "Hapsarini"),
    *("Intanrini", "Kenangasari", "Larasmaya", "Mayangrini", "Nawangsih", "Padmasari", "Ratnawulan"),
    *("Sekararum", "Tunjungsari", "Utamirini", "Wulanmaya"),
)
LAST = (
    *("Adinegara", "Bayuaji", "Citrawangsa", "Danuwangsa", "Giripraja", "Hardawangsa", "Jayabuana"),
    *("Kartabumi", "Lingganegara", "Martabuana", "Natawangsa", "Pranabuana", "Rajawangsa", "Samudrawangsa"),
    *("Tanubumi", "Wanagiri", "Yasabuana", "Mertasari", "Purbasari", "Langitbiru", "Telagasari"),
)


def invented_name(random: Random, sex: str) -> str:
    """A name of two parts for "M" or "F"."""
    return f"{random.choice(MALE if sex == 'M' else FEMALE)} {random.choice(LAST)}"
