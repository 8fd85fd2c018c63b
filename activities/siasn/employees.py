"""One row of the bulk export → a person with dated facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import InstanceOf

from activities.siasn import codes
from activities.siasn.careers import Career, read_career
from activities.siasn.employee_warnings import warn
from activities.siasn.posts import post_ref
from activities.siasn.tables.records import Record, Terms, given
from activities.siasn.tables.survey import Survey
from domain.calendar import first_of_month
from domain.register.facts import (
    AppointmentMade,
    BirthKnown,
    EducationEarned,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    StandingHeld,
)
from domain.vocabulary import Frozen, Nip

Sex = Literal["M", "F"]
SEX_DIGITS: dict[Sex, str] = {"M": "1", "F": "2"}
INVENTED_SEX_DIGIT = "9"
MONTHS_OF_A_YEAR = 12


class PersonRow(Frozen):
    """A person as one row describes them; a PPPK's number is no `Nip` and is left out."""

    siasn_id: str
    nip: InstanceOf[Nip] | None = None
    name: str
    front_title: str = ""
    back_title: str = ""
    born_on: date
    sex: Sex
    agency: str
    facts: list[Fact]


def person(record: Record, survey: Survey, terms: Terms) -> PersonRow | None:
    """The person of one row, or None when the row is refused; faults are reported to the record."""
    career = read_career(record, terms)
    sex = _sex(record)
    nip = _nip(record, survey, terms, career)
    siasn_id, name, agency = _siasn_id(record, survey), record.required("name"), _agency(record, terms)
    facts = list(_facts(record, survey, career))
    warn(record, career, terms)
    if record.refused or sex is None or career.born_on is None:
        return None
    titles = given(front_title=record.text("front_title"), back_title=record.text("back_title"))
    return PersonRow(
        siasn_id=siasn_id,
        nip=nip,
        name=name,
        **titles,
        born_on=career.born_on,
        sex=sex,
        agency=agency,
        facts=facts,
    )


def _siasn_id(record: Record, survey: Survey) -> str:
    siasn_id = record.needed_reference("siasn_id")
    if survey.is_doubled(record, "siasn_id"):
        record.report("siasn-id-twice", "siasn_id", found=siasn_id)
    return siasn_id


def _sex(record: Record) -> Sex | None:
    found = record.text("sex").upper()
    sex = next((sex for sex in SEX_DIGITS if sex == found), None)
    if sex is None:
        record.report("sex-unknown", "sex", found=found or "-")
    return sex


def _agency(record: Record, terms: Terms) -> str:
    home, work = record.reference("home_agency"), record.reference("work_agency")
    if terms.agency and terms.agency not in (home, work):
        record.report("other-agency", "home_agency", found=home or work or "-", expected=terms.agency)
    elif not home and not terms.agency:
        record.report("missing-value", "home_agency")
    return terms.agency or home


def _nip(record: Record, survey: Survey, terms: Terms, career: Career) -> Nip | None:
    digits = record.text("nip").replace(" ", "")
    if not re.fullmatch(r"[0-9]{18}", digits):
        record.report("nip-digits" if digits else "missing-value", "nip")
        return None
    if survey.is_doubled(record, "nip"):
        record.report("nip-twice", "nip", found=digits[-4:])
    if career.born_on and digits[:8] != f"{career.born_on:%Y%m%d}":
        record.report("nip-birth", "born_on")
    _check_sex_digit(record, digits[14], invented=terms.invented_people)
    if career.is_pppk:
        _check_contract_year(record, digits[8:12], career.cpns_from)
        return None
    _check_appointment(record, digits[8:14], career.cpns_from)
    try:
        return Nip(digits, invented=True)
    except ValueError:
        record.report("nip-impossible", "nip")
        return None


def _check_sex_digit(record: Record, digit: str, *, invented: bool) -> None:
    found = record.text("sex").upper()
    if digit in SEX_DIGITS.values():
        if found in SEX_DIGITS and {"1": "M", "2": "F"}[digit] != found:
            record.report("nip-sex", "sex", found=found, expected=digit)
    elif not (invented and digit == INVENTED_SEX_DIGIT):
        record.report("nip-sex-impossible", "nip", found=digit)


def _check_appointment(record: Record, digits: str, cpns_from: date | None) -> None:
    if cpns_from and digits != f"{cpns_from:%Y%m}":
        year, month = digits[:4], digits[4:]
        expected = {"expected": f"{year}-{month}", "suggested": f"{month}-{year}"}
        record.report("CON_1", "cpns_from", found=f"{cpns_from:%d-%m-%Y}", **expected)


def _check_contract_year(record: Record, year: str, hired_from: date | None) -> None:
    if hired_from and year != f"{hired_from:%Y}":
        record.report("CON_4", "cpns_from", found=f"{hired_from:%Y}", expected=year)


def _facts(record: Record, survey: Survey, career: Career) -> Iterator[Fact]:
    if career.born_on:
        yield BirthKnown(valid_from=first_of_month(career.born_on))
    if career.cpns_from:
        yield AppointmentMade(valid_from=career.cpns_from, **given(pns_from=career.pns_from))
        yield StandingHeld(
            valid_from=career.pns_from or career.cpns_from,
            legal_position=career.legal_position,
            service_status=career.status,
        )
        yield from _education(record, career.cpns_from)
    if career.grade and career.grade_from:
        yield RankHeld(valid_from=career.grade_from, grade=career.grade, **given(**_service(record)))
    if career.post_kind and career.post_from and career.unit and not career.has_left:
        yield from _post(record, survey, career, career.post_kind)


def _service(record: Record) -> dict[str, int]:
    """Service for pay at the rank's TMT, as the file says it; never recomputed."""
    years, months = record.number("service_years"), record.number("service_months")
    if years is None or months is None or months >= MONTHS_OF_A_YEAR:
        found = f"{record.text('service_years')}/{record.text('service_months')}"
        record.report("service-unread", "service_years", found=found)
        return {}
    return {"service_years": years, "service_months": months}


def _post(record: Record, survey: Survey, career: Career, kind: PostKind) -> Iterator[PostHeld]:
    if kind is PostKind.STRUCTURAL and survey.heads[career.unit] > 1:
        record.report("TIM_4", "unit", found=career.unit)
    elif career.post_from:
        yield PostHeld(
            valid_from=career.post_from,
            post=post_ref(kind, career.post_id, career.unit),
            name=career.post_name,
            post_kind=kind,
            unit=career.unit,
            **given(
                eselon=career.eselon if kind is PostKind.STRUCTURAL else "",
                career_level=codes.career_level(kind, career.post_name),
            ),
        )


def _education(record: Record, otherwise_from: date) -> Iterator[EducationEarned]:
    """The highest recorded education, from the end of its year; without a year, from the appointment."""
    level, year = record.code("education"), record.number("education_year")
    if level not in codes.EDUCATION:
        record.report("education-unread", "education", found=level or "-")
        return
    if year is None or not date.min.year < year < date.max.year:
        yield EducationEarned(valid_from=otherwise_from, level=level)
    else:
        yield EducationEarned(valid_from=date(year, 12, 31), level=level, year=year)
