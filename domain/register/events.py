"""Stored events of the register. Their type strings are a contract: add a version, never rename."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.register.facts import Fact, PostHeld, RankHeld
from domain.vocabulary import AgencyRef, Frozen, SubjectRef, UnitRef


class Source(Frozen):
    """Where imported facts came from: the file's SHA-256 (hex) and its kind."""

    file_sha256: str
    file_kind: str


class PersonRegistered(Frozen):
    """A person became known; name and NIP are in the vault under the reference."""

    event_type: ClassVar[str] = "register.person-registered"
    subject: SubjectRef
    agency: AgencyRef


class FactsRecorded(Frozen):
    """Facts were imported or corrected; one with the same slot and first day replaces the older."""

    event_type: ClassVar[str] = "register.facts-recorded"
    facts: list[Fact] = Field(min_length=1)
    source: Source


class RankChanged(Frozen):
    """A promotion took effect."""

    event_type: ClassVar[str] = "register.rank-changed"
    rank: RankHeld
    proposal_id: str


class PostChanged(Frozen):
    """A rotation took effect for this person."""

    event_type: ClassVar[str] = "register.post-changed"
    posts: list[PostHeld] = Field(min_length=1)
    proposal_id: str


class UnitDescribed(Frozen):
    """One unit of the organisation tree; the root has no parent."""

    unit: UnitRef
    name: str
    parent: UnitRef | None = None
    eselon: str = ""
    head_post: str = ""
    active: bool = True


class UnitsDescribed(Frozen):
    """Units were imported or changed; one with a known reference replaces the older."""

    event_type: ClassVar[str] = "register.units-described"
    agency: AgencyRef
    units: list[UnitDescribed] = Field(min_length=1)
    source: Source


RegisterEvent = PersonRegistered | FactsRecorded | RankChanged | PostChanged
OrganisationEvent = UnitsDescribed
