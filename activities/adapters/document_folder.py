"""Documents in a folder of this machine, or of a volume that several machines mount."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import puremagic

from activities.documents import SUFFIXES, DocumentDamaged, Kept
from domain.errors import DocumentRefused


@dataclass(frozen=True)
class DocumentFolder:
    """Each file under its digest, below the digest's first two digits; what is unfinished lies in `incoming`."""

    root: Path

    async def keep(self, chunks: AsyncIterator[bytes]) -> Kept:
        """Keep the content, whole or not at all; raises DocumentRefused for an empty file or another kind."""
        unfinished = await asyncio.to_thread(self._begin)
        try:
            digest, size = await _write(unfinished, chunks)
            media_type = await asyncio.to_thread(_kind, unfinished) if size else ""
            if media_type not in SUFFIXES:
                raise DocumentRefused(reason="kind" if size else "empty")
            await asyncio.to_thread(self._finish, unfinished, digest)
        finally:
            unfinished.unlink(missing_ok=True)
        return Kept(digest, size, media_type)

    async def content(self, sha256: str) -> bytes:
        """The content, checked against its digest; raises DocumentDamaged."""
        return await asyncio.to_thread(self._content, sha256)

    def _begin(self) -> Path:
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        os.close(descriptor)
        return Path(name)

    def _finish(self, unfinished: Path, digest: str) -> None:
        target = self._path(digest)
        target.parent.mkdir(exist_ok=True)
        unfinished.replace(target)
        for folder in (target.parent, self.root):
            _sync(folder)

    def _content(self, sha256: str) -> bytes:
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise DocumentDamaged(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DocumentDamaged(sha256)
        return content

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> tuple[str, int]:
    """Write and sync; the answer is the hex SHA-256 and the size."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            await asyncio.to_thread(file.write, chunk)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return digest.hexdigest(), size


def _kind(path: Path) -> str:
    """What the content shows itself to be, whatever its name and sender say; empty when nobody knows."""
    try:
        return puremagic.from_file(path, mime=True)
    except puremagic.PureError:
        return ""


def _sync(folder: Path) -> None:
    """Make the folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
