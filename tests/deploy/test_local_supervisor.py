from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from deploy.local.folder import DataFolder
from deploy.local.postgres import OWNER, EmbeddedPostgres

pytestmark = pytest.mark.xdist_group("supervisor")

STACK = Path(__file__).parents[1] / "support" / "dummy_stack.py"
UP = "Tekan Ctrl-C"


class Stack:
    """A supervisor in a process of its own, with real servers under it."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.output: list[str] = []
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("JENJANG_", "TEMPORAL_"))}
        self.process = subprocess.Popen(
            [sys.executable, STACK, str(folder), *arguments],
            env={**ours, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def says(self, sentence: str) -> str:
        """Read on until a line holds the sentence."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if sentence in line:
                return line
        raise AssertionError("".join(self.output))

    def ends(self) -> int:
        """Wait for the end; the exit code."""
        assert self.process.stdout is not None
        self.output += list(self.process.stdout)
        return self.process.wait(30)

    def stopped_by(self, number: signal.Signals) -> int:
        """Send the signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.ends()

    def processes(self) -> list[psutil.Process]:
        """Every process that works on the folder, the supervisor excepted."""
        return [process for process in psutil.process_iter() if process.pid != self.process.pid and self._ours(process)]

    def named(self, name: str) -> psutil.Process:
        """The process whose command line holds the name."""
        return next(process for process in self.processes() if name in " ".join(process.cmdline()))

    def starts(self) -> int:
        """How often `migrate` ran on this database, so how much of it was kept."""
        url = EmbeddedPostgres(DataFolder(self.folder)).url(OWNER).replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM starts").fetchone()
        assert row is not None
        return int(row[0])

    def _ours(self, process: psutil.Process) -> bool:
        try:
            command = " ".join(process.cmdline())
            return str(self.folder) in command or process.cwd().startswith(str(self.folder))
        except psutil.Error:
            return False


@contextmanager
def stack(folder: Path, *arguments: str, **how: dict[str, str]) -> Iterator[Stack]:
    """A stack that is gone at the end, whatever the test did."""
    running = Stack(folder, *arguments, **how)
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.communicate(timeout=30)


def servers_of(running: Stack) -> dict[str, str]:
    """The variables that give another stack the servers of this one."""
    url = EmbeddedPostgres(DataFolder(running.folder)).owner_url
    temporal = running.named("start-dev").cmdline()
    return {
        "JENJANG_MODE": "test",
        "JENJANG_DATABASE_URL": url,
        "JENJANG_OWNER_DATABASE_URL": url,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal[temporal.index('--port') + 1]}",
    }


@pytest.fixture(scope="module")
def up() -> Iterator[Stack]:
    """One running stack for the tests that leave it running."""
    with (
        TemporaryDirectory(prefix="jenjang-test-", ignore_cleanup_errors=True) as folder,
        stack(Path(folder)) as running,
    ):
        running.says(UP)
        yield running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_no_process(folder: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end all servers and children, with exit code 0."""
    with stack(folder) as running:
        running.says(UP)
        assert len(running.processes()) >= 5

        assert running.stopped_by(number) == 0
        assert running.processes() == []


@pytest.mark.parametrize("name", ["bin/postgres", "server start-dev", "dummy_service.py worker"])
def test_a_killed_program_is_started_again(up: Stack, name: str) -> None:
    """Whatever is killed under a running supervisor comes back, and it is said; no data is lost."""
    victim, starts = up.named(name), up.starts()

    victim.kill()

    up.says("berjalan lagi")
    assert up.named(name).pid != victim.pid
    assert up.starts() == starts


def test_a_second_supervisor_on_the_folder_is_refused(up: Stack) -> None:
    """Two supervisors on one folder would fight; the second says who holds it and harms nothing."""
    with stack(up.folder) as second:
        assert second.ends() == 1
        assert f"proses {up.process.pid}" in second.output[0]
    assert up.named("bin/postgres").is_running()


def test_given_servers_are_used_and_the_story_decides_the_exit_code(up: Stack, folder: Path) -> None:
    """With addresses given only our own processes start; what the story returns is the exit code."""
    with stack(folder, "--code", "7", environment=servers_of(up)) as running:
        assert running.ends() == 7
        assert f"story at {servers_of(up)['JENJANG_DATABASE_URL']}\n" in running.output
        assert not (folder / "postgres").exists()
        assert not (folder / "temporal").exists()
        assert running.processes() == []


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(folder: Path) -> None:
    """After SIGKILL of the supervisor the next start works on the same data and the usual order of things."""
    with stack(folder) as killed:
        killed.says(UP)
        killed.process.kill()
    with stack(folder) as running:
        running.says(UP)

        assert running.starts() == 2
        assert len([p for p in running.processes() if "start-dev" in " ".join(p.cmdline())]) == 1


def test_everything_killed_at_once_loses_nothing(folder: Path) -> None:
    """SIGKILL of the supervisor, every server and every child: the next start recovers what was committed."""
    with stack(folder) as killed:
        killed.says(UP)
        for process in [psutil.Process(killed.process.pid), *killed.processes()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    with stack(folder) as running:
        running.says(UP)
        assert running.starts() == 2


def test_a_taken_port_gives_way_to_a_free_one(up: Stack, folder: Path) -> None:
    """Where the usual port is taken the next free one is used, and it is said."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**servers_of(up), "JENJANG_API_PORT": str(port)}
        with stack(folder, environment=environment) as running:
            address = running.says("Aplikasi")
            assert f"port {port} sudah terpakai" in "".join(running.output)
            assert re.search(r"127\.0\.0\.1:\d+\n", address)
            assert f":{port}\n" not in address


def test_a_port_lost_to_somebody_faster_is_given_up(up: Stack, folder: Path) -> None:
    """Between choosing a port and listening on it another program may take it: then another is chosen."""
    with stack(folder, "--worker", "thief", "--api", "late-api", environment=servers_of(up)) as running:
        address = running.says("Aplikasi")
        usual = int(address.rpartition(":")[2])

        assert (folder / "stolen").exists()
        assert running.named("late-api").net_connections("tcp")[0].laddr.port == usual
        assert running.says(UP)


def test_a_child_that_does_not_start_is_named_with_its_last_words(up: Stack, folder: Path) -> None:
    """A start that fails says which program and why, ends with code 1 and leaves no process."""
    with stack(folder, "--worker", "broken", environment=servers_of(up)) as running:
        assert running.ends() == 1
        assert "worker tidak dapat berjalan" in "".join(running.output)
        assert "there is no task queue" in "".join(running.output)
        assert running.processes() == []


def test_unsafe_settings_are_refused_with_the_cure(folder: Path) -> None:
    """In production a missing agency stops the start, with its own exit code and what to do."""
    with stack(folder, environment={"JENJANG_MODE": "production", "LOCALE": "en"}) as running:
        assert running.ends() == os.EX_CONFIG
        assert "Set JENJANG_AGENCY" in "".join(running.output)


def test_an_impatient_second_signal_ends_at_once(up: Stack, folder: Path) -> None:
    """Whoever presses Ctrl-C twice does not wait for a worker that will not stop."""
    with stack(folder, "--worker", "deaf", environment=servers_of(up)) as running:
        running.says(UP)
        running.process.send_signal(signal.SIGINT)
        running.says("Menghentikan")
        begun = time.monotonic()

        assert running.stopped_by(signal.SIGINT) == 0

        assert time.monotonic() - begun < 5
        assert running.processes() == []
