from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.folder import DataFolder
from deploy.local.postgres import OWNER, EmbeddedPostgres

pytestmark = pytest.mark.xdist_group("supervisor")


@pytest.fixture
async def postgres(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A running server on a folder of its own."""
    server = EmbeddedPostgres(DataFolder(folder))
    await server.start()
    yield server
    await server.stop()


async def connected(server: EmbeddedPostgres) -> psycopg.AsyncConnection:
    """A connection as the owner."""
    return await psycopg.AsyncConnection.connect(server.url(OWNER).replace("+psycopg", ""), autocommit=True)


async def test_the_server_is_durable_and_sorts_alike_everywhere(postgres: EmbeddedPostgres) -> None:
    """Nothing was traded for speed, and no locale of the machine decides an order."""
    async with await connected(postgres) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            answer = await (await connection.execute(f"SHOW {name}")).fetchone()
            assert answer == ("on",), name
        order = await connection.execute("SELECT 'Z' < 'a', current_setting('server_encoding')")
        assert await order.fetchone() == (True, "UTF8")


async def test_a_killed_postmaster_starts_again_while_a_backend_still_works(
    postgres: EmbeddedPostgres, folder: Path
) -> None:
    """A busy backend outlives its postmaster and holds the cluster for seconds; the start waits for it."""
    connection = await connected(postgres)
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    busy = asyncio.create_task(connection.execute("SELECT sum(n) FROM generate_series(1, 20000000) AS n"))
    await asyncio.sleep(0.2)
    postgres.kill()
    await postgres.ended()

    await postgres.start()

    assert "pre-existing shared memory block" in (folder / "log" / "postgres.log").read_text()
    async with await connected(postgres) as again:
        assert await (await again.execute("SELECT n FROM kept")).fetchall() == [(7,)]
    await asyncio.wait({busy})
    await connection.close()


async def test_a_pid_file_that_names_a_stranger_is_no_obstacle(postgres: EmbeddedPostgres, folder: Path) -> None:
    """After a power cut the old number may belong to a foreign process: it lives on, and the server starts."""
    pid_file = folder / "postgres" / "data" / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    await postgres.stop()
    with subprocess.Popen(["sleep", "60"], user=pid_file.parent.stat().st_uid) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *stale[1:]]))
        os.chown(pid_file, pid_file.parent.stat().st_uid, -1)

        await postgres.start()

        assert stranger.poll() is None
        stranger.kill()
    assert pid_file.read_text().splitlines()[0] == str(postgres.pid)


async def test_an_interrupted_first_start_is_made_good(folder: Path) -> None:
    """Half a cluster, as a kill during the first start leaves it, is thrown away and made afresh."""
    (folder / "postgres" / "data.unfinished" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(DataFolder(folder))

    await server.start()

    async with await connected(server) as connection:
        assert connection.info.dbname == "jenjang"
    await server.stop()


async def test_a_long_path_still_has_a_socket(folder: Path) -> None:
    """A Unix socket's path is short by law of the kernel; a deep folder gets its socket elsewhere."""
    server = EmbeddedPostgres(DataFolder(folder / ("d" * 100)))

    await server.start()

    async with await connected(server) as connection:
        assert len(connection.info.host) < 100
        assert Path(connection.info.host).stat().st_mode & 0o077 == 0
    await server.stop()
