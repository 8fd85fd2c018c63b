"""Who plays which part in the demo's story, and the agency as the story knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from activities.siasn.posts import post_ref
from deploy.demo.careers import Employee
from domain.register.facts import PostKind

POST_KINDS = {"1": PostKind.STRUCTURAL, "2": PostKind.FUNCTIONAL, "4": PostKind.GENERAL}


@dataclass(frozen=True)
class Member:
    """One of the cast, by the references that the register uses; the PPK has no NIP, unit or post."""

    siasn_id: str
    nip: str | None
    name: str
    unit: str = ""
    post: str = ""

    @classmethod
    def of(cls, employee: Employee) -> Member:
        """The cast member that an employee is."""
        post = employee.post
        ref = post_ref(POST_KINDS[post.kind], post.post_id, employee.unit.unit_id)
        return cls(employee.pns_id, employee.nip, employee.name, employee.unit.unit_id, ref)


@dataclass(frozen=True)
class Agency:
    """The invented agency; `files` are in the order in which they must be imported.

    `ratings_to_come` is the file that follows when the year of the day is over.
    `promotee` may rise regularly on `next_tmt` (four years in rank on that very day); `functional` may rise by
    credit points, under the same superior; `too_early` lacks a month; `sanctioned` serves a sanction until after
    it; `at_ceiling` may rise no further with the diploma.
    `successor` may become head of the section that nobody leads, whose post is `vacant_post`.
    `swap` are two officials of one eselon in two offices, three years in their posts; `spare` are two more,
    whom the story leaves to the reader, as it does `too_early`, who may rise a month later.
    """

    ref: str
    name: str
    as_of: date
    next_tmt: date
    employees: int
    files: tuple[Path, ...]
    ratings_to_come: Path
    promotee: Member
    promotee_supervisor: Member
    functional: Member
    successor: Member
    successor_supervisor: Member
    vacant_post: str
    office_head: Member
    verifier: Member
    second_verifier: Member
    approver: Member
    board: tuple[Member, ...]
    pyb: Member
    ppk: Member
    administrator: Member
    auditor: Member
    swap: tuple[Member, Member]
    swap_office_heads: tuple[Member, Member]
    spare: tuple[Member, Member]
    too_early: Member
    too_early_supervisor: Member
    sanctioned: Member
    at_ceiling: Member
