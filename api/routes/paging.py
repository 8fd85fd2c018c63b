"""Pages of lists: how many rows, where the last page ended, where the next begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from api.cursors import Cursors
from api.deps import CurrentActor, ServicesDep

MAX_LIMIT = 200
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@dataclass(frozen=True)
class Paging:
    """One page of a list, and the bookmark to the page after it; bookmarks belong to one list and one person."""

    path: str
    cursors: Cursors
    owner: str
    limit: int
    after: str | None
    response: Response

    def instant_and_id(self) -> tuple[datetime, str] | None:
        """Where the last page of a list ordered by instant ended; raises CursorMalformed."""
        values = self._values()
        return (datetime.fromisoformat(values[0]), values[1]) if values else None

    def pair(self) -> tuple[str, str] | None:
        """Where the last page of a list ordered by two texts ended; raises CursorMalformed."""
        values = self._values()
        return (values[0], values[1]) if values else None

    def id(self) -> str | None:
        """Where the last page of a list ordered by id ended; raises CursorMalformed."""
        values = self._values()
        return values[0] if values else None

    def next(self, count: int, last: tuple[str, ...], **question: str) -> str | None:
        """The bookmark behind the last of `count` rows, also in `Link`; None when the page is not full.

        The link repeats the question: what else the list was asked for.
        """
        if count < self.limit:
            return None
        bookmark = self.cursors.write(self.owner, last)
        query = urlencode({**question, "limit": self.limit, "after": bookmark})
        self.response.headers["Link"] = f'<{self.path}?{query}>; rel="next"'
        return bookmark

    def _values(self) -> list[str]:
        return self.cursors.read(self.owner, self.after) if self.after else []


async def paging(
    request: Request,
    response: Response,
    services: ServicesDep,
    actor: CurrentActor,
    limit: Limit = 50,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
) -> Paging:
    """The page that is asked for."""
    path = request.url.path
    return Paging(path, Cursors(services.tokens.key), f"{path} {actor.ref}", limit, after, response)


PageAsked = Annotated[Paging, Depends(paging)]
