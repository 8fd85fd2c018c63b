"""Levels of posts: where an eselon, a functional level or a kind of post stands."""

from __future__ import annotations

from pydantic import Field

from domain.rulebook.model import InForce
from domain.vocabulary import Frozen


class PostLevel(Frozen):
    """One level: the names of its eselons, the codes of its functional levels, its kinds of post."""

    code: str
    eselons: list[str] = []
    career_levels: list[str] = []
    post_kinds: list[str] = []


class PostLevels(InForce):
    """All levels of posts, the highest first."""

    levels: list[PostLevel] = Field(min_length=1)

    def of(self, post_kind: str, eselon: str, career_level: str) -> PostLevel | None:
        """The level of such a post, or None when neither eselon, functional level nor kind says it."""
        for level in self.levels:
            if eselon in level.eselons or career_level in level.career_levels or post_kind in level.post_kinds:
                return level
        return None

    def order(self, code: str) -> int | None:
        """The place of the level with this code, 1 for the highest; None when there is none."""
        return next((place for place, level in enumerate(self.levels, 1) if level.code == code), None)
