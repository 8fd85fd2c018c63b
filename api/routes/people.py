"""People: who the caller is, who somebody in the register is, and whom the caller may propose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.answers.cases import desk_answers
from api.answers.people import FoundPeople, FoundPerson, MeAnswer, PersonAnswer
from api.answers.receipts import ReceiptAnswer
from api.deps import AsAt, CurrentActor, LanguageDep, ServicesDep, VisiblePerson
from api.problems.refusals import ReceiptUnknown
from api.routes.bodies import Day, SearchBody
from api.routes.writing import PREFIX
from api.strict_json import StrictRoute

router = APIRouter(prefix=PREFIX, tags=["people"], route_class=StrictRoute)


@router.get("/me")
async def me(services: ServicesDep, actor: CurrentActor, language: LanguageDep) -> MeAnswer:
    """The caller, with the desks and roles held today."""
    desks = {desk.code: desk for desk in await services.reads.desks(actor)}
    names = await services.reads.names([actor.ref])
    return MeAnswer(
        ref=actor.ref,
        name=names.get(actor.ref, ""),
        agency=actor.agency,
        today=actor.today,
        roles=sorted(actor.roles),
        desks=desk_answers(desks, names, language),
        acting=sorted(desk for desk, acting in actor.desks.items() if acting),
    )


@router.get("/register/{ref}")
async def show_person(
    file: VisiblePerson,
    actor: CurrentActor,
    as_of: Annotated[Day | None, Query(description="The day on which it holds; today if left out")] = None,
    as_at: AsAt = None,
) -> PersonAnswer:
    """A person of the register: what holds on a day, as known at a position of the log."""
    return PersonAnswer.of(file, as_of or actor.today, as_at)


@router.post("/register/search")
async def search(services: ServicesDep, actor: CurrentActor, body: SearchBody) -> FoundPeople:
    """Find people by NIP or name among those the caller may see; a NIP never stands in an address."""
    found = await services.reads.search(actor, body.nip, body.name or "")
    return FoundPeople(items=[FoundPerson.of(person) for person in found])


@router.get("/receipts/{command_id}")
async def show_receipt(
    services: ServicesDep, actor: CurrentActor, command_id: Annotated[str, Path(max_length=200)]
) -> ReceiptAnswer:
    """The receipt of one of the caller's own commands: whether it is recorded, when an answer was lost."""
    receipt = await services.reads.receipt(command_id, actor)
    if receipt is None:
        raise ReceiptUnknown
    return ReceiptAnswer.of(receipt)
