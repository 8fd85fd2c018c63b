"""Pages of lists: rows of cases and events, a bookmark for the next page, and the names of the people in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from activities.readmodels.inbox import NEVER
from activities.readmodels.reads import Row
from activities.readmodels.timeline import Entry
from activities.readmodels.visibility import Sight
from api.words import EVENTS, STATES, Language, said
from domain.proposal import events as e

T = TypeVar("T")
REFERENCE = re.compile(r"\b[0-9a-f]{32}\b")
LARGE = {"assessment", "route", "event_type"}
"""Fields of events that have a page of their own."""


class Page(BaseModel, Generic[T]):
    """Rows, the bookmark of the page after them (null at the end), and names by reference."""

    items: list[T]
    next: str | None = None
    names: dict[str, str] = {}


class CaseRow(BaseModel):
    """One case of a list."""

    proposal_id: str
    matter: str
    kind: str
    state: str
    state_text: str
    step: str | None
    round: int
    version: int
    proposer: str
    subjects: list[str]
    unit: str
    target_tmt: date
    summary: dict[str, Any]
    waits_at: list[str]
    opened_at: datetime | None
    due_at: datetime | None
    stalled: bool
    stall_cause: str | None

    @classmethod
    def of(cls, row: Row, language: Language) -> CaseRow:
        """The row in the reader's language."""
        return cls.model_validate({**row, "state_text": said(STATES, row["state"], language)})

    @property
    def people(self) -> set[str]:
        """Everybody the row names."""
        return {self.proposer, *self.subjects}


class InboxRow(BaseModel):
    """One case that waits at a desk of the caller; `acts_for` is another desk when the caller stands in for it."""

    desk: str
    acts_for: str
    step: str
    round: int
    due_at: datetime | None
    case: CaseRow

    @classmethod
    def of(cls, waiting: Row, case: Row, language: Language) -> InboxRow:
        """The row in the reader's language."""
        due_at = None if waiting["due_at"] == NEVER else waiting["due_at"]
        return cls.model_validate({**waiting, "due_at": due_at, "case": CaseRow.of(case, language)})


class EventRow(BaseModel):
    """One event of a case. `text` is what people wrote: null when it was erased; `withheld` when it is for the desks.

    `position` and `leaf_hash` (SHA-256, hex) find the event in the log.
    """

    version: int
    position: int
    leaf_hash: str
    at: datetime
    type: str
    title: str
    actor: str
    details: dict[str, Any]
    text: dict[str, str | None]
    withheld: bool = False

    @classmethod
    def of(cls, entry: Entry, sight: Sight, language: Language) -> EventRow:
        """The event as this reader sees it."""
        withheld = sight is Sight.OUTSIDE and internal(entry.event) and any(entry.text.values())
        return cls(
            version=entry.version,
            position=entry.position,
            leaf_hash=entry.leaf_hash,
            at=entry.at,
            type=entry.event_type,
            title=said(EVENTS, entry.event_type, language),
            actor=entry.actor,
            details=_details(entry),
            text={} if withheld else dict(entry.text),
            withheld=withheld,
        )

    @property
    def people(self) -> set[str]:
        """Everybody the event names by reference."""
        return {self.actor, *REFERENCE.findall(json.dumps(self.details))}


def internal(event: e.ProposalEvent | None) -> bool:
    """Whether the event's text is what desks write to each other: consent, or a return to an earlier desk."""
    return isinstance(event, e.StepApproved) or (isinstance(event, e.ProposalReturned) and event.to != "proposer")


def named(rows: Iterable[CaseRow | EventRow]) -> set[str]:
    """Everybody that rows name."""
    return {person for row in rows for person in row.people}


def _details(entry: Entry) -> dict[str, Any]:
    if entry.event is None:
        return {}
    return entry.event.model_dump(mode="json", exclude=LARGE | set(entry.text))
