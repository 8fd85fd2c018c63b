"""Receipts: the answer to a command id, for ever."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from activities.audit.canonical import canonical
from domain.errors import CommandIdReused
from domain.ports import AnyCommand, Receipt


@dataclass(frozen=True)
class Receipts:
    """Finds receipts and tells an honest repeat from another command under the same id."""

    secret: bytes = field(repr=False)

    def request_hash(self, command: AnyCommand) -> bytes:
        """A keyed hash of actor and content, so that a short note cannot be guessed from it.

        The shown version is left out: a repeat after a lost answer may carry a newer one.
        """
        content = command.model_dump(mode="json", exclude={"command_id", "expected_version"})
        body = canonical({"type": type(command).__name__, **content})
        return hmac.new(self.secret, b"request\x00" + body, hashlib.sha256).digest()

    def answer(self, row: Any, command: AnyCommand) -> Receipt:
        """The stored receipt under the command's id; raises CommandIdReused when it was given for something else."""
        if not hmac.compare_digest(row.request_hash, self.request_hash(command)):
            raise CommandIdReused(command_id=command.command_id)
        return Receipt(
            command_id=row.command_id,
            stream_id=row.receipt_stream,
            first_version=row.first_version,
            last_version=row.last_version,
            outcome=row.outcome,
            recorded_at=row.receipt_at,
            repeated=True,
        )
