"""JSON has one meaning here, and text shows what it is."""

from __future__ import annotations

import pytest

from api.strict_json import MAX_DEPTH, Fault, Malformed, loads, visible


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault.NO_JSON),
        (b"{'a': 1}", Fault.NO_JSON),
        (b'{"a": 1} x', Fault.NO_JSON),
        (b'\xef\xbb\xbf{"a": 1}', Fault.NO_JSON),
        (b'{"a": "\xff"}', Fault.NO_JSON),
        (b"9" * 5000, Fault.NO_JSON),
        (b'{"a": 1, "a": 2}', Fault.DUPLICATE_KEY),
        (b'{"a": {"b": 1, "b": 1}}', Fault.DUPLICATE_KEY),
        (b'{"a": NaN}', Fault.NO_NUMBER),
        (b'{"a": -Infinity}', Fault.NO_NUMBER),
        (b'{"a": 1e400}', Fault.NO_NUMBER),
        (b"[" * 100_000, Fault.TOO_DEEP),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), Fault.TOO_DEEP),
        (b'{"a": "\\u0000"}', Fault.HIDDEN_CHARACTERS),
        (b'{"a": "\\ud800"}', Fault.HIDDEN_CHARACTERS),
        (b'{"a": "\\u001b[31m"}', Fault.HIDDEN_CHARACTERS),
        ('{"a": "\u202eNIP"}'.encode(), Fault.HIDDEN_CHARACTERS),
        ('{"\u2066a": 1}'.encode(), Fault.HIDDEN_CHARACTERS),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(body: bytes, fault: Fault) -> None:
    """Each kind of ambiguous or hidden content is told by its own word."""
    with pytest.raises(Malformed) as raised:
        loads(body)

    assert fault == raised.value.fault


def test_plain_json_is_read_as_it_is() -> None:
    """Objects, lists, numbers, null, joiners of scripts and line breaks pass."""
    body = '{"a": [1, 2.5, null, true], "b": "Satu\\nDua", "c": "नमस्\u200dते"}'.encode()

    assert loads(body) == {"a": [1, 2.5, None, True], "b": "Satu\nDua", "c": "नमस्\u200dते"}


def test_text_has_one_spelling() -> None:
    """A decomposed letter and a Windows line break become the usual ones, so equal texts are equal."""
    assert visible("Andre\u0301\r\n") == "André\n"
