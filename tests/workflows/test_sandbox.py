from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError, SandboxedWorkflowRunner

from workflows.worker import WORKFLOWS

HEAVY = ("alembic", "fastapi", "httpx2", "psycopg", "sqlalchemy", "starlette", "structlog", "uvicorn", "yaml")
"""Too slow or too lively for code that is replayed."""
RESTLESS = """
from datetime import datetime
from temporalio import workflow

BORN = datetime.now()

@workflow.defn
class Restless:
    @workflow.run
    async def run(self) -> None:
        return None
"""
OF_WORKFLOWS = ("delivery", "level_triggered", "options", "period", "proposal", "rotation")
OF_THE_DESK = ("desk", "poke", "relay")


@pytest.mark.parametrize("story", WORKFLOWS)
async def test_every_workflow_imports_in_the_sandbox(story: type) -> None:
    """Nothing touches clock, files or randomness while it is imported; a worker would refuse to start."""
    definition = workflow._Definition.must_from_class(story)
    SandboxedWorkflowRunner().prepare_workflow(definition)
    assert definition.sandboxed


async def test_the_sandbox_refuses_a_module_that_reads_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the check above could not fail."""
    tmp_path.joinpath("restless.py").write_text(RESTLESS)
    monkeypatch.syspath_prepend(tmp_path)
    restless = importlib.import_module("restless").Restless
    with pytest.raises(RestrictedWorkflowAccessError, match=r"datetime\.now"):
        SandboxedWorkflowRunner().prepare_workflow(workflow._Definition.must_from_class(restless))


def test_workflow_modules_reach_nothing_heavy() -> None:
    """In a fresh interpreter, neither database nor web nor log framework comes along."""
    assert _comes_along(*OF_WORKFLOWS) & set(HEAVY) == set()


def test_desk_and_relay_reach_neither_database_nor_web() -> None:
    """They know ports; what the check finds here is their log."""
    assert _comes_along(*OF_THE_DESK) & set(HEAVY) == {"structlog"}


def _comes_along(*modules: str) -> set[str]:
    imports = ", ".join(f"workflows.{module}" for module in modules)
    script = f"import sys, {imports}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
