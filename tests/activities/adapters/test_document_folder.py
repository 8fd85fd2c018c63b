"""Documents on disk: whole or not at all, once for each content, and never handed out damaged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from activities.adapters.document_folder import DocumentFolder
from activities.documents import DocumentDamaged
from domain.errors import DocumentRefused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"


async def pieces(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    """The content as it arrives."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def broken_off(content: bytes) -> AsyncIterator[bytes]:
    """A sender that goes away in the middle."""
    yield content
    message = "connection lost"
    raise ConnectionError(message)


def files(folder: Path) -> list[Path]:
    """Every file below the folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "media_type"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")]
)
async def test_a_file_is_kept_under_its_digest(tmp_path: Path, content: bytes, media_type: str) -> None:
    """The digest is the content's, the kind is what it shows, and it comes back byte for byte."""
    folder = DocumentFolder(tmp_path)
    kept = await folder.keep(pieces(content))

    assert kept.sha256 == sha256(content).hexdigest()
    assert (kept.size, kept.media_type) == (len(content), media_type)
    assert await folder.content(kept.sha256) == content
    assert [path.name for path in files(tmp_path)] == [kept.sha256]


async def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    """Attaching it again, to whatever case, takes no more room."""
    folder = DocumentFolder(tmp_path)
    first, second = await folder.keep(pieces(PDF)), await folder.keep(pieces(PDF, 3))

    assert first == second
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just text", "kind"),
        (b"<html><script>alert(1)</script>", "kind"),
        (b"PK\x03\x04" + b"\x00" * 40, "kind"),
        (b"MZ" + b"\x00" * 60, "kind"),
    ],
)
async def test_other_kinds_are_refused_and_leave_nothing(tmp_path: Path, content: bytes, reason: str) -> None:
    """Programs, archives, pages and empty files never reach the folder."""
    with pytest.raises(DocumentRefused) as raised:
        await DocumentFolder(tmp_path).keep(pieces(content))

    assert raised.value.reason == reason
    assert files(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    """Half a file is no file."""
    with pytest.raises(ConnectionError):
        await DocumentFolder(tmp_path).keep(broken_off(PDF))

    assert files(tmp_path) == []


async def test_a_damaged_or_missing_file_is_not_handed_out(tmp_path: Path) -> None:
    """One flipped bit is found before it is served; keeping the content again heals it."""
    folder = DocumentFolder(tmp_path)
    kept = await folder.keep(pieces(PDF))
    (path,) = files(tmp_path)
    path.write_bytes(PDF[:-1] + bytes([PDF[-1] ^ 1]))
    for digest in (kept.sha256, "0" * 64):
        with pytest.raises(DocumentDamaged):
            await folder.content(digest)

    await folder.keep(pieces(PDF))
    assert await folder.content(kept.sha256) == PDF
