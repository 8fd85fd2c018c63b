"""The document that programs are written against: its examples are good ones."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from api.answers.receipts import ReceiptAnswer
from api.routes import bodies
from api.routes.eligibility import DraftsBody
from tests.support.api import app_on, services

BODIES = [
    bodies.ProposalBody,
    bodies.NoteBody,
    bodies.OverrideBody,
    bodies.ApprovalBody,
    bodies.RefusalBody,
    bodies.OutcomeBody,
    bodies.DecreeBody,
    bodies.SearchBody,
    DraftsBody,
]
"""Everything that people send as JSON."""


def examples(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Whole examples of a schema, or one put together from those of its required fields."""
    if "examples" in schema:
        return list(schema["examples"])
    return [{name: schema["properties"][name]["examples"][0] for name in schema["required"]}]


@pytest.mark.parametrize("body", BODIES)
def test_every_body_has_an_example_that_the_door_accepts(body: type[BaseModel]) -> None:
    """Whoever copies it gets past the form."""
    schema = app_on(services()).openapi()["components"]["schemas"][body.__name__]
    found = examples(schema)

    assert found != []
    assert [type(body.model_validate(example)) for example in found] == [body] * len(found)


def test_every_json_body_of_the_document_is_among_them() -> None:
    """No route takes a body that the test above does not know."""
    paths = app_on(services()).openapi()["paths"]
    contents = [
        operation["requestBody"]["content"]
        for ways in paths.values()
        for operation in ways.values()
        if "requestBody" in operation
    ]
    names = {
        content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for content in contents
        if "application/json" in content
    }

    assert names == {body.__name__ for body in BODIES}


def test_the_receipt_in_the_document_is_one() -> None:
    """The example of the answer to every write has the answer's shape."""
    (example,) = app_on(services()).openapi()["components"]["schemas"]["ReceiptAnswer"]["examples"]

    assert ReceiptAnswer.model_validate(example).version == 9
