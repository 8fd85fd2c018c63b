"""The question of a situation, for people that are known: what is asked for, for which TMT, lodged when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from domain.calendar import first_of_month
from domain.promotion.eligibility import assess_promotion, next_tmt
from domain.promotion.facts import PromotionRequest
from domain.promotion.kinds import ON_ENDING
from domain.promotion.outcome import rank_after
from domain.register.facts import PostKind, RankHeld
from domain.rotation.eligibility import assess_rotation
from domain.rotation.moves import Move
from domain.rotation.placement import RotationRequest
from domain.rulebook.model import Assessment, Matter
from domain.rulebook.rulebook import Rulebook
from domain.situations.people import Written, WrittenPerson
from domain.vocabulary import Grade


class PromotionAsk(Written):
    """A kind of promotion to a grade; the superior's grade matters for regular ones before 20 May 2025.

    `corrected` is the day on which it was lodged again after it was sent back.
    """

    kind: str
    grade: Grade
    tmt: date
    lodged: date
    corrected: date | None = None
    superior: Grade | None = None


class MoveAsk(Written):
    """One move of a rotation; `who` is a name under which a person is written."""

    who: str
    from_post: Annotated[str, Field(alias="from")]
    to_post: Annotated[str, Field(alias="to")]
    kind: PostKind
    eselon: str = ""
    job_class: Annotated[int | None, Field(alias="class", ge=1, le=17)] = None
    level: str = ""

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
            to_career_level=self.level,
        )


class RotationAsk(Written):
    """A set of moves, who holds the posts they aim at (a name, or null where a post is vacant), documents on file."""

    kind: str = "internal"
    tmt: date
    lodged: date
    moves: list[MoveAsk] = Field(min_length=1)
    incumbents: dict[str, str | None] = {}
    documents: list[str] = []


class PromotionSituation(Written):
    """One person, asked for one rank."""

    matter: ClassVar[Matter] = "promotion"
    person: WrittenPerson
    asks: PromotionAsk

    def assessed(self, rulebook: Rulebook) -> Assessment:
        """What the rulebook answers."""
        request = PromotionRequest(
            kind=self.asks.kind,
            target_grade=self.asks.grade,
            target_tmt=self.asks.tmt,
            submitted_on=self.asks.lodged,
            corrected_on=self.asks.corrected,
            superior_grade=self.asks.superior,
        )
        return assess_promotion(self.person.person(reference("person")), request, rulebook)

    def gives(self, rulebook: Rulebook) -> RankHeld:
        """The rank that would follow, with its pay service."""
        return rank_after(self.person.person(), self.asks.grade, self.asks.tmt, "", rulebook.reference)


class RotationSituation(Written):
    """People by invented names, and their moves."""

    matter: ClassVar[Matter] = "rotation"
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
            documents=self.asks.documents,
        )
        return assess_rotation(request, people, held, rulebook)

    def gives(self, _: Rulebook) -> list[Move]:
        """The moves themselves: no table decides what they give."""
        return [asked.move() for asked in self.asks.moves]


def reference(name: str) -> str:
    """A subject reference made of a short name, the same each time."""
    return name.encode().hex()[-32:].rjust(32, "0")


Situation = PromotionSituation | RotationSituation


def shape_of(words: Mapping[str, Any]) -> type[Situation]:
    """The shape that these words mean: several people belong to a rotation."""
    return RotationSituation if "people" in words else PromotionSituation


Dates = Callable[[Matter, str], Mapping[str, date | None]]
"""The days of a question about such a matter and kind, whatever days are written."""


def put_on(day: date, rulebook: Rulebook) -> Dates:
    """Lodged on the day, for the TMT whose window the day lies in; moves for the next month.

    What a service ends with keeps its TMT: it has a day of its own.
    """
    promotion = {"lodged": day, "corrected": None}
    in_time = {"lodged": day, "tmt": first_of_month(day, 1)}

    def dates(matter: Matter, kind: str) -> Mapping[str, date | None]:
        if matter == "rotation":
            return in_time
        return promotion if kind in ON_ENDING else promotion | {"tmt": next_tmt(day, rulebook)}

    return dates
