from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "activities", "workflows", "api", "deploy")
MODULE_CAP = 400
TEST_MODULE_CAP = 600
FUNCTION_CAP = 50
TEXT_SUFFIXES = {
    "",
    ".cfg",
    ".css",
    ".html",
    ".in",
    ".ini",
    ".js",
    ".json",
    ".md",
    ".py",
    ".sh",
    ".toml",
    ".txt",
    ".yaml",
}
GENERATED = {".venv", ".cache", ".git", ".hypothesis", ".jenjang", "out", "dist", "__pycache__"}
# Joined, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(rf"\b{name}\.(?:org|com|io)\b" for name in ("py" + "pi", "python" + "hosted", "npm" + "js"))
)
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")) + r")\b")
PATCHING = re.compile(r"\b(mock\.patch|Magic" + r"Mock|monkeypatch\." + r"setattr|mocker\.)")
IMPURE_CALLS = {"now", "utcnow", "today", "uuid4"}
ASSERTING_CALL = re.compile(r"assert|then|raises|check|expect|warns|fail")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Check = Callable[[Path, str], Iterator[str]]


@cache
def sources(*folders: str) -> list[tuple[Path, str]]:
    """Every Python file below the folders, with its text."""
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [(path, path.read_text()) for path in files]


def functions(text: str) -> Iterator[Function]:
    """Every function and method in the text."""
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def long_modules(path: Path, text: str) -> Iterator[str]:
    """A module longer than its cap."""
    cap = TEST_MODULE_CAP if "tests" in path.parts else MODULE_CAP
    if text.count("\n") > cap:
        yield f"more than {cap} lines"


def long_functions(_: Path, text: str) -> Iterator[str]:
    """Functions longer than the cap."""
    for function in functions(text):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_CAP:
            yield f"{function.name} has {length} lines"


def unfinished(_: Path, text: str) -> Iterator[str]:
    """Work that was put off."""
    yield from (match.group() for match in UNFINISHED.finditer(text))


def impure_calls(_: Path, text: str) -> Iterator[str]:
    """Calls that ask a clock or the dice; facts arrive as arguments."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in IMPURE_CALLS:
                yield f"{name}() in line {node.lineno}"


def patching(_: Path, text: str) -> Iterator[str]:
    """Patches; fakes behind ports instead."""
    yield from (match.group() for match in PATCHING.finditer(text))


def silent_tests(_: Path, text: str) -> Iterator[str]:
    """Tests that assert nothing, or do not say in one sentence what they show."""
    known = list(functions(text))
    asserting: set[str] = set()
    # A helper of the same module may assert for the test, and a helper's helper for the helper.
    for _round in range(3):
        asserting |= {function.name for function in known if asserts(function, asserting)}
    for function in known:
        if function.name.startswith("test"):
            if function.name not in asserting:
                yield f"{function.name} asserts nothing"
            if ast.get_docstring(function) is None:
                yield f"{function.name} has no sentence"


def asserts(function: Function, asserting: set[str]) -> bool:
    """Whether the function asserts, by itself or by calling something that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in asserting or ASSERTING_CALL.search(name):
                return True
    return False


def registry_addresses(_: Path, text: str) -> Iterator[str]:
    """Addresses of package registries; where packages come from is the machine's business."""
    yield from (match.group() for match in REGISTRIES.finditer(text))


RULES: list[tuple[Check, tuple[str, ...], str]] = [
    (long_modules, (*PACKAGES, "tests"), "x = 1\n" * 601),
    (long_functions, (*PACKAGES, "tests"), "def f():\n" + "    x = 1\n" * 50),
    (unfinished, (*PACKAGES, "tests"), "# TO" + "DO later"),
    (impure_calls, ("domain",), "at = datetime.now(UTC)"),
    (patching, ("tests",), "monkeypatch." + "setattr(clock, 'now', fake)"),
    (silent_tests, ("tests",), "def test_nothing():\n    '''Says much.'''\n    f()"),
]


@pytest.mark.parametrize(("check", "folders", "planted"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_tree_keeps_its_shape(check: Check, folders: tuple[str, ...], planted: str) -> None:
    """Sizes, purity, finished work and honest tests hold everywhere; each check finds a planted fault."""
    faults = {str(path.relative_to(ROOT)): list(check(path, text)) for path, text in sources(*folders)}

    assert {name: found for name, found in faults.items() if found} == {}
    assert list(check(ROOT / "tests" / "planted.py", planted)) != []


def test_no_file_names_a_package_registry() -> None:
    """No address of a registry stands in any text file of the project; the check finds a planted one."""
    named = [str(path.relative_to(ROOT)) for path in text_files() if list(registry_addresses(path, path.read_text()))]

    assert named == []
    assert list(registry_addresses(ROOT, "https://py" + "pi.org/simple")) != []


def text_files() -> Iterator[Path]:
    """The project's own text files, whatever their kind."""
    for top in sorted(ROOT.iterdir()):
        if top.name not in GENERATED and not top.name.endswith("_cache"):
            found = [top] if top.is_file() else sorted(top.rglob("*"))
            yield from (path for path in found if path.is_file() and path.suffix in TEXT_SUFFIXES)


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_are_ours(package: str) -> None:
    """Their names are common words; what is imported under them must be this repository."""
    origin = importlib.import_module(package).__file__

    assert origin is not None
    assert Path(origin).is_relative_to(ROOT)
