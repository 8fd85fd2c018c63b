"""Why a proposal goes back or is refused: the reasons to choose from, and what may be done about a refusal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.calendar import WorkingCalendar
from domain.rulebook.model import InForce, Matter, Text

Refusing = Literal["return", "reject"]
"""Sent back to be corrected (BKN: BTS), or refused for good (BKN: TMS)."""
UNTIL = "until"
TOLD = [UNTIL, "answer_days", "appeal_days"]
"""What the sentence about an objection may show."""
ReasonCode = Annotated[str, Field(pattern=r"^[a-z0-9-]{3,40}$")]


class Reason(InForce):
    """A reason of BKN's catalogue or of a desk: for which matters, kinds (none: all) and verbs it can be given.

    `requirements` are the rules that could have told it before anyone waited.
    """

    code: ReasonCode
    matters: list[Matter] = Field(min_length=1)
    kinds: list[str] = []
    verbs: list[Refusing] = Field(min_length=1)
    requirements: list[str] = []
    text: Text
    cure: Text

    def fits(self, matter: Matter, kind: str, verb: Refusing | None) -> bool:
        """Whether it can be given for such a proposal, for any verb or for one."""
        return matter in self.matters and kind in (self.kinds or [kind]) and verb in (None, *self.verbs)


class Objection(InForce):
    """How a refusal is objected to; times are working days, and `text` is to be filled by `told`."""

    days: int = Field(ge=1)
    answer_days: int = Field(ge=1)
    appeal_days: int = Field(ge=1)
    text: Text

    def until(self, refused_at: datetime, calendar: WorkingCalendar) -> date:
        """The last day on which an objection may be made."""
        return calendar.local_date(calendar.after(refused_at, self.days))

    def told(self, until: date) -> Text:
        """What may be done, with its days."""
        days = [until.isoformat(), str(self.answer_days), str(self.appeal_days)]
        return self.text.filled(dict(zip(TOLD, days, strict=True)))
