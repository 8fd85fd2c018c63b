"""How Jenjang names a post that SIASN names by kind, post id and unit."""

from __future__ import annotations

from domain.register.facts import PostKind

UNNAMED = "-"


def post_ref(kind: PostKind, post_id: str, unit: str) -> str:
    """The post's reference: a structural post is its unit, any other is its id in the unit.

    Seats that one person holds at a time are exactly the `unit/…` references.
    """
    match kind:
        case PostKind.STRUCTURAL:
            return f"unit/{unit}"
        case PostKind.GENERAL:
            return f"jfu/{post_id or UNNAMED}@{unit}"
        case PostKind.FUNCTIONAL | PostKind.DOUBLE:
            return f"jf/{post_id or UNNAMED}@{unit}"
