"""Bookmarks of lists are the service's own."""

from __future__ import annotations

import pytest

from api.cursors import Cursors
from api.problems.refusals import CursorMalformed

CURSORS = Cursors(b"k" * 32)


def test_a_bookmark_leads_back_to_its_row() -> None:
    """The sort values of the last row survive the way through the client."""
    bookmark = CURSORS.write("/inbox me", ["2026-01-01T00:00:00+00:00", "KP-2026-000001"])

    assert CURSORS.read("/inbox me", bookmark) == ["2026-01-01T00:00:00+00:00", "KP-2026-000001"]


@pytest.mark.parametrize("bookmark", ["", "x", "AAAA", "é", "a b", "A" * 100])
def test_an_invented_bookmark_is_refused(bookmark: str) -> None:
    """Nobody asks for a place of their own making."""
    with pytest.raises(CursorMalformed):
        CURSORS.read("/inbox me", bookmark)


def test_a_bookmark_is_good_for_one_list_one_person_and_one_key_only() -> None:
    """Carried to another list, person or installation it is refused."""
    bookmark = CURSORS.write("/inbox me", ["1"])

    for cursors, owner in ((CURSORS, "/inbox you"), (CURSORS, "/stalled me"), (Cursors(b"x" * 32), "/inbox me")):
        with pytest.raises(CursorMalformed):
            cursors.read(owner, bookmark)


def test_a_changed_bookmark_is_refused() -> None:
    """Another letter anywhere breaks the signature."""
    bookmark = CURSORS.write("/inbox me", ["1", "2"])
    changed = [
        bookmark[:i] + ("A" if bookmark[i] != "A" else "B") + bookmark[i + 1 :] for i in range(len(bookmark) - 1)
    ]

    for other in changed:
        with pytest.raises(CursorMalformed):
            CURSORS.read("/inbox me", other)
