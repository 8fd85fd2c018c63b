"""Secrets of an installation that nobody gave: made once, kept beside its data."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64encode
from pathlib import Path

from activities.settings import KEY_BYTES, Settings

NAMES = ("token_key", "vault_key")


def with_keys(settings: Settings, path: Path) -> dict[str, str]:
    """The keys of the settings; a missing one comes from the file, made at the first start (mode 0600)."""
    given = {name: getattr(settings, name) for name in NAMES}
    if all(given.values()):
        return {name: key.get_secret_value() for name, key in given.items()}
    kept = json.loads(path.read_text()) if path.exists() else _make(path)
    return {name: key.get_secret_value() if key else kept[name] for name, key in given.items()}


def _make(path: Path) -> dict[str, str]:
    keys = {name: b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in NAMES}
    write_private(path, json.dumps(keys, indent=2))
    return keys


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read: whole, or not at all."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a descriptor
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
