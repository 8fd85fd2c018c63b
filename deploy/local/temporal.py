"""The real Temporal development server for one machine, its state in a file."""

from __future__ import annotations

import asyncio
import shutil
import sysconfig
from pathlib import Path

from deploy.local.folder import DataFolder
from deploy.local.ports import LOOPBACK, any_port, free_port, listens
from deploy.local.process import Program, StartFailed, spawn, until
from deploy.local.services import Service

USUAL_PORT = 7233
USUAL_UI_PORT = 8233
START_PATIENCE = 60.0
# Between looking for a free port and listening on it somebody else may take it.
TRIES = 5
# The second lets a timer that was skipped to fire at once instead of a second later.
TIME_SKIPPING = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="50ms"')


class DevServer(Service):
    """`temporal server start-dev` with its database in `<data folder>/temporal` and its Web UI.

    `skips_time` lets workflows skip over their timers (demo and tests only). Once chosen, the ports stay.
    """

    name = "temporal"

    def __init__(self, folder: DataFolder, *, skips_time: bool = False) -> None:
        self._folder = folder.make()
        self._home = folder.root.absolute() / "temporal"
        self._skips_time = skips_time
        self._port = 0
        self._ui_port = 0

    @property
    def address(self) -> str:
        """Host and port for clients (`TEMPORAL_ADDRESS`), known once it was started."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def ui(self) -> str:
        """Address of the Web UI, known once it was started."""
        return f"http://{LOOPBACK}:{self._ui_port}"

    async def start(self) -> None:
        """Start on the usual ports or the next free ones; it serves then. Raises StartFailed."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        chosen_before = self._port != 0
        for attempt in range(1 if chosen_before else TRIES):
            if not chosen_before:
                self._choose_ports(usual=attempt == 0)
            self.running = await spawn(Program(self.name, self._command()), self._folder)
            if await until(self._serves, self.running, START_PATIENCE):
                return
            await self.stop()
        raise StartFailed(self.name, self._folder.log(self.name))

    def _choose_ports(self, *, usual: bool) -> None:
        if usual:
            self._port, self._ui_port = free_port(USUAL_PORT), free_port(USUAL_UI_PORT)
        else:
            self._port, self._ui_port = any_port(), any_port()

    def _command(self) -> list[str]:
        options = {
            "--ip": LOOPBACK,
            "--port": str(self._port),
            "--ui-port": str(self._ui_port),
            "--db-filename": str(self._home / "temporal.db"),
            "--sqlite-pragma": "journal_mode=WAL",
            "--log-level": "warn",
        }
        dynamic = TIME_SKIPPING if self._skips_time else ()
        words = [word for option in options.items() for word in option]
        words += [word for value in dynamic for word in ("--dynamic-config-value", value)]
        return [str(temporal_program()), "server", "start-dev", "--ui-disable-news-fetch", *words]

    async def _serves(self) -> bool:
        if not listens(self.pid, self._port):
            return False
        question = ["operator", "cluster", "health", "--command-timeout", "5s", "--address", self.address]
        silence = asyncio.subprocess.DEVNULL
        asked = await asyncio.create_subprocess_exec(temporal_program(), *question, stdout=silence, stderr=silence)
        return await asked.wait() == 0


def temporal_program() -> Path:
    """Temporal's command line tool: the one installed beside this Python first, else the one on PATH.

    Raises FileNotFoundError when there is none.
    """
    beside = Path(sysconfig.get_path("scripts")) / "temporal"
    if beside.exists():
        return beside
    on_path = shutil.which("temporal")
    if on_path is None:
        message = "the extra `embedded` is not installed"
        raise FileNotFoundError(message)
    return Path(on_path)
