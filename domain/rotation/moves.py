"""One move of a rotation."""

from __future__ import annotations

from pydantic import Field

from domain.register.facts import PostKind
from domain.vocabulary import Frozen, PostRef, SubjectRef, UnitRef


class Move(Frozen):
    """A person leaves one post for another; what describes the new post is what its holder will be recorded with.

    `to_career_level` is the level (jenjang) of a functional post.
    """

    subject: SubjectRef
    from_post: PostRef
    to_post: PostRef
    to_unit: UnitRef
    to_name: str
    to_kind: PostKind
    to_eselon: str = ""
    to_class: int | None = Field(default=None, ge=1, le=17)
    to_career_level: str = ""
