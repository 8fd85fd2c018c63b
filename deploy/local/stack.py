"""Which servers an installation uses: those that were given, and those we bring."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from temporalio.envconfig import ClientConfig

from activities.settings import Settings
from deploy.local.folder import DataFolder
from deploy.local.keys import with_keys, write_private
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.temporal import DevServer


@dataclass(frozen=True)
class Addresses:
    """Where everything is once it runs; `temporal_ui` is empty when nobody named it."""

    api: str
    temporal: str
    temporal_ui: str
    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    settings: Settings = field(repr=False)
    """The settings that the children got: complete, with keys and addresses."""


class Stack:
    """PostgreSQL and Temporal, given or embedded, and the settings that follow from them."""

    def __init__(self, settings: Settings, folder: DataFolder) -> None:
        self._settings = settings
        self._folder = folder
        mode_given = "mode" in settings.model_fields_set or settings.database_url is not None
        self.mode = settings.mode if mode_given else "demo"
        self.given_temporal = ClientConfig.load_client_connect_config().get("target_host")
        self.postgres = None if settings.database_url else EmbeddedPostgres(folder)
        self.temporal = None if self.given_temporal else DevServer(folder, skips_time=self.mode != "production")

    @property
    def embedded(self) -> list[EmbeddedPostgres | DevServer]:
        """The servers we bring, in the order of their start."""
        return [server for server in (self.postgres, self.temporal) if server is not None]

    def addresses(self) -> Addresses:
        """Where everything is; the embedded servers must have been started."""
        settings = self.completed()
        database, owner = settings.database_url, settings.owner_database_url or settings.database_url
        host = "127.0.0.1" if settings.api_host in {"0.0.0.0", "::"} else settings.api_host  # noqa: S104 - how to reach it
        return Addresses(
            api=f"http://{host}:{settings.api_port}",
            temporal=self.temporal.address if self.temporal else str(self.given_temporal),
            temporal_ui=settings.temporal_ui_url or "",
            database_url=database.get_secret_value() if database else "",
            owner_database_url=owner.get_secret_value() if owner else "",
            settings=settings,
        )

    def environment(self, addresses: Addresses) -> dict[str, str]:
        """What tells a child where everything is; also noted in the data folder, for `attach`."""
        variables = {
            f"JENJANG_{name.upper()}": _plain(value) for name, value in addresses.settings if value is not None
        }
        if self.temporal is not None:
            variables["TEMPORAL_ADDRESS"] = addresses.temporal
        write_private(_environment_file(self._folder), json.dumps(variables, indent=2))
        return variables

    def completed(self) -> Settings:
        """The settings with mode, keys, absolute folders and the embedded servers' addresses filled in."""
        settings = self._settings
        found: dict[str, object] = {
            "mode": self.mode,
            "data_dir": self._folder.root,
            "documents_dir": settings.documents_dir.absolute(),
            "rules_dir": settings.rules_dir and settings.rules_dir.absolute(),
            "api_port": free_port(settings.api_port),
            "allow_clock_offset": settings.allow_clock_offset or self.mode != "production",
        }
        keys = with_keys(settings, self._folder.root / "secrets.json")
        found |= {name: SecretStr(key) for name, key in keys.items()}
        if self.postgres is not None:
            found["database_url"] = SecretStr(self.postgres.app_url)
            found["owner_database_url"] = SecretStr(self.postgres.owner_url)
        if self.temporal is not None:
            found["temporal_ui_url"] = self.temporal.ui
        return settings.model_copy(update=found)


def forget_addresses(folder: DataFolder) -> None:
    """Let nobody attach to what no longer runs, or not yet."""
    _environment_file(folder).unlink(missing_ok=True)


def attach(settings: Settings) -> Settings:
    """The settings of the stack that runs on this data folder: so `jenjang …` in another terminal meets it.

    Puts into the environment what is not there yet (`TEMPORAL_ADDRESS` too). When no stack runs, or when a
    database is given, the settings stay as they are.
    """
    folder = DataFolder(settings.data_dir.absolute())
    if settings.database_url is not None or not folder.is_held() or not _environment_file(folder).exists():
        return settings
    for name, value in json.loads(_environment_file(folder).read_text()).items():
        os.environ.setdefault(name, value)
    return Settings()


def _environment_file(folder: DataFolder) -> Path:
    return folder.root / "run" / "environment.json"


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
