"""The lab's own tools do what they say: edits fit, the proxy cuts where it should, the mailbox keeps what it took."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import pytest

from activities.adapters.notifiers import SmtpNotifier
from tests.conftest import Database
from tests.faults.lab import mailbox as post
from tests.faults.lab.faults import FAULTS
from tests.faults.lab.mailbox import Mailbox, mailbox
from tests.faults.lab.planted import CRASH_POINTS, Edit, EditDoesNotFit, planted
from tests.faults.lab.proxy import SOCKET, Moment, Proxy, proxy
from tests.faults.lab.schedule import rounds

COUNT = "SELECT count(*) FROM kept"


def test_every_crash_point_fits_the_source(tmp_path: Path) -> None:
    """All of them can be planted at once, and every edited file still compiles."""
    source = planted(tmp_path / "source", list(CRASH_POINTS.values()))

    for name, edit in CRASH_POINTS.items():
        text = (source / edit.path).read_text()
        assert text.count(f"crash_here('{name}')") == 1
        compile(text, edit.path, "exec")


def test_an_edit_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """An edit whose words are gone, or stand there twice, would plant nothing or too much."""
    for words in ("words that no source holds", "import"):
        with pytest.raises(EditDoesNotFit):
            planted(tmp_path / words, [Edit("workflows/desk.py", words, "")])


def test_an_armed_point_ends_one_process_and_the_next_one_lives(tmp_path: Path) -> None:
    """The process dies by SIGKILL, once; without the file nothing happens."""
    source = planted(tmp_path / "source", [])
    (tmp_path / "here").touch()
    command = [sys.executable, "-c", "import crash; crash.crash_here('here'); print('lives')"]
    environment = {**os.environ, "PYTHONPATH": str(source), "LAB_CRASH_DIR": str(tmp_path)}

    ended = [subprocess.run(command, env=environment, capture_output=True, check=False) for _ in range(2)]

    assert [(process.returncode, process.stdout) for process in ended] == [(-signal.SIGKILL, b""), (0, b"lives\n")]


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Proxy]:
    """A proxy before the test's database, in which a table waits."""
    (folder,) = parse_qs(urlsplit(database.owner_url).query)["host"]
    async with proxy(Path(folder, SOCKET)) as found:
        async with await _connect(found, database) as connection:
            await connection.execute("CREATE TABLE kept (word text)")
        yield found


async def _connect(door: Proxy, database: Database) -> psycopg.AsyncConnection:
    name = urlsplit(database.owner_url).path.removeprefix("/")
    return await psycopg.AsyncConnection.connect(
        f"postgresql://postgres@/{name}?host={quote(str(door.folder), safe='')}"
    )


async def _keep(door: Proxy, database: Database) -> None:
    async with await _connect(door, database) as connection:
        await connection.execute("INSERT INTO kept VALUES ('COMMIT')")


async def _kept(door: Proxy, database: Database) -> int:
    async with await _connect(door, database) as connection:
        (count,) = await (await connection.execute(COUNT)).fetchone() or (-1,)
    return int(count)


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
async def test_a_connection_is_cut_exactly_on_commit(
    door: Proxy, database: Database, moment: Moment, kept: int
) -> None:
    """The caller sees the same either way; before COMMIT nothing is stored, after it everything is."""
    door.cut_on_commit(moment, 1)

    with pytest.raises(psycopg.OperationalError):
        await _keep(door, database)

    assert door.cut == {moment: 1}
    assert await _kept(door, database) == kept


async def test_who_spoke_into_the_silence_is_cut_off(door: Proxy, database: Database) -> None:
    """While the door is silent nobody is answered; afterwards the old connection is broken and a new one works."""
    async with await _connect(door, database) as connection:
        door.silent = True
        asking = asyncio.create_task(connection.execute(COUNT))
        await asyncio.sleep(0.3)
        unanswered = not asking.done()
        door.speak()
        with pytest.raises(psycopg.OperationalError):
            await asking

    assert unanswered
    assert await _kept(door, database) == 0


async def test_a_slow_door_holds_every_question_back(door: Proxy, database: Database) -> None:
    """A question takes at least the latency, and is answered."""
    async with await _connect(door, database) as connection:
        door.latency = 0.3
        begun = asyncio.get_running_loop().time()
        await connection.execute(COUNT)
        took = asyncio.get_running_loop().time() - begun
        door.latency = 0.0

    assert took >= 0.3


@pytest.fixture
async def letters() -> AsyncIterator[Mailbox]:
    """The lab's mail server."""
    async with mailbox() as found:
        yield found


async def _send(letters: Mailbox) -> str:
    """Whether the sender was told that the letter was taken."""
    try:
        await SmtpNotifier(letters.host, letters.port, "jenjang@kantor.test").send("a/1", "x@kantor.test", "Hal", "Isi")
    except (ConnectionError, OSError):
        return "not told"
    return "told"


@pytest.mark.parametrize(
    ("mode", "told", "kept"),
    [(post.OK, "told", 1), (post.DOWN, "not told", 0), (post.REFUSING, "not told", 0), (post.FORGETFUL, "not told", 1)],
)
async def test_the_mailbox_keeps_what_it_took(letters: Mailbox, mode: str, told: str, kept: int) -> None:
    """What the sender is told and what was taken are two things: a forgetful server took it and says nothing."""
    letters.mode = mode

    assert (await _send(letters), len(letters.deliveries)) == (told, kept)
    assert letters.troubled == (mode != post.OK)
    letters.mode = post.OK
    assert await _send(letters) == "told"
    assert len({(letter.message_id, letter.digest) for letter in letters.deliveries}) == 1


def test_a_schedule_is_the_same_for_its_seed_and_has_every_fault() -> None:
    """The first round is quiet, at least one in five has several faults, and no two of the heavy ones meet."""
    faults = list(FAULTS.values())
    first, second = ([*islice(rounds(7, faults, 5.0), 100)] for _ in range(2))

    assert first == second
    assert first[0].names == []
    assert {name for each in first for name in each.names} == set(FAULTS)
    assert sum(len(each.strikes) >= 2 for each in first) >= 20
    assert max(sum(strike.fault.heavy for strike in each.strikes) for each in first) == 1
