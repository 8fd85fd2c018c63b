"""What a proposal asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.rotation.moves import Move
from domain.vocabulary import Frozen, Grade, SubjectRef, UnitRef

MAX_MOVES = 15
"""Moves of one rotation: so many assessments fit the 64 KiB of one event. Source: measured, about 3 KiB a move.

Promotions to posts answer more requirements, about 4 KiB a move: more than 10 of them may be refused as too large.
"""


class Promotion(Frozen):
    """One person to the next rank on a TMT."""

    matter: Literal["promotion"] = "promotion"
    kind: str
    subject: SubjectRef
    unit: UnitRef
    grade: Grade
    target_grade: Grade
    target_tmt: date

    @property
    def to_grade(self) -> Grade | None:
        """The grade that documents are asked for."""
        return self.target_grade

    @property
    def subjects(self) -> list[str]:
        """The one person."""
        return [self.subject]


class Rotation(Frozen):
    """Moves that take effect together on a TMT, or not at all."""

    matter: Literal["rotation"] = "rotation"
    kind: str
    moves: list[Move] = Field(min_length=1)
    from_units: list[UnitRef]
    target_tmt: date

    @property
    def to_grade(self) -> Grade | None:
        """None: a move promotes to no grade."""
        return None

    @property
    def subjects(self) -> list[str]:
        """Everyone who moves, in the order of the moves."""
        return [move.subject for move in self.moves]


Matter = Annotated[Promotion | Rotation, Field(discriminator="matter")]


@dataclass(frozen=True)
class Filed:
    """What else of a case its assessment looks at: the codes of its documents, and when this matter was first lodged.

    A correction is in time when what it corrects was.
    """

    documents: frozenset[str] = frozenset()
    lodged_at: datetime | None = None
