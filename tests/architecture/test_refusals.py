"""Refusals travel as codes: each is answered, in both languages, with its own fields and nobody else's words."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from api.problems import refusals
from api.problems.table import PROBLEMS
from domain import errors
from domain.errors import DomainError

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "activities", "workflows", "api", "deploy")
SPOKEN = (errors, refusals)
"""The modules that define refusals."""


def refusal_classes() -> list[type[DomainError]]:
    """Every refusal of the product."""
    found = [item for module in SPOKEN for item in vars(module).values() if isinstance(item, type)]
    return [cls for cls in dict.fromkeys(found) if issubclass(cls, DomainError) and cls is not DomainError]


def placeholders(sentence: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def strange_placeholders(cls: type[DomainError]) -> Iterator[str]:
    """Placeholders of a refusal's sentences that are none of its fields."""
    row = PROBLEMS[cls.code]
    names = {item.name for item in fields(cls)}  # type: ignore[arg-type]
    for words in (row.title, row.detail, *row.bare.values()):
        for sentence in (words.id, words.en):
            yield from (f"{cls.code}: {name}" for name in placeholders(sentence) - names)
    yield from (f"{cls.code}: bare {name}" for name in row.bare if name not in names)


def quoted_refusals(text: str) -> Iterator[str]:
    """Places that read a caught refusal's text instead of its code and fields."""
    names = {cls.__name__ for cls in refusal_classes()} | {"DomainError"}
    for handler in ast.walk(ast.parse(text)):
        if isinstance(handler, ast.ExceptHandler) and handler.name and handler.type:
            caught = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(handler.type)}
            if caught & names:
                yield from (f"line {node.lineno}" for node in ast.walk(handler) if reads_text(node, handler.name))


def reads_text(node: ast.AST, name: str) -> bool:
    """Whether the node turns the named exception into text."""
    match node:
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=found), *_]):
            return found == name
        case ast.FormattedValue(value=ast.Name(id=found)):
            return found == name
        case ast.Attribute(value=ast.Name(id=found), attr="args"):
            return found == name
    return False


def test_every_refusal_has_a_code_of_its_own() -> None:
    """A code names one refusal, for ever."""
    codes = [cls.code for cls in refusal_classes()]

    assert len(codes) > 30
    assert sorted(set(codes)) == sorted(codes)


def test_every_refusal_is_defined_where_this_test_looks() -> None:
    """No refusal hides in another module of the product."""
    known = {cls.__name__ for cls in refusal_classes()} | {"DomainError"}
    found = {
        node.name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and known & {getattr(base, "id", "") for base in node.bases}
    }

    assert known - {"DomainError"} == found


def test_every_refusal_is_answered_and_no_answer_is_left_over() -> None:
    """The table has one row for each code, with an error status and words in both languages."""
    assert {cls.code for cls in refusal_classes()} == PROBLEMS.keys()
    for code, row in PROBLEMS.items():
        assert 400 <= row.status <= 503, code
        assert all((row.title.id, row.title.en, row.detail.id, row.detail.en)), code


def test_sentences_are_filled_from_the_fields_of_their_refusal() -> None:
    """Every placeholder is a field; a planted one is found."""

    @dataclass
    class Bare(DomainError):
        code = "step-closed"

    assert [found for cls in refusal_classes() for found in strange_placeholders(cls)] == []
    assert list(strange_placeholders(Bare)) != []


def test_both_languages_say_the_same_fields() -> None:
    """A reader of either language gets the same facts."""
    for code, row in PROBLEMS.items():
        for words in (row.title, row.detail, *row.bare.values()):
            assert placeholders(words.id) == placeholders(words.en), code


def test_nobody_reads_the_text_of_a_refusal() -> None:
    """Programs read code and fields only; the check finds each planted way of reading text."""
    sources = {path: path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    planted = "try:\n    f()\nexcept OwnCase as e:\n    g(WAY)\n"
    faults = {str(path): list(quoted_refusals(text)) for path, text in sources.items()}

    assert {path: found for path, found in faults.items() if found} == {}
    assert all(list(quoted_refusals(planted.replace("WAY", way))) for way in ("str(e)", "f'{e}'", "e.args", "repr(e)"))
