from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from activities.settings import MASK, Settings, key_bytes, refusals, rows

KEY = b64encode(bytes(range(32))).decode()
SAFE = {
    "mode": "production",
    "agency": "3301",
    "database_url": "postgresql+psycopg://app:rahasia@db/jenjang",
    "token_key": KEY,
    "vault_key": KEY,
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine decides a test."""
    for name in list(os.environ):
        if name.startswith("JENJANG_") or name in {"LOCALE", "TEMPORAL_UI_URL"}:
            monkeypatch.delenv(name)


def settings_with(**changes: object) -> Settings:
    """Safe production settings, but for the changes."""
    return Settings.model_validate({**SAFE, **changes})


def test_safe_production_settings_are_not_refused() -> None:
    """An installation that named everything may start."""
    assert refusals(settings_with()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"database_url": None}, "database-missing"),
        ({"token_key": None}, "token-key-weak"),
        ({"token_key": "no base64!"}, "token-key-weak"),
        ({"vault_key": b64encode(b"short").decode()}, "vault-key-weak"),
        ({"vault_key": b64encode(bytes(64)).decode(), "mode": "test"}, "vault-key-weak"),
        ({"vault_key": b64encode(bytes(32)).decode()}, "vault-key-weak"),
        ({"allow_clock_offset": True}, "clock-offset-in-production"),
        ({"agency": "DEMO"}, "agency-missing"),
        ({"smtp_host": "mail"}, "mail-sender-missing"),
        ({"mode": "demo", "api_host": "0.0.0.0"}, "demo-beyond-this-machine"),
    ],
)
def test_unsafe_settings_are_refused_with_cause_and_cure(changes: dict[str, object], code: str) -> None:
    """Each unsafe setting has its own code, and says in both languages why and what to do."""
    [refusal] = refusals(settings_with(**changes))

    assert refusal.code == code
    assert all([refusal.cause.id, refusal.cause.en, refusal.cure.id, refusal.cure.en])


def test_a_demo_may_move_the_clock_and_use_plain_keys() -> None:
    """What is refused in production is what the demo and the tests live on."""
    plain = b64encode(bytes(32)).decode()
    changes = {"mode": "demo", "agency": "DEMO", "allow_clock_offset": True, "token_key": plain, "vault_key": plain}
    assert refusals(settings_with(**changes)) == []


def test_the_table_masks_every_secret() -> None:
    """`jenjang settings` shows where a database is, never a password or a key."""
    url = "postgresql+psycopg://app@db/jenjang?password=rahasia&host=/run"
    shown = {row.variable: row.value for row in rows(settings_with(owner_database_url=url))}

    assert shown["JENJANG_DATABASE_URL"] == f"postgresql+psycopg://app:{MASK}@db/jenjang"
    assert shown["JENJANG_TOKEN_KEY"] == MASK
    assert not any("rahasia" in value or KEY in value for value in shown.values())


def test_every_setting_says_what_it_means_in_both_languages() -> None:
    """No line of the table is left without its sentence."""
    assert [row.variable for row in rows(settings_with()) if not (row.meaning.id and row.meaning.en)] == []


def test_the_environment_wins_over_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Secrets may come as files; a variable of the same name wins, an empty one counts as absent."""
    (tmp_path / "JENJANG_AGENCY").write_text("from-file")
    (tmp_path / "JENJANG_SMTP_HOST").write_text("from-file")
    monkeypatch.setenv("JENJANG_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("JENJANG_AGENCY", "from-environment")
    monkeypatch.setenv("JENJANG_SMTP_HOST", "")

    settings = Settings()

    assert (settings.agency, settings.smtp_host) == ("from-environment", "from-file")


@pytest.mark.parametrize(("given", "language"), [("en", "en"), ("en_GB.UTF-8", "en"), ("id", "id"), ("fr", "id")])
def test_the_language_is_one_of_two(monkeypatch: pytest.MonkeyPatch, given: str, language: str) -> None:
    """`LOCALE` takes what people write; what is not English is Indonesian."""
    monkeypatch.setenv("LOCALE", given)
    assert Settings().locale == language


def test_a_time_zone_outside_indonesia_is_no_setting() -> None:
    """Offices stand in WIB, WITA or WIT."""
    with pytest.raises(ValidationError):
        settings_with(utc_offset_hours=1)


def test_key_bytes_are_what_was_encoded() -> None:
    """The key of the settings is base64 of the key that signs."""
    assert key_bytes(SecretStr(KEY)) == bytes(range(32))
