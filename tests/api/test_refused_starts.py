"""What an operator sees when a process refuses to start: cause and cure in one language, exit code 78, no traceback."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.settings import Settings
from api.cli import UNSAFE
from tests.faults.lab.planted import ROOT, Edit, planted

LOSES_A_VERSION = Edit(
    "activities/store/codec.py", "dict.fromkeys(EVENT_CLASSES, 1)", "dict.fromkeys(EVENT_CLASSES, 2)"
)

BREAKS_A_RULE_FILE = Edit("domain/rulebook/tables/edition.yaml", 'edition: "', 'editon: "')


async def said(role: str, settings: Settings, source: Path = ROOT, **environment: str) -> list[str]:
    """What the process prints, a line each, when it refuses to start."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JENJANG_", "TEMPORAL_"))}
    secrets = {"database_url": settings.database_url, "token_key": settings.token_key, "vault_key": settings.vault_key}
    given = {f"JENJANG_{name.upper()}": secret.get_secret_value() for name, secret in secrets.items() if secret}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "api.cli", role),
        env={**kept, "JENJANG_MODE": "test", **given, "PYTHONPATH": str(source), "LOCALE": "id", **environment},
        cwd=settings.data_dir,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert (process.returncode, out) == (UNSAFE, b""), errors.decode()
    return errors.decode().splitlines()


async def alter(settings: Settings, statement: str) -> None:
    """What the owner does to the database."""
    assert settings.owner_database_url is not None
    engine = create_async_engine(settings.owner_database_url.get_secret_value())
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def test_the_api_refuses_a_right_too_many_and_commits_that_may_be_forgotten(settings: Settings) -> None:
    """In Indonesian; the setting is the role's alone, where a look at the server would find nothing."""
    assert settings.database_url is not None
    name = settings.database_url.get_secret_value().partition("@/")[2].partition("?")[0]
    await alter(settings, f"ALTER ROLE jenjang_app IN DATABASE {name} SET synchronous_commit = off")
    await alter(settings, "GRANT UPDATE (entry) ON events TO jenjang_app")

    assert await said("api", settings) == [
        "✗ synchronous_commit = off: keputusan yang sudah dikonfirmasi dapat hilang.",
        "  ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf(); periksa juga peran dan alamatnya.",
        "✗ Pada basis data ada yang tidak semestinya: GRANT UPDATE (entry) ON public.events TO jenjang_app",
        "  Sebagai pemilik skema: REVOKE UPDATE (entry) ON public.events FROM jenjang_app",
    ]


async def test_the_worker_refuses_a_newer_schema(settings: Settings) -> None:
    """In English, for an operator who asked for it."""
    await alter(settings, "UPDATE alembic_version SET version_num = '9999'")
    assert await said("worker", settings, LOCALE="en_GB.UTF-8") == [
        "✗ The schema 9999 is newer than this code.",
        "  Install the newer version of Jenjang.",
    ]


async def test_the_relay_refuses_events_that_its_code_cannot_read(settings: Settings, tmp_path: Path) -> None:
    """A copy of the source whose upcasters do not reach today's version."""
    lines = await said("relay", settings, planted(tmp_path / "copy", [LOSES_A_VERSION]))
    assert "✗ Tidak ada upcaster yang membaca proposal.drafted v1." in lines
    assert set(lines[1::2]) == {"  Pasang versi Jenjang yang menulisnya, atau yang lebih baru."}


async def test_the_api_refuses_rule_files_that_cannot_be_used(settings: Settings, tmp_path: Path) -> None:
    """With file, line and what to write instead; whatever ran before goes on under its own rules."""
    assert await said("api", settings, planted(tmp_path / "copy", [BREAKS_A_RULE_FILE])) == [
        "✗ edition.yaml:2: -: `edition` is missing; add `edition:`",
        "✗ edition.yaml:2: -: `editon` is unknown; remove it or correct its spelling",
    ]
