from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from activities.settings import MASK, RefusedToStart, Settings, key_bytes, refusals, rows
from activities.wiring import backbone

KEY = b64encode(bytes((n * n ^ 90) % 256 for n in range(40, 72))).decode()
COUNTING = b64encode(bytes(range(32))).decode()
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
        ({"database_url": "postgres://app:rahasia@db/jenjang"}, "database-address-other"),
        ({"token_key": None}, "token-key-missing"),
        ({"vault_key": None, "mode": "test"}, "vault-key-missing"),
        ({"token_key": "no base64!"}, "token-key-weak"),
        ({"vault_key": b64encode(b"short").decode()}, "vault-key-weak"),
        ({"vault_key": b64encode(bytes(64)).decode(), "mode": "test"}, "vault-key-weak"),
        ({"vault_key": b64encode(bytes(32)).decode()}, "vault-key-guessable"),
        ({"token_key": b64encode(b"change-me-before-you-go-live-now").decode()}, "token-key-guessable"),
        ({"vault_key": COUNTING}, "vault-key-guessable"),
        ({"allow_clock_offset": True}, "clock-offset-in-production"),
        ({"agency": "DEMO"}, "agency-missing"),
        ({"smtp_host": "mail"}, "mail-sender-missing"),
        ({"mode": "demo", "api_host": "0.0.0.0"}, "demo-beyond-this-machine"),
        ({"mode": "test", "api_host": "jenjang.example"}, "demo-beyond-this-machine"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
async def test_unsafe_settings_are_refused_with_cause_and_cure(
    changes: dict[str, object], code: str, language: Literal["id", "en"]
) -> None:
    """Each unsafe setting has its own code; nothing starts, and the operator reads why and what to do, no secret."""
    settings = settings_with(**changes, locale=language)
    [refusal] = refusals(settings)

    with pytest.raises(RefusedToStart) as told:
        async with backbone(settings):
            pytest.fail("it started")

    assert refusal.code == code
    [reason] = told.value.reasons
    assert reason == f"{getattr(refusal.cause, language)}\n  {getattr(refusal.cure, language)}"
    assert "rahasia" not in reason
    assert "{" not in reason


def test_a_demo_may_move_the_clock_and_use_plain_keys() -> None:
    """What is refused in production is what the demo and the tests live on."""
    plain = b64encode(bytes(32)).decode()
    changes = {"mode": "demo", "agency": "DEMO", "allow_clock_offset": True, "token_key": plain, "vault_key": plain}
    assert refusals(settings_with(**changes)) == []


def test_a_generated_key_is_never_taken_for_a_guessable_one() -> None:
    """Nobody whose key came from a generator is turned away."""
    keys = [b64encode(hashlib.sha256(str(seed).encode()).digest()).decode() for seed in range(1000)]
    assert [key for key in keys if refusals(settings_with(token_key=key, vault_key=key))] == []


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


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("id", "JENJANG_MODE tidak dapat dipakai.\n  Isi dengan: demo, test atau production;"),
        (
            "en_GB",
            "JENJANG_MODE cannot be used: Input should be 'demo', 'test' or 'production'.\n  Set it to: demo, test",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    """It is named, in the operator's language; what was given is not repeated: it may be a secret."""
    for name, value in (("JENJANG_MODE", "rahasia"), ("JENJANG_API_PORT", "rahasia"), ("LOCALE", language)):
        monkeypatch.setenv(name, value)

    with pytest.raises(RefusedToStart) as refusal:
        Settings()

    mode, port = refusal.value.reasons
    assert mode.startswith(told)
    assert port.startswith("JENJANG_API_PORT ")
    assert "rahasia" not in mode + port


def test_a_time_zone_outside_indonesia_is_no_setting() -> None:
    """Offices stand in WIB, WITA or WIT."""
    with pytest.raises(RefusedToStart, match="JENJANG_UTC_OFFSET_HOURS"):
        settings_with(utc_offset_hours=1)


def test_key_bytes_are_what_was_encoded() -> None:
    """The key of the settings is base64 of the key that signs."""
    assert key_bytes(SecretStr(COUNTING)) == bytes(range(32))
