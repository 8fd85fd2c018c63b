"""Reading the rule files: safe YAML, every place with its line, nothing written twice."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml
from yaml.error import Mark

from domain.rulebook.load import load
from domain.rulebook.problems import ParsedFile, Place, Problem, RulebookUnusable
from domain.rulebook.rulebook import Rulebook


class _Refused(Exception):
    """Something that rule files must not contain."""

    def __init__(self, node: yaml.Node, wrong: str, instead: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong, self.instead = _line(node.start_mark), wrong, instead


class _Reading:
    """One file being turned into plain data, while noting on which line each place begins."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._loader = yaml.SafeLoader(text)
        self._seen: set[int] = set()

    def data(self) -> object:
        node = self._loader.get_single_node()
        return self._plain(node, ()) if node else None

    def _plain(self, node: yaml.Node, place: Place) -> object:
        if place in self.lines:
            raise _Refused(node, f"`{place[-1]}` is written twice", "keep one of the two")
        # A node met again is an alias: values are written where they hold, and a file cannot grow while it is read.
        if id(node) in self._seen:
            raise _Refused(node, "an alias of this value is used", "write the value out")
        self._seen.add(id(node))
        self.lines[place] = _line(node.start_mark)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*place, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            named = ((self._scalar(key), value) for key, value in node.value)
            return {name: self._plain(value, (*place, name)) for name, value in named}
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> object:
        if not isinstance(node, yaml.ScalarNode):
            raise _Refused(node, "a key that is no single value", "write a name")
        try:
            return self._loader.construct_object(node)
        except ValueError as error:
            raise _Refused(node, f"{node.value}: {error}", "write a real date or number") from error


def read_rulebook(folder: Traversable | None = None) -> Rulebook:
    """The rulebook in a folder, by default the one that is shipped.

    Raise RulebookUnusable naming file, line, what is wrong and what to write instead.
    """
    found = [_read(name, file) for name, file in _rule_files(folder or files("domain.rulebook") / "tables")]
    if problems := [item for item in found if isinstance(item, Problem)]:
        raise RulebookUnusable(problems)
    return load([item for item in found if isinstance(item, ParsedFile)])


def _rule_files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _rule_files(item, f"{above}{item.name}/")
        elif item.name.endswith((".yaml", ".yml")):
            yield above + item.name, item


def _read(name: str, file: Traversable) -> ParsedFile | Problem:
    try:
        reading = _Reading(file.read_text(encoding="utf-8"))
        return ParsedFile(name, reading.data(), reading.lines)
    except _Refused as refused:
        return Problem(name, refused.line, "-", refused.wrong, refused.instead)
    except yaml.MarkedYAMLError as error:
        return Problem(name, _line(error.problem_mark), "-", str(error.problem), "write valid YAML")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return Problem(name, 1, "-", str(error), "save the file as UTF-8 text")


def _line(mark: Mark | None) -> int:
    return mark.line + 1 if mark else 1
