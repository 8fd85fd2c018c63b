"""Canonical bytes: quick or not, they are those of RFC 8785, and nothing else passes for them."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from activities.audit.canonical import canonical, is_canonical, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LARGEST = 2**53 - 1
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.floats(-1e15, 1e15) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(value=st.dictionaries(TEXT, VALUES))
def test_what_is_written_is_canonical(value: dict[str, object]) -> None:
    """The bytes of any value pass, also with fractions, long numbers and letters of every script."""
    written = canonical(value)
    assert is_canonical(written, parse(written))


@given(value=st.dictionaries(TEXT, VALUES))
def test_the_bytes_are_those_of_the_standard(value: dict[str, object]) -> None:
    """Where the standard library would write something else, the library of RFC 8785 writes."""
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "entry",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":-0}',
        b'{"a":1e2}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":12345678901234567890}',
    ],
)
def test_other_bytes_of_the_same_value_are_not_canonical(entry: bytes) -> None:
    """Order, spaces, fractions, exponents and needless escapes are each found."""
    assert not is_canonical(entry, parse(entry))
