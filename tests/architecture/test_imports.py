from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]


def test_the_layers_hold(capfd: pytest.CaptureFixture[str]) -> None:
    """Every import contract in pyproject.toml is kept (`make arch` shows the same)."""
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_logo=True)

    assert status == EXIT_STATUS_SUCCESS, capfd.readouterr().out
