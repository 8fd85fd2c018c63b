"""Every route has one rule of access: router, OpenAPI and the table below say the same."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.deps import Holding, current_actor, public, visible_case, visible_person, visible_subject
from tests.support.api import app_on, services

CASE = "/api/v1/proposals/{proposal_id}"
SEES, SIGNED_IN = "sees the case", "signed in"
POLICY = {
    ("GET", "/livez"): "public",
    ("GET", "/readyz"): "public",
    ("POST", "/api/v1/proposals"): SIGNED_IN,
    ("GET", "/api/v1/proposals"): SIGNED_IN,
    ("GET", "/api/v1/inbox"): SIGNED_IN,
    ("GET", "/api/v1/stalled"): "holds administrator or auditor",
    ("GET", "/api/v1/me"): SIGNED_IN,
    ("GET", "/api/v1/receipts/{command_id}"): SIGNED_IN,
    ("POST", "/api/v1/register/search"): SIGNED_IN,
    ("GET", "/api/v1/register/{ref}"): "sees the person",
    ("GET", "/api/v1/eligibility"): "sees the person",
    ("GET", "/api/v1/upcoming"): SIGNED_IN,
    ("POST", "/api/v1/upcoming/drafts"): SIGNED_IN,
    ("GET", CASE): SEES,
    ("PUT", CASE): SEES,
    ("GET", f"{CASE}/actions"): SEES,
    ("GET", f"{CASE}/status"): SEES,
    ("GET", f"{CASE}/reasons"): SEES,
    ("GET", f"{CASE}/timeline"): SEES,
    ("GET", f"{CASE}/documents/{{document}}"): SEES,
    ("PUT", f"{CASE}/documents/{{document}}"): SEES,
    ("POST", f"{CASE}/override"): SEES,
    ("POST", f"{CASE}/submission"): SEES,
    ("POST", f"{CASE}/approval"): SEES,
    ("POST", f"{CASE}/return"): SEES,
    ("POST", f"{CASE}/rejection"): SEES,
    ("POST", f"{CASE}/withdrawal"): SEES,
    ("POST", f"{CASE}/outcome"): SEES,
    ("POST", f"{CASE}/decree"): SEES,
    ("POST", f"{CASE}/acknowledgement"): SEES,
}
"""Who may knock at which door; what they may do behind it, the ledger decides."""
FRAMEWORK = {"/openapi.json"}
"""Addresses that the framework serves by itself, to anybody."""


def calls(dependant: Dependant) -> Iterator[object]:
    """Everything that a route depends on, at any depth."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def rule_of(dependant: Dependant) -> str:
    """The strictest rule among a route's dependencies, or nothing."""
    found = list(calls(dependant))
    roles = [call.roles for call in found if isinstance(call, Holding)]
    if roles:
        return f"holds {' or '.join(sorted(roles[0]))}"
    person = ((visible_person, "sees the person"), (visible_subject, "sees the person"))
    rules = ((visible_case, SEES), *person, (current_actor, SIGNED_IN), (public, "public"))
    return next((name for rule, name in rules if rule in found), "")


def routed(app: FastAPI) -> dict[tuple[str, str], str]:
    """Every method and address of the app with its rule."""
    return {
        (method, str(route.path)): rule_of(route.dependant)
        for route in iter_route_contexts(app.routes)
        if route.path not in FRAMEWORK
        for method in route.methods or ()
    }


def test_every_route_has_the_rule_that_was_meant_for_it() -> None:
    """The app serves the table's addresses with the table's rules, and no other."""
    assert routed(app_on(services())) == POLICY


def test_a_route_without_a_rule_is_found() -> None:
    """The comparison above sees a route that somebody forgot to guard."""
    app = app_on(services())

    @app.get("/forgotten")
    async def forgotten() -> str:
        return "open to everybody"

    assert routed(app)["GET", "/forgotten"] == ""


def test_the_document_describes_what_is_served() -> None:
    """OpenAPI has the same addresses; those that are not public ask for a token."""
    document = app_on(services()).openapi()
    described = {
        (method.upper(), path): told for path, ways in document["paths"].items() for method, told in ways.items()
    }

    assert described.keys() == POLICY.keys()
    assert {way for way, told in described.items() if "security" not in told} == {
        way for way, rule in POLICY.items() if rule == "public"
    }


def test_every_operation_can_be_named_and_is_told_with_its_refusals() -> None:
    """Generated clients get stable names, and the shape of a problem for everything that is refused."""
    document = app_on(services()).openapi()
    told = [told for ways in document["paths"].values() for told in ways.values()]
    names = [operation["operationId"] for operation in told]

    assert len(names) == len(set(names)) == len(POLICY)
    assert all("application/problem+json" in operation["responses"]["default"]["content"] for operation in told)
    assert "stale-version" in document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert "ValidationError" not in document["components"]["schemas"]
