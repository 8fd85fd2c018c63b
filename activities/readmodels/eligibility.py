"""Whether one person is eligible, answered without writing: the assessment, and what each answer rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.loading import load
from domain.promotion.eligibility import assess_promotion
from domain.promotion.evidence import FactKey, evidence
from domain.promotion.facts import PromotionRequest, promotion_facts
from domain.promotion.upcoming import asked
from domain.proposal.proposal import Recorded
from domain.register.events import FactsRecorded, PersonRegistered, PostChanged, RankChanged, Source
from domain.register.facts import Fact
from domain.register.person import fold
from domain.rulebook.model import Assessment
from domain.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Known:
    """A fact of the register, when it was recorded last, and from which file or proposal."""

    fact: Fact
    recorded_at: datetime
    source: Source | None = None
    proposal_id: str | None = None


@dataclass(frozen=True)
class Eligibility:
    """The assessment of what was asked; `known` has the facts on which each input hangs."""

    request: PromotionRequest
    assessment: Assessment
    known: Mapping[str, Sequence[Known]]


async def eligibility(
    connection: AsyncConnection, rulebook: Rulebook, subject: str, kind: str | None, tmt: date | None, today: date
) -> Eligibility:
    """Asked for a kind and TMT, else for what suits the person's post and the day; raises RegisterGap, RouteMissing."""
    stream_id = f"person/{subject}"
    history = (await load(connection, [stream_id]))[stream_id].history
    person = fold(recorded.event for recorded in history)
    request = asked(person, kind, tmt, today, rulebook)
    told = _told(history)
    hanging = evidence(person, lambda other: promotion_facts(other, request, rulebook.reference))
    return Eligibility(
        request=request,
        assessment=assess_promotion(person, request, rulebook),
        known={name: [told[fact.slot, fact.valid_from] for fact in facts] for name, facts in hanging.items()},
    )


def _told(history: Sequence[Recorded[Any]]) -> dict[FactKey, Known]:
    """Each fact as it was recorded last."""
    told: dict[FactKey, Known] = {}
    for recorded in history:
        match recorded.event:
            case FactsRecorded(facts=facts, source=source):
                new = [Known(fact, recorded.at, source=source) for fact in facts]
            case RankChanged(rank=rank, proposal_id=proposal_id):
                new = [Known(rank, recorded.at, proposal_id=proposal_id)]
            case PostChanged(posts=posts, proposal_id=proposal_id):
                new = [Known(post, recorded.at, proposal_id=proposal_id) for post in posts]
            case PersonRegistered():
                new = []
        told |= {(known.fact.slot, known.fact.valid_from): known for known in new}
    return told
