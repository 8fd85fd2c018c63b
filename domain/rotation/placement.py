"""The set of moves as a whole: who leaves which post, and which posts become free by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from domain.rotation.moves import Move
from domain.vocabulary import Frozen

INTERNAL = "internal"
"""The kind of a rotation that promotes nobody; every other kind leads to a higher post, or into a functional one."""


class RotationRequest(Frozen):
    """Moves that take effect together on a TMT, lodged on a day, with the codes of the documents on file."""

    kind: str
    moves: list[Move] = Field(min_length=1)
    target_tmt: date
    submitted_on: date
    documents: list[str] = []


@dataclass(frozen=True)
class Placement:
    """A set of moves and, for each post it aims at, the definitive holder before it: None when vacant.

    A post that `incumbents` does not name is unknown.
    """

    request: RotationRequest
    incumbents: Mapping[str, str | None]

    def is_free(self, post: str) -> bool | None:
        """Whether the post has no holder once every move of the set is made, its newcomers aside."""
        if post not in self.incumbents:
            return None
        holder = self.incumbents[post]
        return holder is None or any(
            move.subject == holder and move.from_post == post and move.to_post != post for move in self.request.moves
        )

    def moves_of(self, subject: str) -> int:
        """How many moves the person has in the set."""
        return sum(move.subject == subject for move in self.request.moves)

    def moves_to(self, post: str) -> int:
        """How many moves aim at the post."""
        return sum(move.to_post == post for move in self.request.moves)
