"""Notifiers: to the log, or by SMTP."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
import structlog

log = structlog.get_logger()


@dataclass(frozen=True)
class LogNotifier:
    """Says in the log that a notice would go out; for demos and offices without a mail server."""

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Log it, without its text."""
        log.info("notice", message_id=message_id, address=address, subject=subject, characters=len(text))


@dataclass(frozen=True)
class SmtpNotifier:
    """Mails through the office's server; the message id lets receivers drop repeats."""

    host: str
    port: int
    sender: str

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Send one mail; someone without an address is logged. Raises ConnectionError when the server is away."""
        if "@" not in address:
            log.warning("notice without address", message_id=message_id, address=address)
            return
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, address, subject
        mail["Message-ID"] = f"<{message_id.replace('/', '.')}@jenjang>"
        mail.set_content(text)
        try:
            await aiosmtplib.send(mail, hostname=self.host, port=self.port, timeout=30)
        except aiosmtplib.SMTPException as error:
            reason = f"mail server {self.host}:{self.port}"
            raise ConnectionError(reason) from error
