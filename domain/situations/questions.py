"""The question of a situation, for people that are known: what is asked for, for which TMT, lodged when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from domain.promotion.eligibility import assess_promotion
from domain.promotion.facts import PromotionRequest
from domain.register.facts import PostKind
from domain.rotation.eligibility import assess_rotation
from domain.rotation.moves import Move
from domain.rotation.placement import RotationRequest
from domain.rulebook.model import Assessment
from domain.rulebook.rulebook import Rulebook
from domain.situations.people import Written, WrittenPerson
from domain.vocabulary import Grade


class PromotionAsk(Written):
    """A kind of promotion to a grade."""

    kind: str
    grade: Grade
    tmt: date
    lodged: date


class MoveAsk(Written):
    """One move of a rotation; `who` is a name under which a person is written."""

    who: str
    from_post: Annotated[str, Field(alias="from")]
    to_post: Annotated[str, Field(alias="to")]
    kind: PostKind
    eselon: str = ""
    job_class: Annotated[int | None, Field(alias="class", ge=1, le=17)] = None

    def move(self) -> Move:
        """The move of that person."""
        return Move(
            subject=reference(self.who),
            from_post=self.from_post,
            to_post=self.to_post,
            to_unit="UNIT",
            to_name=self.to_post,
            to_kind=self.kind,
            to_eselon=self.eselon,
            to_class=self.job_class,
        )


class RotationAsk(Written):
    """A set of moves, and who holds the posts they aim at: a name, or null where a post is vacant."""

    kind: str = "internal"
    tmt: date
    lodged: date
    moves: list[MoveAsk] = Field(min_length=1)
    incumbents: dict[str, str | None] = {}
    consent: bool = False


class PromotionSituation(Written):
    """One person, asked for one rank."""

    person: WrittenPerson
    asks: PromotionAsk

    def assessed(self, rulebook: Rulebook) -> Assessment:
        """What the rulebook answers."""
        request = PromotionRequest(
            kind=self.asks.kind,
            target_grade=self.asks.grade,
            target_tmt=self.asks.tmt,
            submitted_on=self.asks.lodged,
        )
        return assess_promotion(self.person.person(reference("person")), request, rulebook)


class RotationSituation(Written):
    """People by invented names, and their moves."""

    people: dict[str, WrittenPerson]
    asks: RotationAsk

    def assessed(self, rulebook: Rulebook) -> Assessment:
        """What the rulebook answers."""
        people = {reference(name): known.person(reference(name)) for name, known in self.people.items()}
        held: Mapping[str, str | None] = {
            post: holder and reference(holder) for post, holder in self.asks.incumbents.items()
        }
        request = RotationRequest(
            kind=self.asks.kind,
            moves=[asked.move() for asked in self.asks.moves],
            target_tmt=self.asks.tmt,
            submitted_on=self.asks.lodged,
            freeze_consent=self.asks.consent,
        )
        return assess_rotation(request, people, held, rulebook)


def reference(name: str) -> str:
    """A subject reference made of a short name, the same each time."""
    return name.encode().hex()[-32:].rjust(32, "0")


Situation = PromotionSituation | RotationSituation


def situation_of(words: Mapping[str, Any]) -> Situation:
    """The situation that these words describe; several people belong to a rotation. Raises pydantic.ValidationError."""
    return (RotationSituation if "people" in words else PromotionSituation).model_validate(words)
