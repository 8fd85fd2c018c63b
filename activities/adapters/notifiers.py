"""Notifiers: to the log, or by SMTP."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
import structlog

log = structlog.get_logger()
PERMANENT = 500
PATIENCE = 10.0
"""Seconds for each answer of the mail server."""


@dataclass(frozen=True)
class LogNotifier:
    """Says in the log that a notice would go out; for demos and offices without a mail server."""

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:  # noqa: ARG002 - not for a log
        """Log it, without text and address: the message id ends with the person's reference."""
        log.info("notice", message_id=message_id, subject=subject, characters=len(text))


@dataclass(frozen=True)
class SmtpNotifier:
    """Mails through the office's server; the message id lets receivers drop repeats."""

    host: str
    port: int
    sender: str

    async def send(self, message_id: str, address: str, subject: str, text: str) -> None:
        """Send one mail; an address that is missing, or refused for good, is logged by its message id.

        Raises ConnectionError when the server is away or asks to try again later.
        """
        if "@" not in address:
            log.warning("notice without address", message_id=message_id)
            return
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, address, subject
        mail["Message-ID"] = f"<{message_id.replace('/', '.')}@jenjang>"
        mail.set_content(text)
        try:
            await aiosmtplib.send(mail, hostname=self.host, port=self.port, timeout=PATIENCE)
        except aiosmtplib.SMTPException as error:
            if _for_good(error):
                log.warning("notice refused", message_id=message_id)
                return
            reason = f"mail server {self.host}:{self.port}"
            raise ConnectionError(reason) from error


def _for_good(error: aiosmtplib.SMTPException) -> bool:
    """Whether the server knows no such recipient; a reply of 4xx asks to try again. Source: RFC 5321 section 4.2.1."""
    return isinstance(error, aiosmtplib.SMTPRecipientsRefused) and all(
        refused.code >= PERMANENT for refused in error.recipients
    )
