"""An invented office, as register facts: who leads whom, and who holds which role."""

from __future__ import annotations

from datetime import date

from domain.register.changes import PersonFacts
from domain.register.events import Source, UnitDescribed
from domain.register.facts import (
    AppointmentMade,
    BirthKnown,
    EducationEarned,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    RoleGranted,
    StandingHeld,
)
from domain.vocabulary import Grade, Rating, Role

AGENCY = "DEMO"
SOURCE = Source(file_sha256="0" * 64, file_kind="test")
LONG_AGO = date(2020, 1, 1)

ROOT = UnitDescribed(unit="ROOT", name="Pemerintah Kabupaten Contoh")
OFFICE = UnitDescribed(unit="DINAS-A", name="Dinas A", parent="ROOT", eselon="22", head_post="unit/DINAS-A")
SECTION = UnitDescribed(unit="SEKSI-A1", name="Seksi A1", parent="DINAS-A", eselon="41", head_post="unit/SEKSI-A1")
OTHER_OFFICE = UnitDescribed(unit="DINAS-B", name="Dinas B", parent="ROOT", eselon="22", head_post="unit/DINAS-B")
OTHER_SECTION = UnitDescribed(
    unit="SEKSI-B1", name="Seksi B1", parent="DINAS-B", eselon="41", head_post="unit/SEKSI-B1"
)
UNITS = [ROOT, OFFICE, SECTION, OTHER_OFFICE, OTHER_SECTION]


def ref(number: int) -> str:
    """A subject reference that reads as a number."""
    return f"{number:032x}"


STAFF, HEAD, CHIEF, VERIFIER, APPROVER, PPK, BOARD, ADMIN, PYB, OTHER_HEAD, OTHER_CHIEF = (ref(n) for n in range(1, 12))


def seat(unit: str, since: date = LONG_AGO) -> PostHeld:
    """The post that leads a unit."""
    return PostHeld(
        valid_from=since,
        post=f"unit/{unit}",
        name=f"Kepala {unit}",
        post_kind=PostKind.STRUCTURAL,
        unit=unit,
        eselon="41",
        job_class=9,
    )


def staff_facts(rank_from: date = date(2021, 12, 1), grade: str = "III/b") -> list[Fact]:
    """A member of the section's staff with an S-1, in rank since the day, rated good."""
    return [
        BirthKnown(valid_from=date(1990, 7, 1)),
        StandingHeld(valid_from=date(2014, 3, 1), legal_position="01", service_status="P"),
        AppointmentMade(valid_from=date(2014, 3, 1), pns_from=date(2015, 4, 1)),
        EducationEarned(valid_from=date(2013, 7, 1), level="40", year=2013),
        RankHeld(valid_from=rank_from, grade=Grade(grade), service_years=7, service_months=9),
        PostHeld(
            valid_from=LONG_AGO, post="jfu/1@SEKSI-A1", name="Analis", post_kind=PostKind.GENERAL, unit="SEKSI-A1"
        ),
        *ratings(),
    ]


def ratings() -> list[Fact]:
    """Good ratings for every year that a test may ask for."""
    return [
        RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=Rating.BAIK)
        for year in range(2020, 2030)
    ]


def official(unit: str, since: date = LONG_AGO) -> list[Fact]:
    """A head with a clean standing and an S-1."""
    return [
        BirthKnown(valid_from=date(1980, 7, 1)),
        StandingHeld(valid_from=date(2005, 1, 1), legal_position="01", service_status="P"),
        AppointmentMade(valid_from=date(2005, 1, 1), pns_from=date(2006, 2, 1)),
        EducationEarned(valid_from=date(2004, 7, 1), level="40", year=2004),
        RankHeld(valid_from=date(2022, 4, 1), grade=Grade("III/d")),
        seat(unit, since),
        *ratings(),
    ]


def granted(role: Role) -> list[Fact]:
    """Someone who is known for a role only."""
    return [RoleGranted(valid_from=LONG_AGO, role=role)]


def everybody() -> list[PersonFacts]:
    """The whole office."""
    facts: dict[str, list[Fact]] = {
        STAFF: staff_facts(),
        HEAD: official("SEKSI-A1", date(2023, 6, 1)),
        CHIEF: official("DINAS-A"),
        VERIFIER: granted(Role.VERIFIER),
        APPROVER: granted(Role.APPROVER),
        PPK: granted(Role.PPK),
        BOARD: granted(Role.BOARD),
        ADMIN: granted(Role.ADMINISTRATOR),
        PYB: granted(Role.PYB),
        OTHER_HEAD: official("SEKSI-B1", date(2023, 6, 1)),
        OTHER_CHIEF: official("DINAS-B"),
    }
    return [PersonFacts(subject=subject, facts=facts) for subject, facts in facts.items()]
