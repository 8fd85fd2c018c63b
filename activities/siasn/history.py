"""SIASN's history objects (riwayat) → dated facts about their owner."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from pydantic import InstanceOf

from activities.siasn import codes
from activities.siasn.posts import post_ref
from activities.siasn.tables.records import Record, Terms, given
from domain.calendar import first_of_month
from domain.register.facts import (
    CreditsGranted,
    EducationEarned,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    SanctionLevel,
    SanctionServed,
    TrainingCompleted,
)
from domain.vocabulary import Frozen, Nip, Rating

OWNERS = "idPns, pnsDinilaiId, pnsOrang, nipBaru"
LONGEST_SANCTION_MONTHS = 120
MONTHS = range(1, 13)
EXTRA_TASK = "TT"


class HistoryRow(Frozen):
    """One fact and its owner, by SIASN id, by NIP, or by both."""

    siasn_id: str = ""
    nip: InstanceOf[Nip] | None = None
    fact: Fact


def history_row(record: Record, terms: Terms) -> HistoryRow | None:
    """The row's fact, or None when it is refused or holds none; faults are reported to the record."""
    siasn_id, nip = owner(record, terms)
    if not siasn_id and nip is None:
        record.report("no-owner", "siasn_id", expected=OWNERS)
    fact = _FACTS[record.schema.name](record)
    if record.refused or fact is None:
        return None
    return HistoryRow(siasn_id=siasn_id, nip=nip, fact=fact)


def owner(record: Record, terms: Terms) -> tuple[str, Nip | None]:
    """Whom the row is about; a NIP that is none is no owner."""
    digits = record.cells.get("nip")
    try:
        nip = Nip(digits, invented=terms.invented_people) if isinstance(digits, str) else None
    except ValueError:
        nip = None
    return record.reference("siasn_id"), nip


def _rank(record: Record) -> RankHeld | None:
    valid_from = record.needed_date("valid_from")
    words = record.code("grade") or record.text("grade_name")
    try:
        grade = codes.grade(words)
    except ValueError:
        grade = None
    if grade is None:
        record.report("grade-unknown", "grade", found=words or "-")
    if grade is None or valid_from is None:
        return None
    service = given(
        service_years=record.number("service_years"),
        service_months=record.number("service_months"),
        decree=record.text("decree"),
    )
    return RankHeld(valid_from=valid_from, grade=grade, **service)


def _post(record: Record) -> PostHeld | None:
    valid_from, unit, kind = record.needed_date("valid_from"), record.needed_reference("unit"), _post_kind(record)
    assignment = record.text("assignment").upper()
    if assignment == EXTRA_TASK:
        record.report("extra-task", "assignment")
        return None
    if assignment not in codes.ASSIGNMENTS:
        record.report("assignment-unknown", "assignment", found=assignment)
    if record.refused or valid_from is None or kind is None:
        return None
    named = {PostKind.STRUCTURAL: "", PostKind.GENERAL: "general"}.get(kind, "functional")
    post_id = record.reference(named) if named else ""
    name = (record.text(f"{named}_name") if named else "") or record.text("post_name")
    return PostHeld(
        valid_from=valid_from,
        post=post_ref(kind, post_id, unit),
        name=name,
        post_kind=kind,
        unit=unit,
        assignment=codes.ASSIGNMENTS[assignment],
        **given(
            eselon=codes.ESELONS.get(record.code("eselon"), "") if kind is PostKind.STRUCTURAL else "",
            decree=record.text("decree"),
            career_level=codes.career_level(kind, name),
        ),
    )


def _post_kind(record: Record) -> PostKind | None:
    found = record.code("post_kind", 1).upper()
    kind = codes.POST_KINDS.get(found) or codes.POST_KIND_NAMES.get(found)
    if kind is None:
        record.report("post-kind-unknown", "post_kind", found=found or "-")
    return kind


def _rating(record: Record) -> RatingGiven | None:
    year, rating = _year(record), _rating_of(record)
    if year is None or rating is None:
        return None
    return RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=rating)


def _rating_of(record: Record) -> Rating | None:
    """By the matrix when result and behaviour are known: one program computes the quadrant wrongly."""
    said = codes.RATINGS.get(record.code("quadrant", 1)) or codes.RATING_NAMES.get(
        (record.text("quadrant_name") or record.text("quadrant")).upper()
    )
    computed = codes.RATING_OF.get((record.code("result", 1), record.code("behaviour", 1)))
    if said and computed and said is not computed:
        record.report("rating-recomputed", "quadrant", found=said, expected=computed)
    if said is None and computed is None:
        record.report("rating-unknown", "quadrant", found=record.text("quadrant") or "-")
    return computed or said


def _credits(record: Record) -> CreditsGranted | None:
    """The points of one PAK, which count from the day after the period that it assesses."""
    points = record.hundredths("points")
    if points is None:
        record.report("points-unreadable", "points", found=record.text("points") or "-")
    first, last = _month(record, "start") if record.text("start_year") else None, _month(record, "end")
    if first and last and last < first:
        record.report("period-reversed", "end_month", found=f"{last:%m-%Y}", expected=f"{first:%m-%Y}")
    if record.refused or points is None or last is None:
        return None
    return CreditsGranted(valid_from=first_of_month(last, 1), points=points, **given(decree=record.text("decree")))


def _month(record: Record, end: str) -> date | None:
    """The first day of the month at the start or end of the assessed period."""
    month, year = record.number(f"{end}_month"), _year(record, f"{end}_year")
    if month not in MONTHS:
        record.report("month-unreadable", f"{end}_month", found=record.text(f"{end}_month") or "-")
        return None
    return date(year, month, 1) if month and year else None


def _sanction(record: Record) -> SanctionServed | None:
    code = record.code("code", 1)
    if code == codes.REACTIVATION:
        return None
    level = codes.SANCTION_LEVELS.get(record.text("level").upper()) or codes.SANCTION_LEVEL_OF.get(code)
    if level is None:
        record.report("sanction-unknown", "code", found=code or "-")
    valid_from = record.needed_date("valid_from")
    if level is None or valid_from is None:
        return None
    ends = given(valid_to=_sanction_end(record, code, level, valid_from))
    return SanctionServed(valid_from=valid_from, **ends, level=level, code=code, **given(decree=record.text("decree")))


def _sanction_end(record: Record, code: str, level: SanctionLevel, start: date) -> date | None:
    """The day after its last; a cancelled sanction holds on no day, and a reprimand on its first only."""
    if record.text("cancelled_by"):
        return start
    last = record.optional_date("last_day", "unreadable-date")
    if last:
        return last + timedelta(days=1)
    said = (record.number("years") or 0) * 12 + (record.number("months") or 0)
    months = said or codes.SANCTION_MONTHS.get(code, 0)
    if 0 < months <= LONGEST_SANCTION_MONTHS:
        return _months_after(start, months)
    if level is SanctionLevel.LIGHT:
        return start + timedelta(days=1)
    record.report("sanction-without-end", "last_day")
    return None


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _education(record: Record) -> EducationEarned | None:
    level = record.code("level")
    if level not in codes.EDUCATION:
        record.report("education-unknown", "level", found=level or "-")
    graduated_on = record.optional_date("valid_from")
    year = graduated_on.year if graduated_on and not record.text("year") else _year(record)
    if record.refused or year is None:
        return None
    return EducationEarned(valid_from=graduated_on or date(year, 12, 31), level=level, year=year)


def _training(record: Record) -> TrainingCompleted | None:
    found = record.code("code", 1)
    code = codes.LEADERSHIP_TRAININGS.get(found)
    if code is None:
        record.report("training-skipped", "code", found=found or "-")
        return None
    valid_from = record.needed_date("valid_from")
    return TrainingCompleted(valid_from=valid_from, code=code) if valid_from else None


def _year(record: Record, field_name: str = "year") -> int | None:
    words = record.text(field_name).removesuffix(".0")
    if re.fullmatch(r"(19|20)\d\d", words):
        return int(words)
    record.report("year-unreadable", field_name, found=words or "-")
    return None


_FACTS: dict[str, Callable[[Record], Fact | None]] = {
    "rw-golongan": _rank,
    "rw-jabatan": _post,
    "rw-skp22": _rating,
    "rw-angkakredit": _credits,
    "rw-hukdis": _sanction,
    "rw-pendidikan": _education,
    "rw-diklat": _training,
}
