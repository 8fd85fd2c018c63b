"""The command line: every command is there, and an unsafe start is refused with its cure."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from api.cli import COMMANDS, PROPOSAL, REGISTER, RULEBOOK, TOKEN, UNSAFE, app

ALL = [
    *([name] for name in COMMANDS),
    *(["register", name] for name in REGISTER),
    *(["proposal", name] for name in PROPOSAL),
    *(["rulebook", name] for name in RULEBOOK),
    *(["token", name] for name in TOKEN),
]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_can_be_loaded_and_explains_itself(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command is found by name when it is called; a wrong name would only fail there."""
    app([*words, "--help"], result_action="return_value")
    assert f"Usage: jenjang {' '.join(words)}" in capsys.readouterr().out


def test_a_start_without_database_and_keys_is_refused_with_its_cures() -> None:
    """Exit code 78, and a line for each thing that is missing."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JENJANG_", "TEMPORAL_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "api.cli", "relay"], env=clean, capture_output=True, text=True, check=False
    )
    assert ran.returncode == UNSAFE
    assert "JENJANG_DATABASE_URL" in ran.stderr
    assert "JENJANG_VAULT_KEY" in ran.stderr


def test_settings_never_show_a_secret() -> None:
    """Keys and passwords are masked, addresses stay readable."""
    secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA=="
    environment = {
        **os.environ,
        "JENJANG_VAULT_KEY": secret,
        "JENJANG_DATABASE_URL": "postgresql+psycopg://jenjang_app:hunter2@db.example/jenjang",
        "COLUMNS": "400",
    }
    command = [sys.executable, "-m", "api.cli", "settings"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert secret not in ran.stdout
    assert "hunter2" not in ran.stdout
    assert "db.example" in ran.stdout
