"""The rule files of a folder, by default of the one that is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from activities.yaml_files import read_yaml
from domain.rulebook.load import load
from domain.rulebook.problems import FilesUnusable, ParsedFile, Problem, RulebookUnusable
from domain.rulebook.rulebook import Rulebook


def read_rulebook(folder: Traversable | None = None) -> Rulebook:
    """The rulebook in a folder, by default the one that is shipped.

    Raise RulebookUnusable naming file, line, what is wrong and what to write instead.
    """
    return load(parsed_rules(folder))


def parsed_rules(folder: Traversable | None = None) -> list[ParsedFile]:
    """The folder's files as plain data, not checked yet. Raise RulebookUnusable for those that are no YAML."""
    parsed: list[ParsedFile] = []
    problems: list[Problem] = []
    for name, file in _rule_files(folder or files("domain.rulebook") / "tables"):
        try:
            parsed.append(read_yaml(name, file))
        except FilesUnusable as unusable:
            problems += unusable.problems
    if problems:
        raise RulebookUnusable(problems)
    return parsed


def _rule_files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _rule_files(item, f"{above}{item.name}/")
        elif item.name.endswith((".yaml", ".yml")):
            yield above + item.name, item
