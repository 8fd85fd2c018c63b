"""What people send: the domain's own messages, in one spelling, and without a field that nobody knows."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.proposal.commands import (
    Asked,
    MoveAsked,
    Note,
    Number,
    PromotionAsked,
    ReasonedNote,
    RotationAsked,
)
from domain.proposal.matter import MAX_MOVES
from domain.rulebook.reasons import ReasonCode
from domain.vocabulary import SubjectRef

NO_DATE = "date_parsing"
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SUBJECT = "00000000000000000000000000000001"
MOVE: dict[str, Any] = {"subject": SUBJECT, "to_post": "unit/SEKSI-B1"}


def _day(value: object) -> object:
    if isinstance(value, str) and ISO.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    # A number would be read as seconds since 1970.
    raise PydanticCustomError(NO_DATE, NO_DATE)


Day = Annotated[date, BeforeValidator(_day)]
"""A date written `YYYY-MM-DD`, and no other way."""
Count = Annotated[int, Field(strict=True, ge=0)]
Kind = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$")]
CLOSED = ConfigDict(extra="forbid")


class Promote(PromotionAsked):
    """A promotion to the next rank; the rest comes from the register. Without a TMT: the next that is open."""

    model_config = CLOSED
    kind: Kind = "REG"
    target_tmt: Day | None = None


class Moving(MoveAsked):
    """One person to another post; a post that leads a unit needs no name."""

    model_config = CLOSED


class Rotate(RotationAsked):
    """Moves that take effect together or not at all."""

    model_config = CLOSED
    kind: Kind = "internal"
    moves: list[Moving] = Field(min_length=1, max_length=MAX_MOVES)  # type: ignore[assignment]
    target_tmt: Day


class ProposalBody(BaseModel):
    """What is asked for, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "asked": {"matter": "promotion", "kind": "REG", "subject": SUBJECT, "target_tmt": "2026-04-01"},
                    "reason": "Memenuhi syarat",
                },
                {"asked": {"matter": "rotation", "moves": [MOVE], "target_tmt": "2026-06-01"}, "reason": "Kebutuhan"},
                {
                    "asked": {"matter": "rotation", "kind": "PENGAWAS", "moves": [MOVE], "target_tmt": "2026-06-01"},
                    "reason": "Jabatan kosong",
                },
            ]
        },
    )
    asked: Annotated[Promote | Rotate, Field(discriminator="matter")]
    reason: Note = ""

    @property
    def wanted(self) -> Asked:
        """What is asked for, in the domain's words."""
        kind = PromotionAsked if isinstance(self.asked, Promote) else RotationAsked
        return kind.model_validate(self.asked.model_dump())


class NoteBody(BaseModel):
    """A remark, or nothing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Berkas lengkap"}]})
    note: Note = ""


class OverrideBody(BaseModel):
    """Which requirement may be passed, and why; without a subject, by everybody whom it stands against."""

    model_config = CLOSED
    requirement: Annotated[str, Field(pattern=r"^[A-Z0-9_]{2,60}$", examples=["TIME_IN_RANK"])]
    subject: SubjectRef | None = None
    reason: Annotated[ReasonedNote, Field(examples=["Masa kerja dihitung ulang; SK perbaikan terlampir"])]


class StepBody(BaseModel):
    """The step and round that were shown."""

    model_config = CLOSED
    step: Annotated[str, Field(min_length=1, max_length=40, examples=["VERIF"])]
    round: Annotated[Count, Field(examples=[1])]


class ApprovalBody(StepBody):
    """Consent to a step; the note is read by the desks only."""

    note: Note = ""


class RefusalBody(StepBody):
    """A return or a rejection; the note is read by the proposer."""

    reason_code: Annotated[ReasonCode, Field(examples=["incomplete"])]
    note: Annotated[ReasonedNote, Field(examples=["SKP 2024 belum ditandatangani"])]


class OutcomeBody(StepBody):
    """What the outside body answered: MS meets, BTS file mismatch, TMS does not meet.

    MS needs its number, the others their reason.
    """

    outcome: Annotated[Literal["MS", "BTS", "TMS"], Field(examples=["BTS"])]
    number: Annotated[str, Field(max_length=100, examples=["PT-0123/2026"])] = ""
    dated: Annotated[Day, Field(examples=["2026-03-02"])]
    reason_code: Annotated[ReasonCode | Literal[""], Field(examples=["incomplete"])] = ""
    note: Note = ""


class DecreeBody(StepBody):
    """The signed decree (SK)."""

    number: Annotated[Number, Field(examples=["823/045/2026"])]
    dated: Annotated[Day, Field(examples=["2026-03-20"])]


class SearchBody(BaseModel):
    """Whom to find: by NIP (18 digits), or by at least three letters of the name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Sekar"}]})
    nip: Annotated[str, Field(pattern=r"^[0-9]{18}$")] | None = None
    name: Annotated[str, Field(min_length=3, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> SearchBody:
        if (self.nip is None) == (self.name is None):
            message = "either the NIP or a name"
            raise ValueError(message)
        return self
