"""Refusals and faults become problem+json (RFC 9457) in the reader's language; nothing that was sent is sent back."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from api.problems import refusals as r
from api.problems.inputs import input_errors
from api.problems.telling import FASTER, Reader, told
from api.services import services_of
from api.strict_json import Malformed
from api.words import Language, preferred
from domain.errors import DomainError

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:jenjang:problem:"
RETRY_AFTER = "5"
"""Seconds after which a client may try again. Source: design decision."""
HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    413: {"Connection": "close"},
    503: {"Retry-After": RETRY_AFTER},
}


def install(app: FastAPI) -> None:
    """Answer every refusal of an app, and every fault that has a name, by a problem."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(HTTPException, _unanswered)
    app.add_exception_handler(RequestValidationError, _invalid)
    for fault in (OperationalError, InterfaceError, NoConnection):
        app.add_exception_handler(fault, _away)


def problem(connection: HTTPConnection, refusal: DomainError, names: Mapping[str, str] | None = None) -> JSONResponse:
    """The problem that tells a refusal; `names` are shown for the references it holds."""
    reader = Reader(language_of(connection), services_of(connection).calendar.utc_offset, names or {})
    content = told(refusal, reader)
    head = {"type": f"{TYPE}{refusal.code}", "instance": f"urn:uuid:{connection.state.request_id}"}
    headers = {"Content-Language": reader.language, **HEADERS.get(content["status"], {})}
    return JSONResponse({**head, **content}, content["status"], headers, MEDIA_TYPE)


def language_of(connection: HTTPConnection) -> Language:
    """The language in which the caller reads."""
    return preferred(connection.headers.get("accept-language", ""))


async def _refused(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, DomainError)
    faster = [person for place in FASTER if (person := getattr(refusal, place, ""))]
    names = await services_of(request).reads.names(faster) if faster else {}
    return problem(request, refusal, names)


async def _unanswered(request: Request, fault: Exception) -> JSONResponse:
    """What the framework refuses by itself."""
    assert isinstance(fault, HTTPException)
    match fault.status_code:
        case 404:
            return problem(request, r.PathUnknown())
        case 405:
            allowed = _methods_at(request)
            answer = problem(request, r.MethodNotAllowed(allowed=allowed))
            answer.headers["Allow"] = ", ".join(allowed)
            return answer
        case 413:
            return problem(request, r.BodyTooLarge(limit=request.state.body_limit))
        case 415:
            return problem(request, r.MediaTypeRefused(accepted=["application/json"]))
        case _:
            return problem(request, r.BodyMalformed(reason="no-json"))


async def _invalid(request: Request, fault: Exception) -> JSONResponse:
    """What the route's models refuse: another media type, another JSON, other fields."""
    assert isinstance(fault, RequestValidationError)
    if isinstance(fault.body, bytes):
        return problem(request, r.MediaTypeRefused(accepted=["application/json"]))
    if isinstance(fault.body, Malformed):
        return problem(request, r.BodyMalformed(reason=fault.body.fault))
    errors = input_errors(fault.errors(), fault.body, language_of(request))
    return problem(request, r.InputInvalid(errors=errors))


async def _away(request: Request, _: Exception) -> JSONResponse:
    return problem(request, r.DatabaseAway())


def _methods_at(request: Request) -> list[str]:
    """Every method that the address knows: several routes may share it, and the framework names the first one's."""
    path = request.url.path
    routes = (route for route in iter_route_contexts(request.app.routes) if route.methods)
    return sorted({method for route in routes if route.path_regex.match(path) for method in route.methods or ()})
