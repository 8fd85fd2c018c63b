"""Jenjang's own small file of roles: who verifies, approves, advises, administers, and who is PPK."""

from __future__ import annotations

from datetime import timedelta

from pydantic import InstanceOf

from activities.siasn.history import owner
from activities.siasn.tables.records import Record, Terms, given
from domain.register.facts import RoleGranted
from domain.vocabulary import Frozen, Nip, Role


class RoleRow(Frozen):
    """A granted role and its holder; a regent (PPK) is no civil servant and has an id of the file's own."""

    siasn_id: str = ""
    nip: InstanceOf[Nip] | None = None
    name: str
    fact: RoleGranted


def role_row(record: Record, terms: Terms) -> RoleRow | None:
    """The row's role, or None when it is refused; faults are reported to the record.

    `SAMPAI` is the last day of the role, so the fact ends the day after.
    """
    siasn_id, nip = owner(record, terms)
    if record.text("nip") and nip is None:
        record.report("nip-digits", "nip")
    elif not siasn_id and nip is None:
        record.report("holder-without-id", "siasn_id")
    name, valid_from = record.required("name"), record.needed_date("valid_from")
    last_day = record.optional_date("last_day", "unreadable-date")
    role = _role(record)
    if valid_from and last_day and last_day < valid_from:
        found, expected = f"{last_day:%d-%m-%Y}", f"{valid_from:%d-%m-%Y}"
        record.report("ends-before-start", "last_day", found=found, expected=expected)
    if record.refused or role is None or valid_from is None:
        return None
    ends = given(valid_to=last_day + timedelta(days=1) if last_day else None, decree=record.text("decree"))
    granted = RoleGranted(valid_from=valid_from, role=role, **ends)
    return RoleRow(siasn_id=siasn_id, nip=nip, name=name, fact=granted)


def _role(record: Record) -> Role | None:
    words = record.text("role").lower().replace("_", "-")
    role = next((role for role in Role if role == words), None)
    if role is None:
        record.report("role-unknown", "role", found=words or "-", expected=", ".join(Role))
    return role
