"""Situation files as parsed: who takes over what from whom, and what is wrong, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.rulebook.problems import FilesUnusable, ParsedFile, Place, Problem, closest, fields_at, wording
from domain.situations.outcomes import Outcome
from domain.situations.people import Written
from domain.situations.questions import Dates, Situation, shape_of

TAKEN_OVER = ("person", "people", "asks")
"""What `like` takes over from an earlier situation of the file; each word in it may be written anew."""

W = TypeVar("W", bound=Written)


class Entry(Written):
    """One entry of a situation file: a name, the law behind it, the situation, and what its writer expects of it."""

    situation: str = ""
    law: str = ""
    like: str | None = None
    person: Any = None
    people: Any = None
    asks: Any = None
    expect: Outcome | None = None


@dataclass(frozen=True)
class Words:
    """What one entry says, with what it takes over, and in which entry each of its words stands."""

    file: ParsedFile
    place: Place
    name: str = "-"
    said: Mapping[str, Any] = field(default_factory=dict)
    written_in: Mapping[Place, Place] = field(default_factory=dict)

    def problem(self, wrong: str, instead: str, *within: object) -> Problem:
        """A problem with the entry, or with a place inside it."""
        place = self.written_in.get(within[:2], self.written_in.get(within[:1], self.place))
        return Problem(self.file.name, self.file.line((*place, *within)), self.name, wrong, instead)


@dataclass(frozen=True)
class Told:
    """One situation as it was written, and what its writer expects of it."""

    words: Words
    situation: Situation
    expected: Outcome | None


def told(file: ParsedFile, dates: Dates | None = None) -> list[Told]:
    """Every situation of the file. Raise FilesUnusable listing every problem."""
    found: list[Told] = []
    problems: dict[tuple[int, str], Problem] = {}
    earlier: dict[str, Words] = {}
    for place, item in _items(file):
        words = Words(file, place, _name(item))
        try:
            entry = _valid(Entry, item, words)
            words = _taking_over(words, entry, earlier)
            earlier[words.name] = words
            found.append(Told(words, _situation(words, dates), entry.expect))
        except FilesUnusable as unusable:
            # What is taken over is wrong once, where it is written.
            problems = {(problem.line, problem.wrong): problem for problem in unusable.problems} | problems
    if problems:
        raise FilesUnusable(problems.values())
    if not found:
        raise FilesUnusable([Words(file, ()).problem("no situation", "write `person:` and `asks:`")])
    return found


def _items(file: ParsedFile) -> Iterator[tuple[Place, Any]]:
    if isinstance(file.data, list):
        yield from (((index,), item) for index, item in enumerate(file.data))
    elif file.data is not None:
        yield (), file.data


def _name(item: Any) -> str:
    return str(item.get("situation") or "-") if isinstance(item, dict) else "-"


def _taking_over(words: Words, entry: Entry, earlier: Mapping[str, Words]) -> Words:
    if entry.situation and entry.situation in earlier:
        raise FilesUnusable([words.problem("an earlier situation has this name", "give it another", "situation")])
    like = Words(words.file, ())
    if entry.like is not None:
        if entry.like not in earlier:
            wrong = f"there is no earlier situation `{entry.like}`"
            raise FilesUnusable([words.problem(wrong, closest(entry.like, list(earlier)), "like")])
        like = earlier[entry.like]
    said = {key: _over(like.said.get(key), getattr(entry, key)) for key in TAKEN_OVER}
    anew: dict[Place, Place] = {}
    for key in TAKEN_OVER:
        if (new := getattr(entry, key)) is not None:
            words_within = new if isinstance(new, dict) else {}
            anew |= dict.fromkeys([(key,), *((key, word) for word in words_within)], words.place)
    return replace(
        words,
        said={key: value for key, value in said.items() if value is not None},
        written_in=dict(like.written_in) | anew,
    )


def _over(old: Any, new: Any) -> Any:
    if new is None:
        return old
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new


def _situation(words: Words, dates: Dates | None) -> Situation:
    shape, said = shape_of(words.said), dict(words.said)
    if dates and isinstance(said.get("asks"), dict):
        said["asks"] = said["asks"] | dates(shape.matter, str(said["asks"].get("kind")))
    return _valid(shape, said, words)


def _valid(shape: type[W], item: Any, words: Words) -> W:
    try:
        return shape.model_validate(item)
    except ValidationError as error:
        raise FilesUnusable(
            words.problem(*wording(detail, fields_at(shape, detail["loc"][:-1])), *detail["loc"])
            for detail in error.errors()
        ) from error
