"""The lab's mail server: it keeps every letter that it accepted, and can be away, slow, unwilling or forgetful."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import LOOPBACK

SLOW = 2.0
OK, DOWN, REFUSING, FORGETFUL, SLUGGISH = "ok", "down", "refusing", "forgetful", "slow"


@dataclass(frozen=True)
class Delivery:
    """A letter that was accepted: its id, whom it reached, and the SHA-256 of subject and text."""

    message_id: str
    recipient: str
    digest: str


@dataclass
class Mailbox:
    """Every letter that arrived, in order.

    `mode`: `ok`; `down`: hangs up on every caller; `refusing`: asks to come again later (451); `slow`: answers after
    `slow` seconds; `forgetful`: keeps the letter and hangs up before saying so.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    mode: str = OK
    slow: float = SLOW
    port: int = 0
    troubled: int = 0
    """How many callers met it in a mode other than `ok`."""

    @property
    def host(self) -> str:
        """Where it listens."""
        return LOOPBACK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Take the recipient, or ask to come again later."""
        if self.mode == REFUSING:
            self.troubled += 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Keep the letter."""
        if self.mode == SLUGGISH:
            self.troubled += 1
            await asyncio.sleep(self.slow)
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        content = f"{letter['Subject']}\n{letter.get_content()}".encode()
        digest = hashlib.sha256(content).hexdigest()
        self.deliveries += [Delivery(letter["Message-ID"], person, digest) for person in envelope.rcpt_tos]
        if self.mode == FORGETFUL:
            self.troubled += 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 kept"


class _Door(SMTP):
    """One caller's connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        mailbox: Mailbox = self.event_handler
        if mailbox.mode == DOWN:
            mailbox.troubled += 1
            assert isinstance(transport, asyncio.Transport)
            transport.abort()


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server on a free port."""
    found = Mailbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Door(found, hostname="lab", enable_SMTPUTF8=True), LOOPBACK, 0
    )
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
