"""A client that costs next to nothing: one keep-alive HTTP/1.1 connection to a server on this machine.

It asks what was written before the clock started, and reads answers that say their length, as ours do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from deploy.local.ports import LOOPBACK

NO_BODY = 304


class Refused(Exception):
    """A server answered with an error: a benchmark of errors measures nothing."""


@dataclass(frozen=True)
class Answer:
    """Status and body."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Wire:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> Answer:
        """Send a request and read its answer; raises Refused for any error."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = 0 if status == NO_BODY else _length(head)
        answer = Answer(status, await self.reader.readexactly(length))
        if status >= 400:  # noqa: PLR2004 - HTTP's errors begin there
            raise Refused(request.split(b"\r\n")[0].decode(), status, answer.body.decode(errors="replace")[:500])
        return answer


@asynccontextmanager
async def wires(port: int, clients: int) -> AsyncIterator[Sequence[Wire]]:
    """As many connections as clients, closed in the end."""
    opened = [Wire(*await asyncio.open_connection(LOOPBACK, port)) for _ in range(clients)]
    try:
        yield opened
    finally:
        for wire in opened:
            wire.writer.close()
            await wire.writer.wait_closed()


def request(method: str, path: str, headers: Mapping[str, str], body: Mapping[str, object] | None = None) -> bytes:
    """The bytes of a request."""
    content = json.dumps(body).encode() if body is not None else b""
    said = {"Host": LOOPBACK, "Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


def _length(head: bytes) -> int:
    said = head.lower().partition(b"content-length:")[2]
    return int(said.partition(b"\r\n")[0])
