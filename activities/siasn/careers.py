"""What one row of the bulk export says about a career; unusable values refuse the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from activities.siasn import codes
from activities.siasn.tables.records import Record, Terms
from domain.register.facts import PostKind
from domain.vocabulary import Grade

PPPK = "PPPK"


@dataclass(frozen=True)
class Career:
    """One row's values; None or "" where the row does not say, or says something that was reported."""

    legal_position: str
    status: str
    born_on: date | None
    cpns_from: date | None
    pns_from: date | None
    grade: Grade | None
    grade_from: date | None
    post_kind: PostKind | None
    post_from: date | None
    post_name: str
    post_id: str
    unit: str
    eselon: str

    @property
    def is_pppk(self) -> bool:
        """Whether the person is a contract employee, whose grades and number follow other rules."""
        return self.status == PPPK

    @property
    def has_left(self) -> bool:
        """Whether the person holds no post any more."""
        return self.legal_position in codes.LEFT_SERVICE


def read_career(record: Record, terms: Terms) -> Career:
    """The row's career; what is wrong with it is reported to the record."""
    legal_position = record.code("legal_position")
    if not legal_position:
        record.report("missing-value", "legal_position")
    is_pppk = legal_position in codes.PPPK_POSITIONS
    pns_from = None if is_pppk else record.optional_date("pns_from", "unreadable-date")
    unit = _unit(record, terms)
    return Career(
        legal_position=legal_position,
        status=PPPK if is_pppk else _status(record, pns_from),
        born_on=record.needed_date("born_on"),
        cpns_from=record.needed_date("cpns_from"),
        pns_from=pns_from,
        grade=None if is_pppk else _grade(record),
        grade_from=None if is_pppk else record.needed_date("grade_from"),
        post_kind=_post_kind(record),
        post_from=record.needed_date("post_from"),
        post_name=record.text("post_name"),
        post_id=record.reference("post"),
        unit=unit,
        eselon=codes.ESELONS.get(record.code("eselon")) or _eselon_of(unit, terms),
    )


def _status(record: Record, pns_from: date | None) -> str:
    found = record.text("service_status").upper()
    if found in ("C", "P"):
        return found
    likely = "P" if pns_from else "C"
    record.report("status-missing", "service_status", found=found, expected=likely)
    return likely


def _grade(record: Record) -> Grade | None:
    code, name = record.code("grade"), record.text("grade_name")
    if not code and not name:
        record.report("missing-value", "grade")
        return None
    known = [_read_grade(code), _read_grade(name)]
    if None in [grade for grade, said in zip(known, (code, name), strict=True) if said]:
        record.report("grade-unknown", "grade", found=f"{code} {name}".strip())
        return None
    if code and name and known[0] != known[1]:
        record.report("grade-contradiction", "grade", found=code, expected=name)
        return None
    return known[0] or known[1]


def _read_grade(words: str) -> Grade | None:
    try:
        return codes.grade(words)
    except ValueError:
        return None


def _post_kind(record: Record) -> PostKind | None:
    found, name = record.code("post_kind", 1), record.text("post_kind_name").upper()
    kind = codes.POST_KINDS.get(found)
    if kind is None:
        record.report("post-kind-unknown", "post_kind", found=found or "-")
    if kind is PostKind.DOUBLE and codes.POST_KIND_NAMES.get(name) is PostKind.GENERAL:
        record.report("post-kind-contradiction", "post_kind", found=name)
        return PostKind.GENERAL
    return kind


def _unit(record: Record, terms: Terms) -> str:
    unit = record.needed_reference("unit")
    if unit and terms.units is not None and unit not in terms.units:
        record.report("unit-unknown", "unit", found=unit)
    return unit


def _eselon_of(unit: str, terms: Terms) -> str:
    known = (terms.units or {}).get(unit)
    return known.eselon if known else ""
