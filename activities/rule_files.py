"""The rule files of a folder, by default of the one that is shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from activities.yaml_files import parse_yaml, text_of
from domain.rulebook.load import load
from domain.rulebook.problems import FilesUnusable, ParsedFile, Problem, RulebookUnusable
from domain.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class RulesInForce:
    """The rulebook that a process works by, and what is wrong with the folder that it therefore does not come from."""

    rulebook: Rulebook
    problems: Sequence[Problem] = ()


T = TypeVar("T")
U = TypeVar("U")


def read_rulebook(folder: Traversable | None = None) -> Rulebook:
    """The rulebook in a folder, by default the one that is shipped.

    Raise RulebookUnusable naming file, line, what is wrong and what to write instead.
    """
    return load(parsed_rules(folder))


def parsed_rules(folder: Traversable | None = None) -> list[ParsedFile]:
    """The folder's files as plain data, not checked yet. Raise RulebookUnusable for those that are no YAML."""
    return parsed(rule_texts(folder))


def rule_texts(folder: Traversable | None = None) -> dict[str, str]:
    """What the folder's files say, by their names below it.

    Raise RulebookUnusable when there is no such folder, and for files that cannot be read or are no UTF-8.
    """
    folder = folder or files("domain.rulebook") / "tables"
    try:
        found = dict(_rule_files(folder))
    except OSError as error:
        raise RulebookUnusable([_unreadable(str(folder), error)]) from error
    return _each(found, _text)


def parsed(texts: Mapping[str, str]) -> list[ParsedFile]:
    """Such texts as plain data, not checked yet. Raise RulebookUnusable for those that are no YAML."""
    # Rules are answered in the order of their files, and jsonb keeps names in one of its own.
    in_order = dict(sorted(texts.items(), key=lambda named: named[0].split("/")))
    return list(_each(in_order, parse_yaml).values())


def _each(found: Mapping[str, T], read: Callable[[str, T], U]) -> dict[str, U]:
    """Every file read, or every problem of all of them."""
    done: dict[str, U] = {}
    problems: list[Problem] = []
    for name, content in found.items():
        try:
            done[name] = read(name, content)
        except FilesUnusable as unusable:
            problems += unusable.problems
    if problems:
        raise RulebookUnusable(problems)
    return done


def _text(name: str, file: Traversable) -> str:
    try:
        return text_of(name, file)
    except OSError as error:
        raise FilesUnusable([_unreadable(name, error)]) from error


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(name, 1, "-", str(error.strerror), "put there what the service may read")


def _rule_files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _rule_files(item, f"{above}{item.name}/")
        elif item.name.endswith((".yaml", ".yml")):
            yield above + item.name, item
