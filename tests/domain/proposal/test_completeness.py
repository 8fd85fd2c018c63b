"""Every verb, event and refusal of the decider stands in a situation of this folder."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from domain import errors
from domain.errors import DomainError
from domain.proposal import commands as c
from domain.proposal.events import ProposalEvent

HERE = Path(__file__).parent
DECIDER = Path(c.__file__).parent
SITUATIONS = [path for path in sorted(HERE.glob("test_*.py")) if path.name != Path(__file__).name]


def names_in(paths: Iterable[Path]) -> set[str]:
    """Every name and attribute that the modules use."""
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


def verbs(base: type[c.Command] = c.Command) -> set[str]:
    """Every command that somebody can give."""
    found = {base.__name__} if not base.__subclasses__() else set()
    return found.union(*(verbs(sub) for sub in base.__subclasses__()))


REFUSALS = {cls.__name__ for cls in DomainError.__subclasses__() if cls.__module__ == errors.__name__}
EVENTS = {cls.__name__ for cls in get_args(ProposalEvent)}
KINDS = set(get_args(c.SystemVerb))


def test_every_refusal_of_the_decider_has_a_situation() -> None:
    """What `domain/proposal` can raise is expected in a test."""
    assert (REFUSALS & names_in(DECIDER.glob("*.py"))) - names_in(SITUATIONS) == set()


def test_every_event_of_a_proposal_has_a_situation() -> None:
    """What can be recorded is expected in a test."""
    assert names_in(SITUATIONS) >= EVENTS


def test_every_verb_has_a_situation() -> None:
    """The builders make each command, and the tests use each builder."""
    builders = {
        "CreateDraft": "create",
        "ChangeDraft": "change",
        "AttachDocument": "attach",
        "OverrideRequirement": "override",
        "Submit": "submit",
        "ApproveStep": "approve",
        "ReturnProposal": "return_",
        "RejectProposal": "reject",
        "Withdraw": "withdraw",
        "RecordOutcome": "record_outcome",
        "IssueDecree": "issue_decree",
        "Acknowledge": "acknowledge",
        "SystemCommand": "clock",
    }

    assert set(builders) == verbs()
    assert set(builders.values()) <= names_in(SITUATIONS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_verb_of_the_clock_has_a_situation(kind: str) -> None:
    """Named as a string in the tests of the clock."""
    assert f'"{kind}"' in (HERE / "test_clock.py").read_text()
