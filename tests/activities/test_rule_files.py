from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from activities.rule_files import read_rulebook
from domain.rulebook.problems import Problem, RulebookUnusable

SHIPPED = Path(str(files("domain.rulebook") / "tables"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rule files, to be damaged."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "tables"))


def problems(folder: Path) -> list[Problem]:
    """What the folder is refused for."""
    with pytest.raises(RulebookUnusable) as refused:
        read_rulebook(folder)
    return refused.value.problems


def replace(file: Path, old: str, new: str) -> int:
    """Change the first occurrence and return its line."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_copy_is_the_same_rulebook(folder: Path) -> None:
    """The control of every damage below; the version depends on content alone."""
    assert read_rulebook().version == read_rulebook(folder).version


def test_the_label_is_that_of_the_edition() -> None:
    """The version begins with the label of edition.yaml."""
    assert read_rulebook().version.startswith("2026.1-")


def test_comments_and_layout_are_no_content(folder: Path) -> None:
    """Explaining a value does not make another rulebook."""
    edition = folder / "edition.yaml"
    edition.write_text('# why\n\nopen_cases:   keep\nedition:   "2026.1"\n', encoding="utf-8")

    assert read_rulebook().version == read_rulebook(folder).version


def test_an_unknown_variable_is_named_with_file_and_line(folder: Path) -> None:
    """The officer who wrote the rule is told where, and what to write."""
    line = replace(folder / "requirements" / "rotation.yaml", "months_in_post >= 24", "month_in_post >= 24")
    problem = next(problem for problem in problems(folder) if "variable" in problem.wrong)

    assert ("requirements/rotation.yaml", line, "TIME_IN_POST_MIN") == (problem.file, problem.line, problem.entry)
    assert problem.instead == "write `months_in_post`"


def test_a_missing_translation_is_named_with_file_and_line(folder: Path) -> None:
    """Every sentence exists in both languages."""
    replace(folder / "requirements" / "rotation.yaml", "    en: A person is moved once", "    # A person is moved once")
    (problem,) = problems(folder)

    assert (problem.entry, problem.wrong) == ("ONE_MOVE_PER_PERSON", "`message.en` is missing")


def test_a_key_written_twice_is_refused(folder: Path) -> None:
    """YAML would silently keep the last one."""
    line = replace(
        folder / "requirements" / "rotation.yaml", "  severity: block\n", "  severity: block\n  severity: warn\n"
    )
    (problem,) = problems(folder)

    assert (line + 1, "`severity` is written twice") == (problem.line, problem.wrong)


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("edition: [1\n", 2, "expected ',' or ']'"),
        ("edition: &a x\nother: *a\n", 1, "alias"),
        ("edition: &a [*a]\n", 1, "alias"),
        ("? [a, b]\n: x\n", 1, "a key that is no single value"),
        ("edition: 2026-02-30\n", 1, "2026-02-30: day is out of range"),
        ("edition: !!python/object:os.system x\n", 1, "could not determine a constructor"),
        ("edition: a\n---\nedition: b\n", 2, "but found another document"),
        ("edition: \x01\n", 1, "special characters"),
    ],
)
def test_text_that_is_no_plain_yaml_is_refused(folder: Path, text: str, line: int, wrong: str) -> None:
    """Broken, clever or dangerous text stops at its line, and nothing of it is run."""
    (folder / "edition.yaml").write_text(text, encoding="utf-8")
    (problem,) = problems(folder)

    assert ("edition.yaml", line) == (problem.file, problem.line)
    assert wrong in problem.wrong


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    """Windows tools save in other encodings."""
    (folder / "edition.yaml").write_bytes("edition: \xe9\n".encode("latin-1"))

    assert [(p.file, p.instead) for p in problems(folder)] == [("edition.yaml", "save the file as UTF-8 text")]


def test_a_new_file_in_a_known_folder_is_read(folder: Path) -> None:
    """Rules of another kind come in a file of their own."""
    shutil.copy(folder / "requirements" / "rotation.yaml", folder / "requirements" / "copy.yaml")

    assert {"requirements/rotation.yaml"} == {problem.file for problem in problems(folder)}
