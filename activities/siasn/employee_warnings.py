"""Doubts about an employee that a single export can raise; each warns and refuses nothing."""

from __future__ import annotations

import re
from datetime import date

from activities.siasn import codes
from activities.siasn.careers import Career
from activities.siasn.tables.records import Record, Terms
from domain.register.facts import PostKind

SHORTEST_SERVICE = 2
_FUNCTIONAL_WORDS = re.compile(r"\b(AHLI|TERAMPIL|MAHIR|PENYELIA)\b")


def warn(record: Record, career: Career, terms: Terms) -> None:
    """Report every doubt about the row."""
    _about_appointment(record, career, terms.as_of)
    _about_post(record, career, terms)
    _about_agencies(record)
    if career.legal_position and career.legal_position != codes.ACTIVE and not career.is_pppk:
        record.report("not-active", "legal_position", found=career.legal_position)
    if career.grade_from and career.grade_from.day != 1:
        record.report("not-first-day", "grade_from", found=_day(career.grade_from))


def _about_appointment(record: Record, career: Career, as_of: date | None) -> None:
    cpns_from, pns_from = career.cpns_from, career.pns_from
    if career.status == "P" and not record.text("pns_from"):
        record.report("pns-date-missing", "pns_from")
    if cpns_from and pns_from and cpns_from > pns_from:
        record.report("cpns-after-pns", "cpns_from", found=_day(cpns_from), expected=_day(pns_from))
    if career.status == "C" and cpns_from and as_of and as_of > _years_after(cpns_from, 1):
        record.report("cpns-too-long", "cpns_from", found=_day(cpns_from))


def _about_post(record: Record, career: Career, terms: Terms) -> None:
    if career.post_kind in (PostKind.FUNCTIONAL, PostKind.GENERAL) and not career.post_id:
        record.report("COM_2", "post")
    if career.post_kind is PostKind.GENERAL and _FUNCTIONAL_WORDS.search(career.post_name.upper()):
        record.report("general-post-named-functional", "post_name", found=career.post_name)
    years = record.number("service_years")
    if career.post_kind is PostKind.STRUCTURAL and years is not None and years < SHORTEST_SERVICE:
        record.report("structural-short-service", "service_years", found=years)
    unit = (terms.units or {}).get(career.unit)
    if unit and not unit.active:
        record.report("unit-inactive", "unit", found=career.unit)
    _about_retirement(record, career, terms.as_of)


def _about_retirement(record: Record, career: Career, as_of: date | None) -> None:
    if career.legal_position != codes.ACTIVE or not (career.born_on and career.post_kind and as_of):
        return
    age = codes.retirement_age(career.post_kind, career.eselon, career.post_name)
    if as_of >= _first_of_next_month(_years_after(career.born_on, age)):
        record.report("past-retirement", "born_on", found=age)


def _about_agencies(record: Record) -> None:
    kind = record.code("employment_kind")
    is_home = record.identifier("home_agency") == record.identifier("work_agency")
    if is_home and kind not in codes.OWN_EMPLOYMENT_KINDS:
        record.report("seconded-same-agency", "employment_kind", found=kind)
    if not is_home and kind in codes.OWN_EMPLOYMENT_KINDS:
        record.report("agencies-differ", "employment_kind", found=kind or "-")


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _years_after(day: date, years: int) -> date:
    """The anniversary; 29 February falls on 1 March in other years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
