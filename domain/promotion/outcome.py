"""The rank that a promotion gives."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import full_months
from domain.register.facts import RankHeld
from domain.register.person import Person
from domain.rulebook.reference import Reference
from domain.vocabulary import Grade


def rank_after(person: Person, target_grade: Grade, tmt: date, decree: str, reference: Reference) -> RankHeld:
    """The new rank from its TMT, with the pay service (masa kerja golongan) that the decree states.

    The service is that of the present rank plus the full months since, less what entering a golongan takes away;
    never below zero, and zero when the register knows no present rank.
    """
    present = person.rank_on(tmt - timedelta(days=1))
    months = 0
    if present:
        months = present.service_years * 12 + present.service_months + full_months(present.valid_from, tmt)
        if present.grade.golongan != target_grade.golongan:
            months -= reference.parameter(f"service-lost-into-{target_grade.golongan}", tmt) or 0
    years, rest = divmod(max(months, 0), 12)
    return RankHeld(valid_from=tmt, grade=target_grade, service_years=years, service_months=rest, decree=decree)
