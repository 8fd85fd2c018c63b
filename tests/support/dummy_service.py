"""The smallest processes that look like the service's to a supervisor: `python dummy_service.py ROLE FOLDER`."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path


def migrate() -> None:
    """Count the starts in a table."""
    import psycopg  # noqa: PLC0415 - the other roles start in milliseconds without it

    with psycopg.connect(os.environ["JENJANG_OWNER_DATABASE_URL"].replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO starts DEFAULT VALUES")


def api() -> None:
    """Answer every request with 200, on the port that was given."""
    server = socket.create_server(("127.0.0.1", int(os.environ["JENJANG_API_PORT"])))
    while True:
        connection, _ = server.accept()
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()


def late_api() -> None:
    """Come to the port a second later."""
    time.sleep(1)
    api()


def thief() -> None:
    """Take the API's port, the first time."""
    stolen = Path(sys.argv[2]) / "stolen"
    if not stolen.exists():
        stolen.touch()
        # Where a stranger was faster still, the port is lost just as well.
        with suppress(OSError):
            server = socket.create_server(("127.0.0.1", int(os.environ["JENJANG_API_PORT"])))
            while True:
                server.accept()
    wait()


def wait() -> None:
    """Do nothing, for ever."""
    threading.Event().wait()


def deaf() -> None:
    """Do not listen when asked to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait()


def broken() -> None:
    """Refuse to start, and say why."""
    sys.exit("there is no task queue")


ROLES = {
    "migrate": migrate,
    "api": api,
    "late-api": late_api,
    "worker": wait,
    "relay": wait,
    "deaf": deaf,
    "broken": broken,
    "thief": thief,
}

if __name__ == "__main__":
    ROLES[sys.argv[1]]()
