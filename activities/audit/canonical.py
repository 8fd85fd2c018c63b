"""Canonical JSON (RFC 8785) and leaf hashes (RFC 6962)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

NO_PREVIOUS = ""
"""`prev` of a stream's first event."""


def canonical(value: Any) -> bytes:
    """The one byte string of a JSON value; raises on floats that are no integers beyond 2^53 and NaN."""
    return rfc8785.dumps(value)


def parse(entry: bytes) -> dict[str, Any]:
    """The JSON object of an entry."""
    parsed: dict[str, Any] = json.loads(entry)
    return parsed


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 over 0x00 and the entry, 32 bytes. Source: RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()
