from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from activities.settings import Settings, refusals
from deploy.local.folder import DataFolder
from deploy.local.stack import Stack, attach


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine decides a test."""
    for name in (
        "TEMPORAL_ADDRESS",
        "TEMPORAL_CONFIG_FILE",
        "TEMPORAL_PROFILE",
        "JENJANG_MODE",
        "JENJANG_DATABASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def stack_of(folder: Path, **settings: object) -> Stack:
    """The stack that these settings ask for."""
    return Stack(Settings.model_validate({"data_dir": folder, **settings}), DataFolder(folder).make())


def test_nothing_given_means_everything_embedded_and_demo(tmp_path: Path) -> None:
    """Without any setting there is a whole, safe demo: servers of our own, keys made, clock movable."""
    stack = stack_of(tmp_path)

    settings = stack.completed()

    assert [server.name for server in stack.embedded] == ["postgres", "temporal"]
    assert (settings.mode, settings.allow_clock_offset) == ("demo", True)
    assert refusals(settings) == []


def test_a_given_database_is_used_and_never_taken_for_a_demo(tmp_path: Path) -> None:
    """A real database means production rules unless somebody says otherwise."""
    stack = stack_of(tmp_path, database_url=SecretStr("postgresql+psycopg://app@db/jenjang"))

    settings = stack.completed()

    assert [server.name for server in stack.embedded] == ["temporal"]
    assert (settings.mode, settings.allow_clock_offset) == ("production", False)
    assert settings.owner_database_url is None


@pytest.mark.parametrize("how", ["address", "file"])
def test_a_given_temporal_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """`TEMPORAL_ADDRESS` or a profile in temporal.toml replaces the embedded server."""
    if how == "address":
        monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    else:
        file = tmp_path / "temporal.toml"
        file.write_text('[profile.default]\naddress = "temporal.example:7233"\n')
        monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))

    stack = stack_of(tmp_path)

    assert [server.name for server in stack.embedded] == ["postgres"]
    assert stack.addresses().temporal == "temporal.example:7233"
    assert "TEMPORAL_ADDRESS" not in stack.environment(stack.addresses())


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    """The second start finds the keys of the first; nobody else may read them."""
    first, second = stack_of(tmp_path).completed(), stack_of(tmp_path).completed()

    assert first.token_key == second.token_key
    assert first.vault_key != first.token_key
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_given_keys_are_kept(tmp_path: Path) -> None:
    """A key that was given is not replaced by a made one."""
    key = SecretStr("x" * 44)
    assert stack_of(tmp_path, token_key=key).completed().token_key == key


def test_another_terminal_meets_the_running_stack_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`attach` gives the addresses of a stack while it runs, and changes nothing otherwise."""
    monkeypatch.setenv("JENJANG_DATA_DIR", str(tmp_path))
    folder, stack = DataFolder(tmp_path), stack_of(tmp_path)
    variables = stack.environment(stack.addresses())
    assert attach(Settings()).database_url is None

    for name in variables:
        # So that what attach puts into the environment is taken out again after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("JENJANG_DATA_DIR", str(tmp_path))
    with folder.held():
        attached = attach(Settings())

    assert attached.database_url == stack.completed().database_url
    assert attached.token_key == stack.completed().token_key
