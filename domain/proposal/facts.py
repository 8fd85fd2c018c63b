"""Everything a decision may look at, gathered in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.calendar import WorkingCalendar
from domain.register.organisation import Organisation
from domain.register.person import Person
from domain.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Facts:
    """The instant (the database's), the actor's desks at that instant, and the register, rules and calendar."""

    at: datetime
    calendar: WorkingCalendar
    rulebook: Rulebook
    organisation: Organisation = field(default_factory=Organisation)
    people: Mapping[str, Person] = field(default_factory=dict)
    incumbents: Mapping[str, str | None] = field(default_factory=dict)
    desks: frozenset[str] = frozenset()
    acting_desks: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """The office's calendar date."""
        return self.calendar.local_date(self.at)
