"""The demo's story over HTTP, on real PostgreSQL and Temporal: what the README promises, in a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from temporalio.client import Client

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify
from activities.register_import import RegisterImport
from activities.store import vault
from activities.wiring import Backbone
from api.app import create_app, services_on
from api.tokens import Tokens
from deploy.clock import TimeMachine
from deploy.demo import story
from deploy.demo.agency import write_agency
from deploy.demo.cast import Agency, Member
from deploy.demo.chronicle import Chronicle, into_a_window
from deploy.demo.people_at_work import Actor, StoryFailed
from domain.rulebook.model import Text
from workflows.desk import ProposalDesk
from workflows.poke import Poker

Cast = Callable[[Member], Awaitable[Actor]]


@pytest.fixture
async def agency(parts: Backbone, time: TimeMachine, tmp_path: Path) -> Agency:
    """The invented agency, imported from its files."""
    await into_a_window(time)
    found = write_agency(tmp_path / "files", as_of=parts.calendar.local_date(await time.now()))
    importing = RegisterImport(parts, "import")
    for file in found.files:
        await importing.apply(await importing.read(file))
    return found


@pytest.fixture
async def cast(parts: Backbone, client: Client) -> AsyncIterator[Cast]:
    """Anyone of the agency, with a token, at the API."""
    desk = ProposalDesk(parts.ledger, Poker(client, parts.settings.temporal_task_queue), parts.outbox)
    app = create_app(services_on(parts, desk, client))
    tokens = Tokens.of(parts.settings)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as http:

        async def found(member: Member) -> Actor:
            async with parts.reads.connect() as connection:
                subject = await vault.by_nip(connection, parts.settings.agency, member.siasn_id)
            assert subject is not None
            token = tokens.issue(subject, parts.settings.agency, timedelta(days=400))
            return Actor(member.name, subject, token, http)

        yield found
    await desk.close()


async def test_the_story_goes_from_drafts_to_the_register(
    parts: Backbone, time: TimeMachine, agency: Agency, cast: Cast
) -> None:
    """All four cases end closed, the register says what the decrees said, and the ledger proves itself."""
    told: list[Text] = []
    chronicle = Chronicle(agency, cast, time, lambda _, sentence: told.append(sentence))
    await story.outlook(chronicle)
    regular, functional = await story.promotions(chronicle)
    swap, post = await story.moves(chronicle)
    closed = {
        regular: agency.promotee,
        functional: agency.functional,
        swap: agency.swap[0],
        post: agency.successor,
    }
    for proposal_id, member in closed.items():
        assert (await (await cast(member)).get(f"/proposals/{proposal_id}"))["state"] == "closed"
    async with parts.reads.connect() as connection:
        grades = await connection.execute(
            text("SELECT grade FROM ranks_held WHERE subject_ref = ANY(:refs) AND valid_from = :tmt"),
            {
                "refs": [(await cast(member)).subject for member in (agency.promotee, agency.functional)],
                "tmt": agency.next_tmt,
            },
        )
        holder = await connection.scalar(
            text("SELECT subject_ref FROM incumbencies WHERE post = :post AND upper_inf(during)"),
            {"post": agency.vacant_post},
        )
    assert list(grades.scalars()) == ["III/b", "III/b"]
    assert holder == (await cast(agency.successor)).subject
    assert all(sentence.id and sentence.en for sentence in told)
    async with parts.store.engine.connect() as connection:
        assert (await verify(connection, PROJECTIONS)).problems == []


@pytest.mark.parametrize(
    ("who", "requirement"),
    [("too_early", "TIME_IN_RANK"), ("sanctioned", "SANCTION"), ("at_ceiling", "EDUCATION_CEILING")],
)
async def test_who_does_not_meet_a_requirement_is_told_which_and_when(
    agency: Agency, cast: Cast, who: str, requirement: str
) -> None:
    """The draft names the requirement with its law, and the submission is refused by its code."""
    proposer, subject = await cast(agency.verifier), await cast(getattr(agency, who))
    proposal_id = await proposer.create({"matter": "promotion", "subject": subject.subject}, "mencoba")
    for document in ("SK_PANGKAT", "SKP_1", "SKP_2"):
        await proposer.attach(proposal_id, document)
    findings = (await proposer.get(f"/proposals/{proposal_id}"))["assessment"]["findings"]
    assert [f["requirement"] for f in findings if f["verdict"] == "not-met" and requirement in f["requirement"]]
    with pytest.raises(StoryFailed, match="requirements-not-met"):
        await proposer.act(proposal_id, "submission")
