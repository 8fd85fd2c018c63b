"""`jenjang assess`: written situations answered in words and as JSON, and what is wrong with a file, field by field."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from activities.rule_files import read_rulebook
from api.cli import app

RULEBOOK = read_rulebook()
EXAMPLES = Path(str(files("domain.rulebook") / "examples"))
REG = (EXAMPLES / "reg.yaml").read_text(encoding="utf-8")
SHORT = REG.replace("2021-12-01: III/b", "2022-03-01: III/b").partition("expect:")[0]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file to write a situation into."""
    return tmp_path / "facts.yaml"


def assess(file: Path, *words: str) -> int:
    """The exit code of the command."""
    code: int = app(["assess", str(file), "--locale", "en", *words], result_action="return_value")
    return code


def as_json(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was printed, read as a program would."""
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("kind", sorted({kind for route in RULEBOOK.routes for kind in route.kinds}))
def test_every_kind_has_an_example_that_is_answered_as_expected(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The examples are the documentation of the format."""
    file = EXAMPLES / f"{kind.lower()}.yaml"

    assert assess(file, "--json") == 0
    found = as_json(capsys)
    for answer in found if isinstance(found, list) else [found]:
        assert (answer["kind"], answer["differs"], bool(answer["requirements"])) == (kind, [], True)


def test_people_read_every_requirement_with_its_law_cure_and_first_date(
    written: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Met and not met, the article and how sure it is, then the whole and the version of the rules."""
    monkeypatch.setenv("COLUMNS", "400")
    written.write_text(SHORT, encoding="utf-8")

    assert assess(written) == 1
    said = capsys.readouterr().out
    assert "REG, TMT 2026-02-01, lodged 2026-01-05" in said
    (line,) = [line for line in said.splitlines() if "TIME_IN_RANK" in line]
    assert line.split()[:3] == ["✗", "blocks", "TIME_IN_RANK"]
    assert "PP 99/2000" in line
    assert "(sourced)" in line
    assert line.rstrip().endswith("2026-03-01")
    assert "III/b since 2022-03-01" in said
    assert "Not yet; earliest TMT 2026-03-01." in said
    assert f"Rulebook {RULEBOOK.version}" in said


def test_indonesian_is_complete(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same in the office's language."""
    written.write_text(SHORT, encoding="utf-8")
    app(["assess", str(written), "--locale", "id"], result_action="return_value")
    said = capsys.readouterr().out

    assert "Belum memenuhi syarat; TMT paling cepat 2026-03-01." in said
    assert "menghalangi" in said


@pytest.mark.parametrize(
    ("changes", "verdict", "whole", "code"),
    [
        ({}, "met", "Eligible for TMT 2026-02-01.", 0),
        ({"2024: baik": "2023: baik"}, "cannot-tell", "too little is known for: RATINGS.", 0),
        ({'["40"]': '["10"]'}, "not-met", "Never within 72 months of TMT 2026-02-01.", 1),
    ],
)
def test_the_whole_is_eligible_unclear_or_never(
    written: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], verdict: str, whole: str, code: int
) -> None:
    """A gap in the data stands against nothing; the exit code says whether anything does."""
    text = REG.partition("expect:")[0]
    for old, new in changes.items():
        text = text.replace(old, new)
    written.write_text(text, encoding="utf-8")

    assert assess(written) == code
    assert whole in capsys.readouterr().out
    assert assess(written, "--json") == code
    assert as_json(capsys)["verdict"] == verdict


@pytest.mark.parametrize(
    ("example", "tmt"),
    [("reg", "2026-03-01"), ("internal", "2026-03-01"), ("pgb", "2026-02-01")],
)
def test_a_question_can_be_put_on_another_day(example: str, tmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Lodged then, for the TMT whose window it is, or the next month's; an end of service keeps its day.

    What the file expects is of the day that it says, and not compared.
    """
    assess(EXAMPLES / f"{example}.yaml", "--as-of", "2026-02-10", "--json")
    found = as_json(capsys)
    first = found[0] if isinstance(found, list) else found

    assert (first["lodged_on"], first["tmt"], first["differs"]) == ("2026-02-10", tmt, None)


def test_a_file_without_days_can_be_asked_for_a_day(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then nothing but people and wish need be written."""
    written.write_text(SHORT.replace(", tmt: 2026-02-01, lodged: 2026-01-05", ""), encoding="utf-8")

    assert assess(written) == 2
    assert "`asks.tmt` is missing; add `tmt:`" in capsys.readouterr().err
    assert assess(written, "--as-of", f"{date(2026, 2, 20)}", "--json") == 0
    assert as_json(capsys)["tmt"] == "2026-04-01"


def test_an_answer_that_was_not_expected_fails_and_is_told(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, and for programs."""
    written.write_text(f"{SHORT}expect: {{blocks: [RATINGS], earliest: 2026-02-01}}\n", encoding="utf-8")

    assert assess(written, "--json") == 1
    assert as_json(capsys)["differs"] == [
        "blocks TIME_IN_RANK, which was not expected",
        "blocks RATINGS was expected",
        "earliest is 2026-03-01, 2026-02-01 was expected",
    ]


def test_moves_name_their_people(capsys: pytest.CaptureFixture[str]) -> None:
    """By the names that the file gives them."""
    assess(EXAMPLES / "internal.yaml", "--json")
    swap = as_json(capsys)[1]

    assert {answer["subject"] for answer in swap["requirements"]} == {"Ani", "Budi"}
    assert [a["subject"] for a in swap["requirements"] if a["blocks"]] == ["Budi"]


FAULTS = {
    "kind: REG": ("kind: RGE", "unknown kind of promotion `RGE`; write `REG`"),
    "born: 1985": ("brn: 1985", "`person.brn` is unknown; write `born`"),
    "kind: general": ("kind: generl", "`person.posts.2015-01-01.kind` is 'generl'; write 'structural'"),
    "III/a,": ("III/z,", "`person.ranks.2017-12-01` is 'III/z'; correct it: no such golongan ruang"),
    "1985-06-15": ("1985-06-31", "`person.born`: 1985-06-31: day is out of range for month"),
    "{2015-01-01:": ("{2015-13-01:", "`person.posts`: 2015-13-01: month must be in 1..12"),
    '["40"]': ('["41"]', "unknown level of education `41`; write "),
    '"01"': ('"10"', "unknown legal position `10`; write "),
    "grade: III/c": ("grade: III/c, lvel: 3", "`asks.lvel` is unknown; write one of kind, grade"),
    "{earliest": ("{blocks: [TIME_IN_RNK], earliest", "unknown requirement `TIME_IN_RNK`; write `TIME_IN_RANK`"),
}


@pytest.mark.parametrize(("right", "wrong", "told"), [(k, *v) for k, v in FAULTS.items()], ids=FAULTS)
def test_a_faulty_file_is_refused_field_by_field(
    written: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, told: str
) -> None:
    """File, line, what is wrong, and what to write instead; nothing is answered."""
    line = REG.partition(right)[0].count("\n") + 1
    written.write_text(REG.replace(right, wrong), encoding="utf-8")

    assert right in REG
    assert assess(written) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{written}:{line}: ")
    assert told in said.err


def test_everything_wrong_is_named_at_once(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is taken over is wrong once, in the line where it is written; a name is given once."""
    written.write_text(
        """
- situation: one
  person: {born: x, posts: {2020-01-01: {post: P, kind: general, eselon: 7}}}
  asks: {kind: REG}
- situation: two
  like: one
  person: {rank: {}}
- {situation: three, like: four}
- {situation: one}
""",
        encoding="utf-8",
    )

    assert assess(written) == 2
    lines = [line.removeprefix(f"{written}:") for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "3: one: `person.born` is 'x'; write a real date, like 2026-02-01",
        '3: one: `person.posts.2020-01-01.eselon` is 7, not text; write "7" in quotes',
        "4: one: `asks.grade` is missing; add `grade:`",
        "4: one: `asks.lodged` is missing; add `lodged:`",
        "4: one: `asks.tmt` is missing; add `tmt:`",
        "7: two: `person.rank` is unknown; write `ranks`",
        "8: three: there is no earlier situation `four`; write one of one, two",
        "9: one: an earlier situation has this name; give it another",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no situation; write `person:` and `asks:`"),
        ("[]", "no situation; write `person:` and `asks:`"),
        ("just words", "write a mapping"),
        ("person: {}\n", "`asks` is missing"),
        ("a: [1\n", "write valid YAML"),
    ],
)
def test_a_file_that_tells_no_situation_is_refused(
    written: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    """Empty, no mapping, or broken."""
    written.write_text(text, encoding="utf-8")

    assert assess(written) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    assert assess(tmp_path / "nowhere.yaml") == 2
    assert "nowhere.yaml: No such file" in capsys.readouterr().err
