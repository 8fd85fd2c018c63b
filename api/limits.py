"""Around every request: an id, a bound on its body, headers of caution, and an answer whatever happens inside."""

from __future__ import annotations

import traceback
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems.handlers import problem
from api.problems.refusals import Unexpected

log = structlog.get_logger()

MAX_JSON = 128 * 1024
"""Bytes of a JSON body: fifty moves with their words need a fifth of it. Source: design decision."""
CAUTION = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FILES = ("application/pdf", "application/octet-stream", "image/")


class Answered:
    """Gives each request an id, each answer headers of caution, and each unnamed fault a problem without detail.

    The log gets the fault's type and place, never its message: messages quote what people sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def cautious(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in CAUTION.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, cautious)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the caller gets an answer
            place = traceback.extract_tb(fault.__traceback__)[-1]
            log.error(  # noqa: TRY400 - a traceback would quote the message
                "unexpected", request_id=request_id, fault=type(fault).__name__, file=place.filename, line=place.lineno
            )
            if not started:
                await problem(HTTPConnection(scope), Unexpected())(scope, receive, cautious)


class BodyLimit:
    """Reads no more of a body than its kind may have, whatever length it says it has."""

    def __init__(self, app: ASGIApp, max_file: int) -> None:
        self.app = app
        self.max_file = max_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self.max_file if headers.get("content-type", "").startswith(FILES) else min(MAX_JSON, self.max_file)
        scope.setdefault("state", {})["body_limit"] = limit
        said, read = headers.get("content-length", ""), 0

        async def bounded() -> Message:
            nonlocal read
            if said.isdecimal() and int(said) > limit:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, bounded, send)
