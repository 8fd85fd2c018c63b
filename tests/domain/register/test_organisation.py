"""The organisation tree: upward from a unit, its office, its head, and who is above a person."""

from __future__ import annotations

import pytest

from domain.register.events import UnitDescribed
from domain.register.facts import Assignment
from domain.register.organisation import Head, Organisation
from tests.support.people import CHIEF, HEAD, OFFICE, OTHER_HEAD, ROOT, SECTION, STAFF, UNITS, ref

TREE = {unit.unit: unit for unit in UNITS}
LED = Organisation(
    TREE,
    {"SEKSI-A1": (Head(HEAD, "unit/SEKSI-A1"),), "DINAS-A": (Head(CHIEF, "unit/DINAS-A"),)},
)


def test_upward_ends_at_the_root() -> None:
    """The unit itself first."""
    assert list(LED.upward("SEKSI-A1")) == [SECTION, OFFICE, ROOT]


@pytest.mark.parametrize("unit", [None, "NOWHERE"])
def test_upward_from_nowhere_is_empty(unit: str | None) -> None:
    """A gap in the tree is no error."""
    assert list(LED.upward(unit)) == []


def test_a_cycle_ends_the_walk() -> None:
    """A wrong import hangs nobody."""
    circle = {
        "A": UnitDescribed(unit="A", name="A", parent="B"),
        "B": UnitDescribed(unit="B", name="B", parent="A"),
    }

    assert [unit.unit for unit in Organisation(circle).upward("A")] == ["A", "B"]


@pytest.mark.parametrize(("unit", "office"), [("SEKSI-A1", "DINAS-A"), ("DINAS-A", "DINAS-A"), ("ROOT", "ROOT")])
def test_the_office_is_the_unit_below_the_root(unit: str, office: str) -> None:
    """However deep the unit lies; the root is its own."""
    found = LED.office_of(unit)

    assert found is not None
    assert found.unit == office


def test_an_unknown_unit_has_no_office() -> None:
    """Nothing is made up."""
    assert LED.office_of("NOWHERE") is None


def test_the_definitive_head_comes_first_then_plt_plh_and_pj() -> None:
    """Whatever order the register tells them in."""
    order = [Assignment.PJ, Assignment.PLH, Assignment.PLT, Assignment.DEFINITIVE]
    heads = [Head(ref(number), "unit/DINAS-A", assignment) for number, assignment in enumerate(order)]
    found = []
    while heads:
        head = Organisation(TREE, {"DINAS-A": tuple(heads)}).head_of("DINAS-A")
        assert head is not None
        found.append(head.assignment)
        heads.remove(head)

    assert found == [Assignment.DEFINITIVE, Assignment.PLT, Assignment.PLH, Assignment.PJ]


def test_a_unit_without_head_has_none() -> None:
    """Nobody is made up."""
    assert LED.head_of("DINAS-B") is None


@pytest.mark.parametrize(("person", "above"), [(STAFF, [HEAD, CHIEF]), (HEAD, [CHIEF]), (OTHER_HEAD, [HEAD, CHIEF])])
def test_superiors_are_the_heads_upward_but_never_oneself(person: str, above: list[str]) -> None:
    """Nearest first."""
    assert [head.subject for _, head in LED.superiors_of(person, "SEKSI-A1")] == above
