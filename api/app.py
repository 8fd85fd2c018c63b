"""Composition root of the web: builds the services, refuses to start when it must, and serves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import uvicorn
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.service import RPCError

from activities.adapters.document_folder import DocumentFolder
from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from activities.settings import Settings
from activities.wiring import Backbone, backbone
from api.limits import Answered, BodyLimit
from api.openapi import DESCRIPTION, Documented
from api.problems.handlers import install
from api.routes import decisions, documents, eligibility, health, lists, people, proposals
from api.services import Services
from api.tokens import Tokens
from workflows.desk import ProposalDesk
from workflows.poke import Poker
from workflows.worker import connect

ROUTERS = (
    health.router,
    proposals.router,
    decisions.router,
    documents.router,
    lists.router,
    people.router,
    eligibility.router,
)
PATIENCE = timedelta(seconds=1)
"""How long `/readyz` waits for Temporal."""
GRACE = 5
"""Seconds in which requests under way may end when the process is asked to stop. Source: design decision."""


def create_app(services: Services) -> FastAPI:
    """The web application on these services; it holds nothing else."""
    app = Documented(
        title="Jenjang",
        version="1",
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's pages load scripts from a public network
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"logs": False},  # they would quote what people sent
    )
    app.state.services = services
    app.add_middleware(BodyLimit, max_file=services.settings.max_body_bytes)
    app.add_middleware(Answered)
    install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def build_services(settings: Settings) -> AsyncIterator[Services]:
    """The services of an installation; raises RefusedToStart. Temporal may be away: nothing here waits for it."""
    async with backbone(settings) as parts:
        client = await connect(lazy=True)
        desk = ProposalDesk(parts.ledger, Poker(client, settings.temporal_task_queue), parts.outbox)
        yield services_on(parts, desk, client)
        await desk.close()


def services_on(parts: Backbone, desk: ProposalDesk, client: Client) -> Services:
    """The services on a backbone that is built already."""
    return Services(
        desk=desk,
        reads=Reads(parts.reads, parts.keys, Context(parts.rulebook, parts.calendar)),
        documents=DocumentFolder(parts.settings.documents_dir),
        tokens=Tokens.of(parts.settings),
        rules=parts.rules,
        calendar=parts.calendar,
        settings=parts.settings,
        engine_answers=lambda: _answers(client),
    )


async def serve(settings: Settings) -> None:
    """Serve until asked to stop; raises RefusedToStart."""
    async with build_services(settings) as services:
        config = uvicorn.Config(
            create_app(services),
            host=settings.api_host,
            port=settings.api_port,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        await uvicorn.Server(config).serve()


async def _answers(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=PATIENCE)
    except (RPCError, RuntimeError):
        return False
