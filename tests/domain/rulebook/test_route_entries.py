from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.rulebook.load import load
from domain.rulebook.problems import RulebookUnusable
from tests.support.rules import FILES, rule_files

DAY = date(2026, 1, 1)
TITLE = {"id": "Berkas", "en": "File"}
FOR_ALL = {"code": "SKP_1", "title": TITLE}
FOR_ONE = {"code": "PAK", "title": TITLE, "kinds": ["JF"], "required": False}


def route(kinds: list[str], documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The route of the smallest rulebook, for other kinds and with documents."""
    return [FILES["routes/promotion.yaml"][0] | {"kinds": kinds, "documents": documents}]


def test_kinds_may_share_a_route_and_differ_in_documents() -> None:
    """Each kind finds a route of its own with the documents that are for it."""
    rulebook = load(rule_files(routes__promotion=route(["STR", "JF"], [FOR_ALL, FOR_ONE])))
    found = {kind: rulebook.route("promotion", kind, DAY) for kind in ("STR", "JF")}

    assert {kind: [d.code for d in route.documents] for kind, route in found.items()} == {
        "STR": ["SKP_1"],
        "JF": ["SKP_1", "PAK"],
    }
    assert [found["JF"].kinds, found["STR"].steps] == [["JF"], found["JF"].steps]
    assert [document.required for document in found["JF"].documents] == [True, False]


def test_a_route_without_particular_documents_stays_one() -> None:
    """What all kinds share is one route."""
    rulebook = load(rule_files(routes__promotion=route(["STR", "JF"], [FOR_ALL])))

    assert [route.kinds for route in rulebook.routes] == [["STR", "JF"]]


def test_a_document_for_a_kind_that_takes_another_route_is_refused() -> None:
    """A misspelt kind would drop the document silently."""
    with pytest.raises(RulebookUnusable) as refused:
        load(rule_files(routes__promotion=route(["STR"], [FOR_ALL, FOR_ONE])))
    (problem,) = refused.value.problems

    assert problem.wrong == "a document is for JF, which the route does not take"
    assert problem.instead == "write kinds of STR"
