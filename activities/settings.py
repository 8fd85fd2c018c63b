"""Settings of every process, read from the environment (`JENJANG_…`) and refused when unsafe."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import (
    AliasChoices,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from domain.rulebook.model import Text

Language = Literal["id", "en"]

DEFAULT_AGENCY = "DEMO"
DIALECT = "postgresql+psycopg"
KEY_BYTES = 32
MASK = "••••••"
KEY_CURE = ("Buat dengan: head -c 32 /dev/urandom | base64", "Make one with: head -c 32 /dev/urandom | base64")
WEAKNESSES = {
    "missing": ("JENJANG_{name} tidak ada.", "JENJANG_{name} is missing."),
    "weak": ("JENJANG_{name} bukan base64 dari 32 byte.", "JENJANG_{name} is not base64 of 32 bytes."),
    "guessable": (
        "JENJANG_{name} mudah ditebak: teks, berulang, atau berurutan.",
        "JENJANG_{name} is easy to guess: it is text, repeats itself, or counts.",
    ),
}


def _setting(meaning_id: str, meaning_en: str, **field: Any) -> Any:
    meaning = Text(id=meaning_id, en=meaning_en)
    return Field(description=meaning.en, json_schema_extra={"meaning": meaning.model_dump()}, **field)


def _language(value: object = "id") -> Language:
    return "en" if str(value).lower().startswith("en") else "id"


class Settings(BaseSettings):
    """What an installation decides: from the environment, or from files named alike in `JENJANG_SECRETS_DIR`.

    The connection to Temporal is not here: `TEMPORAL_ADDRESS` and its kin belong to Temporal's own tools.
    """

    model_config = SettingsConfigDict(
        env_prefix="JENJANG_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    mode: Literal["demo", "test", "production"] = _setting(
        "demo, test atau production; jenjang up memakai demo bila PostgreSQL tertanam",
        "demo, test or production; jenjang up means demo when PostgreSQL is embedded",
        default="production",
    )
    locale: Language = _setting(
        "bahasa pesan di terminal",
        "language of messages on the terminal",
        default="id",
        validation_alias=AliasChoices("JENJANG_LOCALE", "LOCALE"),
    )
    agency: str = _setting(
        "instansi pemilik pemasangan ini", "agency this installation belongs to", default=DEFAULT_AGENCY
    )
    utc_offset_hours: int = _setting(
        "zona waktu kantor: 7 WIB, 8 WITA, 9 WIT", "hours of the office's time zone", default=7, ge=7, le=9
    )
    database_url: SecretStr | None = _setting(
        "PostgreSQL, sebagai peran aplikasi: postgresql+psycopg://…",
        "PostgreSQL, as the application's role: postgresql+psycopg://…",
        default=None,
    )
    owner_database_url: SecretStr | None = _setting(
        "PostgreSQL, sebagai pemilik skema (hanya untuk migrasi)",
        "PostgreSQL, as the owner of the schema (migrations only)",
        default=None,
    )
    data_dir: Path = _setting("folder data di mesin ini", "folder of this machine's data", default=Path(".jenjang"))
    documents_dir: Path = _setting(
        "folder berkas unggahan, menurut SHA-256; bila kosong: documents di folder data",
        "folder of uploaded files, by SHA-256; if empty: documents in the data folder",
        default_factory=lambda data: data["data_dir"] / "documents",
    )
    rules_dir: Path | None = _setting(
        "folder berkas aturan; bila kosong: yang disertakan",
        "folder of rule files; if empty: the shipped one",
        default=None,
    )
    api_host: str = _setting("alamat yang didengarkan API", "address the API listens on", default="127.0.0.1")
    api_port: int = _setting("port API", "port of the API", default=8080, ge=1, le=65535)
    max_body_bytes: int = _setting(
        "ukuran terbesar satu permintaan, dalam byte",
        "largest request, in bytes",
        default=6 * 1024 * 1024,
        gt=0,
    )
    token_key: SecretStr | None = _setting(
        "kunci penanda tangan token, base64, paling sedikit 32 byte",
        "key that signs bearer tokens, base64, at least 32 bytes",
        default=None,
    )
    vault_key: SecretStr | None = _setting(
        "kunci pembungkus kunci data pribadi, base64, tepat 32 byte",
        "key that wraps the keys of personal data, base64, exactly 32 bytes",
        default=None,
    )
    smtp_host: str | None = _setting(
        "server surat; bila kosong, pesan hanya masuk log",
        "mail server; if empty, notices go to the log",
        default=None,
    )
    smtp_port: int = _setting("port server surat", "port of the mail server", default=25, ge=1, le=65535)
    smtp_from: str | None = _setting("alamat pengirim surat", "sender of mails", default=None)
    allow_clock_offset: bool = _setting(
        "izinkan jam digeser (hanya demo dan uji)",
        "let the clock be moved (demo and tests only)",
        default=False,
    )
    temporal_task_queue: str = _setting("antrean tugas Temporal", "Temporal task queue", default="jenjang")
    temporal_ui_url: str | None = _setting(
        "alamat Web UI Temporal, untuk tautan administrator",
        "address of Temporal's Web UI, for administrators' links",
        default=None,
        validation_alias=AliasChoices("JENJANG_TEMPORAL_UI_URL", "TEMPORAL_UI_URL"),
    )

    @model_validator(mode="wrap")
    @classmethod
    def _usable(cls, values: Any, read: ModelWrapValidatorHandler[Settings]) -> Settings:
        """Refuse what cannot be used; what was given is not repeated, it may be a secret."""
        try:
            return read(values)
        except ValidationError as error:
            given = [values[name] for name in ("locale", "JENJANG_LOCALE", "LOCALE") if name in values]
            # A default that could not be made for want of another setting is no fault of its own.
            faults = [fault for fault in error.errors() if fault["type"] != "default_factory_not_called"]
            reasons = [_unusable(str(fault["loc"][0]), fault["msg"]).said(_language(*given[:1])) for fault in faults]
            raise RefusedToStart(reasons) from None

    @field_validator("locale", mode="before")
    @classmethod
    def _locale(cls, value: object) -> Language:
        return _language(value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over files; no `.env` is read."""
        files = SecretsSettingsSource(settings_cls, secrets_dir=os.environ.get("JENJANG_SECRETS_DIR"))
        return init_settings, env_settings, files

    @property
    def invented_people(self) -> bool:
        """Whether people with an impossible sex digit in their NIP are let in."""
        return self.mode != "production"


def key_bytes(key: SecretStr | None) -> bytes:
    """The bytes of a base64 key; raises ValueError when it is missing or no base64."""
    if key is None:
        message = "the key is missing"
        raise ValueError(message)
    try:
        return b64decode(key.get_secret_value(), validate=True)
    except NotBase64 as error:
        message = "the key is no base64"
        raise ValueError(message) from error


@dataclass(frozen=True)
class SettingRow:
    """One line of `jenjang settings`; secrets are masked in it."""

    variable: str
    value: str
    default: str
    meaning: Text


def rows(settings: Settings) -> list[SettingRow]:
    """Every setting with its variable, present value, default and meaning."""
    return [
        SettingRow(
            variable=f"JENJANG_{name.upper()}",
            value=_shown(getattr(settings, name)),
            default="" if field.default_factory else _shown(field.default),
            meaning=Text.model_validate(field.json_schema_extra["meaning"]),  # type: ignore[index]
        )
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, SecretStr):
        return str(value)
    url = urlsplit(value.get_secret_value())
    if not url.scheme:
        return MASK
    account, at, host = url.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    query = re.sub(r"(?<=password=)[^&]*", MASK, url.query)
    return urlunsplit(url._replace(netloc=f"{user}{colon}{MASK if colon else ''}{at}{host}", query=query))


@dataclass(frozen=True)
class Refusal:
    """Why a process must not start like this, and what to do about it."""

    code: str
    cause: Text
    cure: Text

    @classmethod
    def of(cls, code: str, indonesian: tuple[str, str], english: tuple[str, str], **facts: object) -> Refusal:
        """Cause and cure in each language, with `{name}` filled in."""
        values = {name: str(value) for name, value in facts.items()}
        causes, cures = (Text(id=id_, en=en).filled(values) for id_, en in zip(indonesian, english, strict=True))
        return cls(code, causes, cures)

    def said(self, language: Language) -> str:
        """The cause, and the cure on a line of its own."""
        return f"{getattr(self.cause, language)}\n  {getattr(self.cure, language)}"


class RefusedToStart(Exception):
    """The service must not run like this; each reason names a cause and its cure."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def refuse(reasons: Sequence[Refusal], language: Language) -> None:
    """Raise RefusedToStart when there is a reason."""
    if reasons:
        raise RefusedToStart([reason.said(language) for reason in reasons])


def refusals(settings: Settings) -> list[Refusal]:
    """Everything unsafe or missing in the settings themselves; empty when the process may go on."""
    return [*_missing(settings), *_weak_keys(settings), *_unsafe(settings)]


def _unusable(name: str, message: str) -> Refusal:
    field = Settings.model_fields.get(name)
    meaning = Text.model_validate(field.json_schema_extra["meaning"]) if field else Text(id="", en="")  # type: ignore[index]
    return Refusal.of(
        "setting-unusable",
        ("{variable} tidak dapat dipakai.", "Isi dengan: {id}"),
        ("{variable} cannot be used: {message}.", "Set it to: {en}"),
        variable=f"JENJANG_{name.upper()}",
        message=message,
        **meaning.model_dump(),
    )


def _missing(settings: Settings) -> Iterator[Refusal]:
    if settings.database_url is None:
        yield Refusal.of(
            "database-missing",
            ("Alamat PostgreSQL tidak ada.", "Isi JENJANG_DATABASE_URL, atau jalankan jenjang up."),
            ("There is no address of PostgreSQL.", "Set JENJANG_DATABASE_URL, or run jenjang up."),
        )
    elif urlsplit(settings.database_url.get_secret_value()).scheme != DIALECT:
        yield Refusal.of(
            "database-address-other",
            ("JENJANG_DATABASE_URL memakai skema alamat lain.", "Awali dengan {dialect}://"),
            ("JENJANG_DATABASE_URL has another scheme.", "Begin it with {dialect}://"),
            dialect=DIALECT,
        )
    if settings.smtp_host and not settings.smtp_from:
        yield Refusal.of(
            "mail-sender-missing",
            ("Server surat ada, alamat pengirim tidak.", "Isi JENJANG_SMTP_FROM."),
            ("There is a mail server but no sender.", "Set JENJANG_SMTP_FROM."),
        )


def _weak_keys(settings: Settings) -> Iterator[Refusal]:
    for name, key in (("TOKEN_KEY", settings.token_key), ("VAULT_KEY", settings.vault_key)):
        if kind := _weakness(name, key, settings.mode):
            (cause_id, cause_en), code = WEAKNESSES[kind], f"{name.lower().replace('_', '-')}-{kind}"
            yield Refusal.of(code, (cause_id, KEY_CURE[0]), (cause_en, KEY_CURE[1]), name=name)


def _weakness(name: str, key: SecretStr | None, mode: str) -> str | None:
    if key is None:
        return "missing"
    try:
        found = key_bytes(key)
    except ValueError:
        return "weak"
    if len(found) < KEY_BYTES or (name == "VAULT_KEY" and len(found) != KEY_BYTES):
        return "weak"
    return "guessable" if mode == "production" and _guessable(found) else None


def _guessable(key: bytes) -> bool:
    """Whether no generator made it: it is text, repeats itself, or counts.

    Of 32 random bytes about 30 differ, and so do about 29 of their 31 distances; all being ASCII has a chance of 2⁻³².
    """
    distances = {(after - before) % 256 for before, after in pairwise(key)}
    return key.isascii() or min(len(set(key)), len(distances)) < KEY_BYTES // 2


def _unsafe(settings: Settings) -> Iterator[Refusal]:
    if settings.mode == "production" and settings.allow_clock_offset:
        yield Refusal.of(
            "clock-offset-in-production",
            ("Jam boleh digeser di luar demo dan uji.", "Hapus JENJANG_ALLOW_CLOCK_OFFSET."),
            ("The clock may be moved outside demo and tests.", "Remove JENJANG_ALLOW_CLOCK_OFFSET."),
        )
    if settings.mode == "production" and settings.agency == DEFAULT_AGENCY:
        yield Refusal.of(
            "agency-missing",
            ("Instansi belum ditentukan.", "Isi JENJANG_AGENCY dengan id instansi."),
            ("The agency is not named.", "Set JENJANG_AGENCY to the agency's id."),
        )
    if settings.mode != "production" and not is_loopback(settings.api_host):
        yield Refusal.of(
            "demo-beyond-this-machine",
            ("Mode {mode} dapat dijangkau dari mesin lain.", "Isi JENJANG_API_HOST dengan 127.0.0.1."),
            ("The {mode} mode can be reached from other machines.", "Set JENJANG_API_HOST to 127.0.0.1."),
            mode=settings.mode,
        )


def is_loopback(host: str) -> bool:
    """Whether a listening address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
