"""Reading YAML that people write: safely, every place with its line, nothing written twice."""

from __future__ import annotations

from importlib.resources.abc import Traversable

import yaml
from yaml.error import Mark

from domain.rulebook.problems import FilesUnusable, ParsedFile, Place, Problem, path_of


class _Refused(Exception):
    """Something that such files must not contain."""

    def __init__(self, node: yaml.Node, wrong: str, instead: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong, self.instead = _line(node.start_mark), wrong, instead


class _Reading:
    """One file being turned into plain data, while noting on which line each place begins."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self.impossible: list[_Refused] = []
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
            named = ((self._scalar(key, place), value) for key, value in node.value)
            return {name: self._plain(value, (*place, name)) for name, value in named}
        return self._scalar(node, place)

    def _scalar(self, node: yaml.Node, place: Place) -> object:
        if not isinstance(node, yaml.ScalarNode):
            raise _Refused(node, "a key that is no single value", "write a name")
        try:
            return self._loader.construct_object(node)
        except ValueError as error:
            # 30 February: every one of them is named before the file is refused.
            wrong = f"`{path_of(place)}`: {node.value}: {error}"
            self.impossible.append(_Refused(node, wrong, "write a real date or number"))
            return node.value


def read_yaml(name: str, file: Traversable) -> ParsedFile:
    """The file as plain data with its lines.

    Raise FilesUnusable naming line, what is wrong and what to write instead; OSError when there is no such file.
    """
    return parse_yaml(name, text_of(name, file))


def text_of(name: str, file: Traversable) -> str:
    """What the file says. Raise FilesUnusable when it is no UTF-8; OSError when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FilesUnusable([Problem(name, 1, "-", str(error), "save the file as UTF-8 text")]) from error


def parse_yaml(name: str, text: str) -> ParsedFile:
    """The text as plain data with its lines. Raise FilesUnusable as `read_yaml` does."""
    try:
        reading = _Reading(text)
        data = reading.data()
        refused = reading.impossible
    except _Refused as error:
        refused = [error]
    except yaml.MarkedYAMLError as error:
        raise FilesUnusable(
            [Problem(name, _line(error.problem_mark), "-", str(error.problem), "write valid YAML")]
        ) from error
    except yaml.YAMLError as error:
        raise FilesUnusable([Problem(name, 1, "-", str(error), "save the file as UTF-8 text")]) from error
    if refused:
        raise FilesUnusable(Problem(name, found.line, "-", found.wrong, found.instead) for found in refused)
    return ParsedFile(name, data, reading.lines)


def _line(mark: Mark | None) -> int:
    return mark.line + 1 if mark else 1
