"""The OpenAPI document: every route with its refusals as problem+json, and nothing that is not served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from api.problems.handlers import MEDIA_TYPE, TYPE
from api.problems.table import PROBLEMS

DESCRIPTION = """Promotions and rotations of Indonesian civil servants, from the first idea to the decree in the
person's hand.

Every write carries an `Idempotency-Key`: repeating it repeats the answer. Decisions carry `If-Match` with the `ETag`
that was shown. Every refusal is `application/problem+json` with a stable `code`; `title` and `detail` follow
`Accept-Language` (id, en). The first that applies answers: 401, 404, stored receipt, 403, 428, 409, 412, 422.
"""


class Problem(BaseModel):
    """A refusal (RFC 9457). Programs read `code` and the refusal's own fields; people read `title` and `detail`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str


class Documented(FastAPI):
    """An app whose document tells each route's refusals as they are sent."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _with_problems(super().openapi())
        return self.openapi_schema


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    # FastAPI documents a shape for 422 that this door never sends.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _problem_schema()
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _REFUSED
    return document


_REFUSED: Mapping[str, Any] = {
    "description": "Refused, or failed: a problem",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _problem_schema() -> dict[str, Any]:
    schema = Problem.model_json_schema()
    row = PROBLEMS["stale-version"]
    schema["properties"]["code"]["enum"] = sorted(PROBLEMS)
    schema["additionalProperties"] = True
    schema["examples"] = [
        {
            "type": f"{TYPE}stale-version",
            "title": row.title.id,
            "status": row.status,
            "detail": row.detail.filled(
                {"expected": "6", "actual": "7", "changed_by": "Wening Larasati", "changed_at": "09-04-2026 14.03 WIB"}
            ).id,
            "instance": "urn:uuid:5b0d1e0c-6a3f-4f2b-9a58-2f6d0c6d6c1b",
            "code": "stale-version",
            "expected": 6,
            "actual": 7,
            "changed_by": "00000000000000000000000000000002",
            "changed_by_name": "Wening Larasati",
            "changed_at": "2026-04-09T07:03:00Z",
            "changes": ["approve VERIF"],
        }
    ]
    return schema
