"""One person's career: the facts of a stream, folded, and read as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from domain.register.events import FactsRecorded, PersonRegistered, PostChanged, RankChanged, RegisterEvent
from domain.register.facts import (
    Dated,
    EducationEarned,
    Fact,
    PostHeld,
    RankHeld,
    RatingGiven,
    RoleGranted,
    SanctionServed,
    StandingHeld,
)

F = TypeVar("F", bound=Dated)


@dataclass(frozen=True)
class Person:
    """All facts known of one person, by slot and first day."""

    subject: str = ""
    agency: str = ""
    facts: dict[tuple[str, date], Fact] = field(default_factory=dict)

    def of(self, kind: type[F]) -> list[F]:
        """All facts of one kind, earliest first, each ended by its successor in the same slot."""
        return [fact for fact in self._by_kind.get(kind, ()) if isinstance(fact, kind)]

    def on(self, kind: type[F], day: date) -> F | None:
        """The fact of this kind that holds on the day; the latest one when several slots hold."""
        holding = [fact for fact in self.of(kind) if fact.holds_on(day)]
        return holding[-1] if holding else None

    def rank_on(self, day: date) -> RankHeld | None:
        """The rank held on the day."""
        return self.on(RankHeld, day)

    def post_on(self, day: date) -> PostHeld | None:
        """The definitive post held on the day."""
        return next((post for post in self.of(PostHeld) if post.slot == "post" and post.holds_on(day)), None)

    def standing_on(self, day: date) -> StandingHeld | None:
        """The legal position on the day."""
        return self.on(StandingHeld, day)

    def ratings(self) -> dict[int, RatingGiven]:
        """Annual ratings by year."""
        return {rating.year: rating for rating in self.of(RatingGiven)}

    def education_on(self, day: date) -> list[EducationEarned]:
        """Every diploma recorded by the day."""
        return [diploma for diploma in self.of(EducationEarned) if diploma.holds_on(day)]

    def sanctions_on(self, day: date) -> list[SanctionServed]:
        """Sanctions being served on the day."""
        return [sanction for sanction in self.of(SanctionServed) if sanction.holds_on(day)]

    def sanctioned_until(self, day: date) -> date | None:
        """The last day of the sanctions being served on the day; None without one, or when an end is not known."""
        ends = [sanction.valid_to for sanction in self.sanctions_on(day)]
        known = [end for end in ends if end]
        return max(known) - timedelta(days=1) if known and len(known) == len(ends) else None

    def roles_on(self, day: date) -> list[RoleGranted]:
        """Roles granted for the day."""
        return [role for role in self.of(RoleGranted) if role.holds_on(day)]

    @cached_property
    def _by_kind(self) -> dict[type[Dated], list[Fact]]:
        # A search for the earliest date reads one person's facts as of many days.
        found: dict[type[Dated], list[Fact]] = {}
        for fact in self._ended():
            found.setdefault(type(fact), []).append(fact)
        return found

    def _ended(self) -> Iterator[Fact]:
        ordered = sorted(self.facts.items())
        for index, ((slot, _), fact) in enumerate(ordered):
            following = ordered[index + 1] if index + 1 < len(ordered) else None
            if following and following[0][0] == slot and (fact.valid_to is None or following[0][1] < fact.valid_to):
                yield fact.model_copy(update={"valid_to": following[0][1]})
            else:
                yield fact


def evolve(person: Person, event: RegisterEvent) -> Person:
    """The person after one more event; a fact with the same slot and first day replaces the older one."""
    match event:
        case PersonRegistered():
            return replace(person, subject=event.subject, agency=event.agency)
        case FactsRecorded():
            return replace(person, facts=_with(person, event.facts))
        case RankChanged():
            return replace(person, facts=_with(person, [event.rank]))
        case PostChanged():
            return replace(person, facts=_with(person, event.posts))


def fold(events: Iterable[RegisterEvent], person: Person = Person()) -> Person:
    """The person after all events."""
    for event in events:
        person = evolve(person, event)
    return person


def _with(person: Person, facts: Iterable[Fact]) -> dict[tuple[str, date], Fact]:
    return person.facts | {(fact.slot, fact.valid_from): fact for fact in facts}
