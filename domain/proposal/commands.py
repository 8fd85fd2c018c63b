"""What people and the system may ask of a proposal; one frozen message each."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.proposal.events import Sha256
from domain.proposal.matter import MAX_MOVES
from domain.rulebook.reasons import ReasonCode
from domain.vocabulary import AgencyRef, Frozen, PostRef, SubjectRef

SYSTEM = "system"
WRITTEN = r"\S"
"""Something beside spaces."""
Note = Annotated[str, Field(max_length=2000)]
ReasonedNote = Annotated[str, Field(min_length=3, max_length=2000, pattern=WRITTEN)]
SystemVerb = Literal["remind", "escalate", "mark-stalled", "take-effect", "refuse-effect", "record-delivery"]
Number = Annotated[str, Field(min_length=3, max_length=100, pattern=WRITTEN)]


class Command(Frozen):
    """Every command has an id minted where the intent arose; repeating it repeats the answer."""

    command_id: Annotated[str, Field(min_length=8, max_length=200)]
    actor: str

    @property
    def stream_id(self) -> str | None:
        """The stream it speaks to, or None when the stream is yet to be named."""
        return f"proposal/{self.proposal_id}" if isinstance(self, ToProposal) else None


class ToProposal(Command):
    """A command to an existing proposal."""

    proposal_id: str
    expected_version: int | None = None


class PromotionAsked(Frozen):
    """A promotion as a proposer words it; the rest is prefilled from the register."""

    matter: Literal["promotion"] = "promotion"
    kind: str = "REG"
    subject: SubjectRef
    target_tmt: date | None = None


class MoveAsked(Frozen):
    """Who moves where. The register knows the person's present post and, of a seat, what the new one is called.

    `to_career_level` is the level (jenjang) of a functional post; without it a functional official keeps the own one.
    """

    subject: SubjectRef
    to_post: PostRef
    to_name: Annotated[str, Field(max_length=200)] = ""
    to_class: Annotated[int, Field(ge=1, le=17)] | None = None
    to_career_level: Annotated[str, Field(pattern=r"^[a-z-]{0,20}$")] = ""


class RotationAsked(Frozen):
    """A rotation as a proposer words it."""

    matter: Literal["rotation"] = "rotation"
    kind: str = "internal"
    moves: list[MoveAsked] = Field(min_length=1, max_length=MAX_MOVES)
    target_tmt: date


Asked = Annotated[PromotionAsked | RotationAsked, Field(discriminator="matter")]


class CreateDraft(Command):
    """Begin a proposal."""

    agency: AgencyRef
    asked: Asked
    reason: Note = ""


class ChangeDraft(ToProposal):
    """Change what a draft, or a returned proposal, asks for."""

    asked: Asked
    reason: Note = ""


class AttachDocument(ToProposal):
    """Attach a file that is stored already."""

    document: str
    sha256: Sha256
    size: int
    media_type: str


class OverrideRequirement(ToProposal):
    """Let the case pass a requirement that is not met; without a subject, for everybody whom it stands against."""

    requirement: Annotated[str, Field(pattern=r"^[A-Z0-9_]{2,60}$")]
    subject: SubjectRef | None = None
    reason: ReasonedNote


class Submit(ToProposal):
    """Lodge the proposal, or lodge it again after a return; what warns needs a note."""

    note: Note = ""


class AtStep(ToProposal):
    """A decision names the step and round it was shown."""

    step: str
    round: int


class ApproveStep(AtStep):
    """Approve the step."""

    note: Note = ""


class ReturnProposal(AtStep):
    """Send it back for correction."""

    reason_code: ReasonCode
    note: ReasonedNote


class RejectProposal(AtStep):
    """Refuse it for good."""

    reason_code: ReasonCode
    note: ReasonedNote


class Withdraw(ToProposal):
    """Take it back."""

    note: Note = ""


class RecordOutcome(AtStep):
    """Record the outside body's answer; what is not MS has a reason."""

    outcome: Literal["MS", "BTS", "TMS"]
    number: Annotated[str, Field(max_length=100)] = ""
    dated: date
    reason_code: ReasonCode | Literal[""] = ""
    note: Note = ""


class IssueDecree(AtStep):
    """Record the signed decree."""

    number: Number
    dated: date


class Acknowledge(ToProposal):
    """The employee has the decree in hand."""


class SystemCommand(ToProposal):
    """A command of the clock, about one step and round; `count` numbers reminders and attempts."""

    actor: str = SYSTEM
    kind: SystemVerb
    step: str
    round: int
    count: int = 0
    reason_code: str = ""
