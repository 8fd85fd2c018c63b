"""What a person's career amounts to on a day: levels of posts, time at them, age, retirement, sanctions behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.calendar import first_of_month, full_months
from domain.register.discipline import months_since_sanction
from domain.register.facts import AppointmentMade, BirthKnown, PostHeld
from domain.register.person import Person
from domain.rulebook.post_levels import PostLevels
from domain.rulebook.reference import Reference, current

Span = tuple[date, date]
"""A first day, and the day after the last."""


@dataclass(frozen=True)
class PostTraits:
    """What tells where a post stands: its kind, eselon (id or name), functional level (jenjang) and name."""

    post_kind: str
    eselon: str
    career_level: str
    name: str

    @classmethod
    def of(cls, post: PostHeld) -> PostTraits:
        """Those of a held post."""
        return cls(post.post_kind, post.eselon, post.career_level, post.name)


@dataclass(frozen=True)
class Career:
    """A person's facts, read under the tables of a day."""

    person: Person
    day: date
    reference: Reference

    def level(self, traits: PostTraits) -> str | None:
        """The code of the level of such a post; None when nothing says it."""
        found = self._table.of(traits.post_kind, self._eselon(traits), traits.career_level) if self._table else None
        return found.code if found else None

    def order(self, level: str | None) -> int | None:
        """The place of a level from the top, 1 for the highest."""
        return self._table.order(level) if self._table and level else None

    def months_at(self, level: str) -> int | None:
        """Full months on record in definitive posts of that level or above; None when there is no such level."""
        lowest = self.order(level)
        if lowest is None:
            return None
        return sum(full_months(*span) for span in _joined(span for order, span in self._posts if order <= lowest))

    def is_told(self) -> bool:
        """Whether posts of known level are on record from the appointment to the day, without a gap."""
        appointed, spans = self.person.on(AppointmentMade, self.day), _joined(span for _, span in self._posts)
        if appointed is None or len(spans) != 1:
            return False
        [(begins, ends)] = spans
        return begins <= (appointed.pns_from or appointed.valid_from) and ends == self.day

    def age_months(self) -> int | None:
        """Full months since the first day of the month of birth."""
        birth = self.person.on(BirthKnown, self.day)
        return full_months(birth.valid_from, self.day) if birth else None

    def retires_on(self, posts: Iterable[PostTraits]) -> date | None:
        """The earliest first day of retirement from these posts: the first of the month after the birthday.

        None when it cannot be told for one of them. Source: UU 20/2023 art. 55.
        """
        birth = self.person.on(BirthKnown, self.day)
        ages = [self._retirement_age(post) for post in posts]
        known = [age for age in ages if age]
        return first_of_month(birth.valid_from, min(known) * 12 + 1) if birth and known and known == ages else None

    def months_since_sanction(self) -> int | None:
        """Full months since the last medium or severe sanction began; None when there was none."""
        return months_since_sanction(self.person, self.day)

    @cached_property
    def _table(self) -> PostLevels | None:
        return current(self.reference.post_levels, self.day)

    @cached_property
    def _posts(self) -> list[tuple[int, Span]]:
        """Order and span of every definitive post of known level before the day."""
        definitive = (post for post in self.person.of(PostHeld) if post.slot == "post" and post.valid_from < self.day)
        placed = ((self.order(self.level(PostTraits.of(post))), post) for post in definitive)
        return [(order, (post.valid_from, min(post.valid_to or self.day, self.day))) for order, post in placed if order]

    def _retirement_age(self, traits: PostTraits) -> int | None:
        return self.reference.retirement_age(
            traits.post_kind, self._eselon(traits), traits.career_level, self.day, traits.name
        )

    def _eselon(self, traits: PostTraits) -> str:
        known = self.reference.eselon(traits.eselon, self.day)
        return known.name if known else ""


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch made one, so that no started month is lost between two posts."""
    joined: list[Span] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return joined
