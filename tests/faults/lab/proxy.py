"""A door before PostgreSQL's socket that can be slow, fall silent, hang up, and hang up exactly on COMMIT."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

SOCKET = ".s.PGSQL.5432"
CHUNK = 1 << 16
COMMIT = b"COMMIT\x00"
"""How the word ends a query message of PostgreSQL's protocol, simple or extended."""

Moment = Literal["before", "after"]


@dataclass
class Proxy:
    """`folder` holds the socket; `upstream` is the real one. What it does to its callers may change at any time."""

    folder: Path
    upstream: Path
    latency: float = 0.0
    """Seconds by which every question is held back."""
    silent: bool = False
    """Connections stay open, and nothing passes."""
    links: set[Link] = field(default_factory=set)
    cuts: list[Moment] = field(default_factory=list)
    cut: Counter[Moment] = field(default_factory=Counter)
    """How many COMMITs were cut."""

    def cut_on_commit(self, moment: Moment, times: int) -> None:
        """Hang up on the next COMMITs: before PostgreSQL hears of them, or after, when it has obeyed."""
        self.cuts += [moment] * times

    def spare(self, moment: Moment) -> None:
        """Cut no more of these."""
        self.cuts = [other for other in self.cuts if other != moment]

    def hang_up(self) -> int:
        """Cut every connection; the answer is how many."""
        cut = len(self.links)
        for link in list(self.links):
            link.end()
        return cut

    def speak(self) -> None:
        """End the silence. Whoever spoke into it has lost bytes, and is cut off."""
        self.silent = False
        for link in list(self.links):
            if link.lost_bytes:
                link.end()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One caller, to the end of either side."""
        link = Link(self, reader, writer)
        self.links.add(link)
        try:
            await link.run()
        finally:
            link.end()
            self.links.discard(link)


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    proxy: Proxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    lost_bytes: bool = False
    cut_at_answer: bool = False

    async def run(self) -> None:
        """Pass bytes both ways until one side ends."""
        with suppress(OSError):
            answers, self.server = await asyncio.open_unix_connection(str(self.proxy.upstream))
            ways = [asyncio.create_task(self._questions(self.server)), asyncio.create_task(self._answers(answers))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self.end()
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    def end(self) -> None:
        """Hang up on both sides."""
        for side in (self.writer, self.server):
            if side is not None:
                side.transport.abort()

    async def _questions(self, server: asyncio.StreamWriter) -> None:
        while chunk := await self.reader.read(CHUNK):
            if self.proxy.latency:
                await asyncio.sleep(self.proxy.latency)
            if self.proxy.silent:
                self.lost_bytes = True
                continue
            if COMMIT in chunk and self.proxy.cuts:
                moment = self.proxy.cuts.pop(0)
                self.proxy.cut[moment] += 1
                if moment == "before":
                    return
                self.cut_at_answer = True
            server.write(chunk)
            await server.drain()

    async def _answers(self, answers: asyncio.StreamReader) -> None:
        while chunk := await answers.read(CHUNK):
            if self.cut_at_answer:
                return
            if self.proxy.silent:
                self.lost_bytes = True
                continue
            self.writer.write(chunk)
            await self.writer.drain()


@asynccontextmanager
async def proxy(upstream: Path) -> AsyncIterator[Proxy]:
    """A proxy of the socket, in a folder of its own with a short name: the path of a socket is limited."""
    with TemporaryDirectory(prefix="jenjang-lab-") as folder:
        found = Proxy(Path(folder), upstream)
        server = await asyncio.start_unix_server(found.serve, str(found.folder / SOCKET))
        try:
            yield found
        finally:
            server.close()
            found.hang_up()
