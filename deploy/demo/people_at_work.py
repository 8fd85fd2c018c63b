"""People of the demo, each with a token, acting over HTTP as their own browser would."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
"""The smallest file that is a PDF; the demo's documents are invented."""


class StoryFailed(Exception):
    """Something did not happen as the story tells it."""


@dataclass(frozen=True)
class Actor:
    """One person at one API."""

    name: str
    subject: str
    token: str
    http: httpx2.AsyncClient

    async def get(self, path: str) -> Any:
        """Read; raises StoryFailed on any refusal."""
        return (await self._send("GET", path)).json()

    async def create(self, asked: Mapping[str, object], reason: str) -> str:
        """Begin a proposal; the answer is its id."""
        response = await self._send("POST", "/proposals", json={"asked": asked, "reason": reason})
        return str(response.json()["proposal_id"])

    async def attach(self, proposal_id: str, document: str) -> None:
        """Attach an invented PDF."""
        headers = {"Content-Type": "application/pdf", "If-Match": await self._etag(proposal_id)}
        content = PDF + f"% {document}\n".encode()
        await self._send("PUT", f"/proposals/{proposal_id}/documents/{document}", content=content, headers=headers)

    async def act(self, proposal_id: str, verb: str, **body: object) -> None:
        """Act on the proposal as it is shown now: at its open step, in its round."""
        shown = await self._send("GET", f"/proposals/{proposal_id}")
        waiting = shown.json()["waiting"]
        place = {"step": waiting["step"], "round": waiting["round"]} if verb in STEP_VERBS else {}
        headers = {"If-Match": shown.headers["ETag"]}
        await self._send("POST", f"/proposals/{proposal_id}/{verb}", json={**place, **body}, headers=headers)

    async def _etag(self, proposal_id: str) -> str:
        return str((await self._send("GET", f"/proposals/{proposal_id}")).headers["ETag"])

    async def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}", **request.pop("headers", {})}
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        response = await self.http.request(method, f"/api/v1{path}", headers=headers, **request)
        if response.is_error:
            message = f"{self.name}: {method} {path}: {response.status_code} {response.text[:500]}"
            raise StoryFailed(message)
        return response


STEP_VERBS = {"approval", "return", "rejection", "outcome", "decree"}
