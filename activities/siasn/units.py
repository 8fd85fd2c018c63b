"""The unit tree: one row per unit, every unit reachable from a root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from activities.siasn import codes
from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.tables.records import Record, given
from activities.siasn.tables.survey import Survey
from domain.register.events import UnitDescribed

HYPHENS_PER_LEVEL = 2
INACTIVE = {"N", "T", "0", "FALSE", "TIDAK"}


@dataclass(frozen=True)
class _Node:
    record: Record
    unit: str
    parent: str


def unit_tree(records: Iterable[Record], survey: Survey) -> tuple[list[UnitDescribed], list[RowProblem]]:
    """All units that hang on a root, in file order, and the problems of the others.

    Raises FileRefused when no unit is a root.
    """
    nodes = [_node(record, survey) for record in records]
    tree = {node.unit: node for node in nodes if not node.record.refused}
    roots = [node for node in tree.values() if not node.parent]
    if not roots:
        raise FileRefused(RowProblem("no-root-unit"))
    for extra in roots[1:]:
        extra.record.report("several-roots", "parent")
    depths = {unit: _depth(node, tree) for unit, node in tree.items()}
    for node in tree.values():
        _report_parent(node, tree, depths)
    units = [_described(node, depths[node.unit]) for node in nodes if not node.record.refused]
    return units, [problem for node in nodes for problem in node.record.problems]


def _node(record: Record, survey: Survey) -> _Node:
    unit = record.needed_reference("unit")
    if survey.is_doubled(record, "unit"):
        record.report("unit-twice", "unit", found=unit)
    record.required("name")
    return _Node(record, unit, record.reference("parent"))


def _depth(node: _Node, tree: Mapping[str, _Node]) -> int | None:
    """Steps up to a root, or None when the way up ends or runs in a circle."""
    for steps in range(len(tree)):
        if not node.parent:
            return steps
        if node.parent not in tree:
            return None
        node = tree[node.parent]
    return None


def _report_parent(node: _Node, tree: Mapping[str, _Node], depths: Mapping[str, int | None]) -> None:
    if depths[node.unit] is not None:
        return
    if node.parent not in tree:
        node.record.report("parent-unknown", "parent", found=node.parent)
    elif _is_above_itself(node, tree):
        node.record.report("unit-cycle", "parent", found=node.parent)
    else:
        node.record.report("parent-refused", "parent", found=node.parent)


def _is_above_itself(node: _Node, tree: Mapping[str, _Node]) -> bool:
    ancestor = node
    for _ in range(len(tree)):
        if ancestor.parent not in tree:
            return False
        ancestor = tree[ancestor.parent]
        if ancestor is node:
            return True
    return False


def _described(node: _Node, depth: int | None) -> UnitDescribed:
    record = node.record
    return UnitDescribed(
        unit=node.unit,
        name=_without_level_marks(record.text("name"), depth or 0),
        parent=node.parent or None,
        **given(eselon=codes.ESELONS.get(record.code("eselon"), ""), head_post=record.text("head_name")),
        active=record.text("active").upper() not in INACTIVE,
    )


def _without_level_marks(name: str, depth: int) -> str:
    """Some exports draw the tree with two hyphens per level; any further hyphen belongs to the name."""
    marks = "-" * (HYPHENS_PER_LEVEL * depth)
    return name.removeprefix(marks).strip() if marks and name.startswith(marks) else name
