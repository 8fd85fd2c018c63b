"""Grades, NIPs, references and instants: what is let in, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.vocabulary import AgencyRef, Frozen, Grade, Instant, Nip, SubjectRef, UnitRef, normal_ref

LADDER = [f"{roman}/{letter}" for roman in ("I", "II", "III") for letter in "abcd"] + [f"IV/{c}" for c in "abcde"]
GOOD = "199003152014039001"


class Ranked(Frozen):
    """Something with a grade."""

    grade: Grade


# Grades.


def test_the_ladder_has_seventeen_grades_in_order() -> None:
    """Each leads to the next, the last to none."""
    assert [Grade(text).level for text in LADDER] == list(range(1, 18))
    assert [str(Grade(text).next) for text in LADDER[:-1]] == LADDER[1:]
    assert Grade("IV/e").next is None


@pytest.mark.parametrize("text", ["", "V/a", "III/e", "iii/b", "III b", "32"])
def test_what_is_no_grade_is_refused(text: str) -> None:
    """The message shows it."""
    with pytest.raises(ValueError, match="no such golongan ruang"):
        Grade(text)


@pytest.mark.parametrize(
    ("code", "grade", "pangkat", "golongan"),
    [
        ("11", "I/a", "Juru Muda", "I"),
        ("32", "III/b", "Penata Muda Tingkat I", "III"),
        ("45", "IV/e", "Pembina Utama", "IV"),
    ],
)
def test_a_grade_has_a_code_and_a_name(code: str, grade: str, pangkat: str, golongan: str) -> None:
    """SIASN's reference id, and what decrees write."""
    found = Grade.of_code(code)

    assert (found, found.code, found.pangkat, found.golongan) == (grade, code, pangkat, golongan)


def test_a_grade_may_be_read_where_a_code_is_expected() -> None:
    """Some files write the grade itself."""
    assert Grade.of_code("III/b") == "III/b"


def test_a_grade_is_validated_and_stored_as_text() -> None:
    """In messages and events."""
    assert isinstance(Ranked.model_validate({"grade": "III/b"}).grade, Grade)
    assert Ranked(grade=Grade("III/b")).model_dump(mode="json") == {"grade": "III/b"}
    with pytest.raises(ValidationError, match="no such golongan ruang"):
        Ranked.model_validate({"grade": "V/a"})


# NIPs.


@pytest.mark.parametrize(
    "text", [GOOD, f" {GOOD} ", f"'{GOOD}", "19900315 201403 9 001", "19900315\u00a0201403\u00a09\u00a0001"]
)
def test_a_nip_is_read_as_people_write_it(text: str) -> None:
    """With spaces, an apostrophe for Excel, or none of it."""
    nip = Nip(text, invented=True)

    assert (nip, nip.born_on, nip.appointed_on) == (GOOD, date(1990, 3, 15), date(2014, 3, 1))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1.99003152014039E+17", "18 digits"),
        ("19900315201403900", "18 digits"),
        ("1990031520140390011", "18 digits"),
        ("19900315201403900A", "18 digits"),
        ("\u0661" * 18, "18 digits"),
        ("199013152014039001", "digits 1-8"),
        ("199003152014139001", "digits 9-14"),
        ("201503152014039001", "appointment before birth"),
        ("199003152014033001", "digit 15"),
        ("199003152014039000", "digits 16-18"),
    ],
)
def test_a_wrong_nip_names_the_part_that_is_wrong(text: str, wrong: str) -> None:
    """Its message never repeats the number."""
    with pytest.raises(ValueError, match=wrong) as refused:
        Nip(text, invented=True)

    assert text not in str(refused.value)


def test_an_invented_nip_is_no_real_one() -> None:
    """Sex digit 9 passes for demos only."""
    with pytest.raises(ValueError, match="digit 15"):
        Nip(GOOD)


def test_a_nip_is_masked_where_it_might_be_logged() -> None:
    """Its repr shows four digits."""
    assert repr(Nip(GOOD, invented=True)) == "Nip(…9001)"


@given(st.text(max_size=24))
def test_any_text_is_a_nip_or_refused_with_a_reason(text: str) -> None:
    """Nothing else is ever raised."""
    try:
        read, refused = Nip(text, invented=True), ""
    except ValueError as error:
        read, refused = "", str(error)

    assert bool(refused) != (len(read) == 18)


# References and instants.


@pytest.mark.parametrize("text", ["8AE4-83", "8ae483", " 8AE483 "])
def test_an_identifier_has_one_spelling(text: str) -> None:
    """SIASN has three."""
    assert normal_ref(text) == "8AE483"


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "g" * 32, "A" * 32, "199003152014039001"])
def test_a_subject_reference_is_random_hex_and_never_a_nip(text: str) -> None:
    """32 lower-case hex digits."""
    with pytest.raises(ValidationError):
        TypeAdapter(SubjectRef).validate_python(text)


@pytest.mark.parametrize("kind", [UnitRef, AgencyRef])
@pytest.mark.parametrize("text", ["", "X" * 41])
def test_a_unit_or_agency_has_a_short_name(kind: type, text: str) -> None:
    """One to forty characters."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_an_instant_needs_its_offset() -> None:
    """Without one nobody knows which hour it was."""
    instant: TypeAdapter[datetime] = TypeAdapter(Instant)

    assert instant.validate_python("2026-01-20T09:00:00+07:00") == datetime(2026, 1, 20, 2, tzinfo=UTC)
    with pytest.raises(ValidationError, match="offset"):
        instant.validate_python("2026-01-20T09:00:00")


def test_values_do_not_change_and_let_newer_fields_pass() -> None:
    """A message of a newer version is read; nobody writes into one."""
    ranked = Ranked.model_validate({"grade": "III/b", "said_by_a_newer_version": 1})

    with pytest.raises(ValidationError, match="frozen"):
        ranked.grade = Grade("III/c")  # type: ignore[misc]
