"""Files that people attach: kept by SHA-256 outside the database, so that the same content is kept once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

SUFFIXES: Mapping[str, str] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""The kinds that may be attached, with the suffix they are handed out under."""


@dataclass(frozen=True)
class Kept:
    """A file that is durable: hex digest, size in bytes, and the kind its content shows."""

    sha256: str
    size: int
    media_type: str


class DocumentDamaged(Exception):
    """A kept file is missing, or is not what its digest says; it is never handed out."""


class Documents(Protocol):
    """Where the files are."""

    async def keep(self, chunks: AsyncIterator[bytes]) -> Kept:
        """Keep the content, whole or not at all; raises DocumentRefused for an empty file or another kind."""

    async def content(self, sha256: str) -> bytes:
        """The content, checked against its digest; raises DocumentDamaged."""
