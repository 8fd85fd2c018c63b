"""The slice of an organisation that one case needs: units upward, their heads, and who holds which role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from domain.register.events import UnitDescribed
from domain.register.facts import Assignment
from domain.vocabulary import Role


@dataclass(frozen=True)
class Head:
    """Who leads a unit on the day of the slice, and how the post is held."""

    subject: str
    post: str
    assignment: Assignment = Assignment.DEFINITIVE


@dataclass(frozen=True)
class Organisation:
    """Units, heads and role holders of one agency on one day."""

    units: Mapping[str, UnitDescribed] = field(default_factory=dict)
    heads: Mapping[str, tuple[Head, ...]] = field(default_factory=dict)
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    def upward(self, unit: str | None) -> Iterator[UnitDescribed]:
        """The unit and its parents up to the root, in that order; a cycle ends the walk."""
        seen: set[str] = set()
        while unit is not None and unit in self.units and unit not in seen:
            seen.add(unit)
            yield self.units[unit]
            unit = self.units[unit].parent

    def office_of(self, unit: str) -> UnitDescribed | None:
        """The perangkat daerah (OPD) of a unit: its ancestor directly below the root."""
        chain = list(self.upward(unit))
        return chain[-2] if len(chain) > 1 else (chain[0] if chain else None)

    def head_of(self, unit: str) -> Head | None:
        """The definitive head, else an acting one (Plt before Plh before Pj)."""
        order = [Assignment.DEFINITIVE, Assignment.PLT, Assignment.PLH, Assignment.PJ]
        heads = sorted(self.heads.get(unit, ()), key=lambda head: order.index(head.assignment))
        return heads[0] if heads else None

    def superiors_of(self, subject: str, unit: str) -> Iterator[tuple[UnitDescribed, Head]]:
        """Heads above the person, nearest first; the person's own headship does not count."""
        for ancestor in self.upward(unit):
            head = self.head_of(ancestor.unit)
            if head and head.subject != subject:
                yield ancestor, head
