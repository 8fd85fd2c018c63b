"""Who is asking, for what, and may they: the rules of access that every route declares one of.

They answer in this order: 401, 404 for what does not exist for the caller, 403; after them the ledger decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from activities.readmodels.reads import Row
from activities.readmodels.register import PersonFile
from activities.readmodels.visibility import Sight, Viewer
from api.problems.handlers import language_of
from api.problems.refusals import (
    CommandIdMalformed,
    CommandIdMissing,
    PersonNotVisible,
    RoleMissing,
    Unauthenticated,
    VersionMalformed,
)
from api.services import Services, services_of
from api.tokens import TokenRefused
from api.words import Language
from domain.errors import ProposalUnknown
from domain.vocabulary import Role

COMMAND_ID = re.compile(r"[A-Za-z0-9._:-]{8,200}")
"""No slash: ids with one, such as `proposal/…` and `import/…`, are the system's."""
ETAG = re.compile(r'"([1-9][0-9]{0,8})"')
PROPOSAL_ID = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{6,9}")
REFERENCE = re.compile(r"[0-9a-f]{32}")
MAX_POSITION = 2**63 - 1
AsAt = Annotated[int | None, Query(ge=0, le=MAX_POSITION, description="Position of the log; now if left out")]

bearer = HTTPBearer(auto_error=False, description="A token of the installation; `jenjang token issue` in the demo.")


async def services(request: Request) -> Services:
    """The services of the app."""
    return services_of(request)


async def language(request: Request) -> Language:
    """The language in which the caller reads."""
    return language_of(request)


async def public() -> None:
    """Anybody may ask: nothing is told of any person or case."""


ServicesDep = Annotated[Services, Depends(services)]
LanguageDep = Annotated[Language, Depends(language)]


async def current_actor(
    services: ServicesDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Viewer:
    """The person behind the token, with today's desks; raises Unauthenticated."""
    if credentials is None:
        raise Unauthenticated
    try:
        token = services.tokens.read(credentials.credentials)
    except TokenRefused as refused:
        raise Unauthenticated from refused
    found = await services.reads.viewer(token.ref)
    if found is None or found.agency != token.agency:
        raise Unauthenticated
    return found


CurrentActor = Annotated[Viewer, Depends(current_actor)]


@dataclass(frozen=True)
class Seen:
    """A case that the caller may see: its row, who sees it, and how much of it."""

    row: Row
    who: Viewer
    sight: Sight

    @property
    def proposal_id(self) -> str:
        """The case's number."""
        return str(self.row["proposal_id"])


async def visible_case(
    services: ServicesDep,
    actor: CurrentActor,
    proposal_id: Annotated[str, Path(examples=["KP-2026-000123"])],
) -> Seen:
    """The case, when the caller may see it; raises ProposalUnknown for it as for one that does not exist."""
    if not PROPOSAL_ID.fullmatch(proposal_id):
        raise ProposalUnknown(proposal_id="")
    found = await services.reads.case(proposal_id, actor)
    if found is None:
        raise ProposalUnknown(proposal_id=proposal_id)
    row, sight = found
    return Seen(row, actor, sight)


VisibleCase = Annotated[Seen, Depends(visible_case)]


async def visible_person(
    services: ServicesDep,
    actor: CurrentActor,
    ref: Annotated[str, Path(examples=["00000000000000000000000000000001"])],
    as_at: AsAt = None,
) -> PersonFile:
    """The person, when the caller may see them; raises PersonNotVisible for them as for nobody."""
    found = await services.reads.person(ref, actor, as_at) if REFERENCE.fullmatch(ref) else None
    if found is None:
        raise PersonNotVisible
    return found


VisiblePerson = Annotated[PersonFile, Depends(visible_person)]


async def visible_subject(
    services: ServicesDep,
    actor: CurrentActor,
    subject: Annotated[str, Query(examples=["00000000000000000000000000000001"])],
) -> PersonFile:
    """The same for a person whom a question names; raises PersonNotVisible."""
    return await visible_person(services, actor, subject)


VisibleSubject = Annotated[PersonFile, Depends(visible_subject)]


class Holding:
    """Callers who hold one of the roles today; anybody else gets RoleMissing."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, actor: CurrentActor) -> Viewer:
        """The caller."""
        if not actor.roles & self.roles:
            raise RoleMissing(roles=sorted(self.roles))
        return actor


RULES: tuple[Any, ...] = (public, current_actor, visible_case, visible_person, visible_subject, Holding)
"""Every rule of access there is; each route declares one as a dependency."""


async def command_id(idempotency_key: Annotated[str | None, Header(examples=["4f0c2e9a-form-7"])] = None) -> str:
    """The command id, minted where the intent arose; raises CommandIdMissing, CommandIdMalformed."""
    if idempotency_key is None:
        raise CommandIdMissing
    if not COMMAND_ID.fullmatch(idempotency_key):
        raise CommandIdMalformed
    return idempotency_key


async def shown_version(if_match: Annotated[str | None, Header(examples=['"7"'])] = None) -> int | None:
    """The version the caller was shown, or None; raises VersionMalformed. Whether it is needed the ledger decides."""
    if if_match is None:
        return None
    found = ETAG.fullmatch(if_match)
    if found is None:
        raise VersionMalformed
    return int(found[1])


CommandId = Annotated[str, Depends(command_id)]
ShownVersion = Annotated[int | None, Depends(shown_version)]
