"""Bookmarks of lists: where the last page ended, signed, so that nobody asks for places of their own making."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.problems.refusals import CursorMalformed

MAC = 16
"""Bytes of the signature; guessing one in 2^128 is not tried."""


@dataclass(frozen=True)
class Cursors:
    """Bookmarks under a key; each belongs to one list and one person."""

    key: bytes = field(repr=False)

    def write(self, owner: str, values: Sequence[str]) -> str:
        """The bookmark of a row's sort values; `owner` names the list and the person."""
        content = json.dumps(list(values)).encode()
        return base64.urlsafe_b64encode(self._mac(owner, content) + content).decode().rstrip("=")

    def read(self, owner: str, bookmark: str) -> list[str]:
        """The sort values; raises CursorMalformed for a bookmark of another list, person or key."""
        try:
            signed = base64.urlsafe_b64decode(bookmark + "=" * (-len(bookmark) % 4))
        except (NotBase64, ValueError) as error:
            raise CursorMalformed from error
        mac, content = signed[:MAC], signed[MAC:]
        if not hmac.compare_digest(mac, self._mac(owner, content)):
            raise CursorMalformed
        values: list[str] = json.loads(content)
        return values

    def _mac(self, owner: str, content: bytes) -> bytes:
        message = b"bookmark\x00" + owner.encode() + b"\x00" + content
        return hmac.new(self.key, message, hashlib.sha256).digest()[:MAC]
