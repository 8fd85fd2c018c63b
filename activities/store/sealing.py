"""Keys of people: free text is sealed under them, and destroying one erases the text and leaves every proof valid."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.tables import subject_keys

NONCE = 12


@dataclass(frozen=True)
class SubjectCipher:
    """AES-256-GCM under one person's key."""

    key: bytes = field(repr=False)

    def seal(self, text: str, bound_to: str) -> bytes:
        """Nonce and ciphertext; `bound_to` names event and field, so that it cannot be moved."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, text.encode(), bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> str | None:
        """The text, or None when the key does not fit."""
        try:
            return AESGCM(self.key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode()).decode()
        except InvalidTag:
            return None


@dataclass(frozen=True)
class KeyRing:
    """People's keys, wrapped under the vault key (32 bytes)."""

    vault_key: bytes = field(repr=False)

    def fresh(self) -> bytes:
        """A new key, wrapped."""
        return aes_key_wrap(self.vault_key, os.urandom(32))

    async def cipher(self, connection: AsyncConnection, subject: str) -> SubjectCipher | None:
        """The person's cipher, or None when the key is unknown or destroyed."""
        row = await connection.execute(select(subject_keys.c.wrapped_dek).where(subject_keys.c.subject_ref == subject))
        wrapped = row.scalar_one_or_none()
        return SubjectCipher(aes_key_unwrap(self.vault_key, bytes(wrapped))) if wrapped else None

    async def provide(self, connection: AsyncConnection, subjects: list[str]) -> None:
        """Make a key for everyone who has none."""
        rows = [{"subject_ref": subject, "wrapped_dek": self.fresh()} for subject in subjects]
        await connection.execute(insert(subject_keys).on_conflict_do_nothing(), rows)
