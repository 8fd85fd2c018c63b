"""Notices by mail, through a real server on this machine, and to the log."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from structlog.testing import capture_logs

from activities.adapters.notifiers import LogNotifier, SmtpNotifier

ADDRESS, SUBJECT, TEXT = "pegawai@contoh.test", "KP-2026-000001 menunggu Anda", "Tahap: VERIF – mohon diperiksa\n"
MESSAGE_ID = "019a/role/verifier/00000000000000000000000000000004"


@dataclass
class Postbox:
    """Keeps mails; `reply` is what it says to a recipient."""

    reply: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - a name of aiosmtpd
        """Take the recipient, or not."""
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - a name of aiosmtpd
        """Keep the mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postbox() -> Postbox:
    """An empty one."""
    return Postbox()


@pytest.fixture
def notifier(postbox: Postbox) -> Iterator[SmtpNotifier]:
    """A notifier and its server."""
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield SmtpNotifier("127.0.0.1", controller.port, "jenjang@contoh.test")
    controller.stop()


async def test_a_notice_arrives_as_a_mail(notifier: SmtpNotifier, postbox: Postbox) -> None:
    """With an id of its own, by which receivers drop repeats, and its words unharmed."""
    await notifier.send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)
    mail = postbox.mails[0]

    assert (mail["From"], mail["To"], mail["Subject"]) == ("jenjang@contoh.test", ADDRESS, SUBJECT)
    assert mail["Message-ID"] == f"<{MESSAGE_ID.replace('/', '.')}@jenjang>"
    assert mail.get_content().splitlines() == TEXT.splitlines()


async def test_a_repeated_notice_carries_the_same_id(notifier: SmtpNotifier, postbox: Postbox) -> None:
    """Delivery is at least once."""
    for _ in range(2):
        await notifier.send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)

    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1


async def test_a_server_that_is_away_is_told(postbox: Postbox) -> None:
    """So that the notice is tried again; the error names the server and nobody's address."""
    with pytest.raises(ConnectionError) as away:
        await SmtpNotifier("127.0.0.1", free_port(), "jenjang@contoh.test").send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)

    assert ADDRESS not in str(away.value)


async def test_a_server_that_is_busy_is_tried_again(notifier: SmtpNotifier, postbox: Postbox) -> None:
    """4xx: later."""
    postbox.reply = "450 mailbox busy"
    with pytest.raises(ConnectionError):
        await notifier.send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)

    assert postbox.mails == []


async def test_an_address_that_the_server_does_not_know_stops_nothing(notifier: SmtpNotifier, postbox: Postbox) -> None:
    """5xx: the log says which notice; a case must not wait for ever on a wrong address."""
    postbox.reply = "550 no such user"
    with capture_logs() as logs:
        await notifier.send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)

    assert [(entry["event"], entry["message_id"]) for entry in logs] == [("notice refused", MESSAGE_ID)]
    assert ADDRESS not in repr(logs)


async def test_somebody_without_an_address_gets_no_mail(notifier: SmtpNotifier, postbox: Postbox) -> None:
    """The log says which notice."""
    with capture_logs() as logs:
        await notifier.send(MESSAGE_ID, "person/00000000000000000000000000000004", SUBJECT, TEXT)

    assert postbox.mails == []
    assert [entry["event"] for entry in logs] == ["notice without address"]


async def test_the_log_names_the_notice_and_neither_address_nor_words() -> None:
    """What a log keeps, somebody reads."""
    with capture_logs() as logs:
        await LogNotifier().send(MESSAGE_ID, ADDRESS, SUBJECT, TEXT)

    assert [(entry["event"], entry["message_id"], entry["subject"]) for entry in logs] == [
        ("notice", MESSAGE_ID, SUBJECT)
    ]
    assert not [words for words in (ADDRESS, TEXT) if words in repr(logs)]
