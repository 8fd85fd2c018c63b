"""The defects that real data has, one invented person each; all warn and none refuses a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from deploy.demo.careers import Employee, Sanction, invented_nip
from deploy.demo.months import first_of

STAFF_BETWEEN_DEFECTS = 12
RETIREMENT_MONTHS = 58 * 12

Defect = Callable[[Employee, date], Employee]


def with_defects(staff: Sequence[Employee], as_of: date) -> list[Employee]:
    """The same staff, in which now and then somebody's data is wrong."""
    changed = list(staff)
    general = [number for number, one in enumerate(staff) if one.post.kind == "4"]
    for number, defect in zip(general[::STAFF_BETWEEN_DEFECTS], DEFECTS, strict=False):
        changed[number] = defect(changed[number], as_of)
    return changed


def _studies(employee: Employee, _: date) -> Employee:
    return employee.changed(legal_position="03")


def _is_on_leave(employee: Employee, _: date) -> Employee:
    return employee.changed(legal_position="02")


def _has_no_post_id(employee: Employee, _: date) -> Employee:
    return employee.changed(posts=(*employee.posts[:-1], replace(employee.post, post_id="")))


def _has_a_functional_name(employee: Employee, _: date) -> Employee:
    return employee.changed(posts=(*employee.posts[:-1], replace(employee.post, name="Pengelola Data Penyelia")))


def _is_misjudged(employee: Employee, as_of: date) -> Employee:
    return employee.changed(ratings=employee.ratings | {as_of.year - 1: (1, 3)})


def _should_have_retired(employee: Employee, as_of: date) -> Employee:
    born_on = first_of(as_of, -RETIREMENT_MONTHS - 3)
    nip = invented_nip(born_on, f"{employee.cpns_from:%Y%m}", int(employee.nip[-3:]) - 1)
    return employee.changed(born_on=born_on, nip=nip)


def _was_reprimanded(employee: Employee, as_of: date) -> Employee:
    return employee.changed(sanctions=(Sanction("2", "R", first_of(as_of, -30)),))


def _was_cleared(employee: Employee, as_of: date) -> Employee:
    start = first_of(as_of, -5)
    cancelled = Sanction("7", "S", start, first_of(start, 12), cancelled_by=f"862/BATAL/{start.year}")
    return employee.changed(sanctions=(cancelled,))


DEFECTS: tuple[Defect, ...] = (
    _studies,
    _is_on_leave,
    _has_no_post_id,
    _has_a_functional_name,
    _is_misjudged,
    _should_have_retired,
    _was_reprimanded,
    _was_cleared,
)
