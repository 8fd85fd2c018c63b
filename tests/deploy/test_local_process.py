from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.folder import DataFolder, FolderInUse
from deploy.local.process import Program, end_leftover, spawn

DEAF = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('deaf', flush=True); time.sleep(60)"
)


def note_of(process: subprocess.Popen[bytes], note: Path, *, started: float) -> Path:
    """A note as an earlier start would have left it."""
    note.write_text(json.dumps({"pid": process.pid, "started": started, "signal": signal.SIGTERM.value}))
    return note


async def test_a_leftover_of_ours_is_ended(tmp_path: Path) -> None:
    """The next start ends what an earlier one noted, and forgets the note."""
    with subprocess.Popen(["sleep", "60"]) as leftover:
        started = psutil.Process(leftover.pid).create_time()
        note = note_of(leftover, tmp_path / "note", started=started)

        await end_leftover(note)

        assert leftover.wait(5) == -signal.SIGTERM
        assert not note.exists()


async def test_a_stranger_with_the_number_of_a_leftover_lives_on(tmp_path: Path) -> None:
    """A number that was given to another process since is no reason to end that one."""
    with subprocess.Popen(["sleep", "60"]) as stranger:
        note = note_of(stranger, tmp_path / "note", started=psutil.Process(stranger.pid).create_time() - 3600)

        await end_leftover(note)

        assert stranger.poll() is None
        assert not note.exists()
        stranger.kill()


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"pid": 1}', '{"pid": 999999999, "started": 0, "signal": 15}'])
async def test_a_broken_note_is_forgotten(tmp_path: Path, content: str) -> None:
    """A note cut short by a power cut ends nothing and blocks nothing."""
    note = tmp_path / "note"
    note.write_text(content)

    await end_leftover(note)

    assert not note.exists()


async def test_a_deaf_program_is_ended_by_force(tmp_path: Path) -> None:
    """A program that ignores its signal is killed after the grace."""
    folder = DataFolder(tmp_path).make()
    deaf = await spawn(Program("deaf", [sys.executable, "-c", DEAF]), folder)
    while "deaf" not in folder.log("deaf").read_text():
        await asyncio.sleep(0.05)

    await deaf.stop(grace=0.2)

    assert deaf.code == -signal.SIGKILL
    assert folder.notes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
async def test_a_program_follows_its_killed_parent(tmp_path: Path) -> None:
    """SIGKILL of the parent reaches the child as the child's own stop signal."""
    parent_code = (
        "import asyncio, sys, time; from pathlib import Path;"
        "from deploy.local.folder import DataFolder; from deploy.local.process import Program, spawn;"
        f"child = asyncio.run(spawn(Program('child', ['sleep', '60']), DataFolder(Path({str(tmp_path)!r})).make()));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))

        parent.kill()

        gone, alive = psutil.wait_procs([child], timeout=5)
    assert (gone, alive) == ([child], [])


def test_a_folder_has_one_holder(tmp_path: Path) -> None:
    """The folder is refused to a second holder and free again after the first."""
    folder = DataFolder(tmp_path / "data")
    with folder.held():
        assert folder.is_held()
        with pytest.raises(FolderInUse), folder.held():
            pass
    assert not folder.is_held()
    with folder.held():
        assert folder.is_held()


def test_a_fresh_start_deletes_only_what_is_ours(tmp_path: Path) -> None:
    """Whoever points the data folder at a folder with other things in it loses none of them."""
    folder = DataFolder(tmp_path).make()
    (tmp_path / "temporal").mkdir()
    (tmp_path / "temporal" / "temporal.db").write_text("state")
    (tmp_path / "letters").mkdir()
    (tmp_path / "secrets.json").write_text("{}")

    folder.clear()

    assert {path.name for path in tmp_path.iterdir()} == {"letters", "log", "run"}
