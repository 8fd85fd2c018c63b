"""Starts everything in order, keeps it running, stops it in the opposite order."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from activities.settings import Settings, refusals
from deploy.local.account import server_account
from deploy.local.folder import DataFolder, FolderInUse
from deploy.local.ports import answers_ok, is_free, listens
from deploy.local.process import StartFailed, end_leftover, until
from deploy.local.screen import Screen
from deploy.local.services import DEFAULT_CHILDREN, Child, ChildService, Service
from deploy.local.stack import Addresses, Stack, forget_addresses
from deploy.local.temporal import USUAL_PORT
from domain.rulebook.problems import FilesUnusable

FIRST_PAUSE = 1
LONGEST_PAUSE = 15
STEADY = 60.0
# Between looking for a free port and listening on it somebody else may take it.
PORT_TRIES = 5
SERVING_PATIENCE = 120.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Ready = Callable[[Addresses], Awaitable[int | None]]


async def up(
    settings: Settings,
    *,
    ready: Ready | None = None,
    children: Sequence[Child] = DEFAULT_CHILDREN,
    afresh: bool = False,
) -> int:
    """Run the whole service until Ctrl-C, SIGTERM or SIGHUP; the exit code, with every process gone.

    `ready` is awaited once everything answers: None from it means stay up, a number stop with that exit code.
    What it raises is raised here after the stop. `afresh` deletes the data of earlier runs first.
    Exit code 1: something did not start; 78: unsafe settings.
    """
    screen = Screen(settings.locale)
    folder = DataFolder(settings.data_dir.absolute())
    try:
        with folder.held():
            await _end_leftovers(folder)
            if afresh:
                folder.clear()
            return await Supervisor(settings, folder, children, screen).run(ready)
    except FolderInUse as refusal:
        screen.fail("folder-in-use", root=refusal.root, holder=refusal.holder)
    except PermissionError as refusal:
        screen.fail("no-permission", path=refusal.filename)
    except StartFailed as failure:
        screen.fail("start-failed", name=failure.name, path=failure.path)
        screen.quote(failure.last_lines)
    return 1


class Supervisor:
    """One run on one data folder, which must be held."""

    def __init__(self, settings: Settings, folder: DataFolder, children: Sequence[Child], screen: Screen) -> None:
        self._settings = settings
        self._folder = folder
        self._children = children
        self._screen = screen
        self._services: list[Service] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._stop_asked = asyncio.Event()

    async def run(self, ready: Ready | None) -> int:
        """Start, stay up, stop."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._ask_to_stop)
        story = asyncio.create_task(self._story(ready))
        asked = asyncio.create_task(self._stop_asked.wait())
        try:
            await asyncio.wait({story, asked}, return_when=asyncio.FIRST_COMPLETED)
            return story.result() if story.done() else 0
        finally:
            await _cancel([story, asked])
            await self._stop_all()
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    def _ask_to_stop(self) -> None:
        if self._stop_asked.is_set():
            # Whoever asks twice does not want to wait; what is on disk is safe.
            for service in self._services:
                service.kill()
        self._stop_asked.set()

    async def _story(self, ready: Ready | None) -> int:
        stack = Stack(self._settings, self._folder)
        if self._refused(stack.completed()):
            return os.EX_CONFIG
        await self._start_servers(stack)
        await self._prepare(stack)
        addresses = await self._start_children(stack)
        self._keepers = [asyncio.create_task(self._keep(service)) for service in self._services]
        self._note_rules()
        self._greet(addresses)
        code = await ready(addresses) if ready else None
        if code is None:
            self._screen.say("how-to-stop")
            await asyncio.Future()
        return code or 0

    async def _start_servers(self, stack: Stack) -> None:
        self._services += stack.embedded
        starts = [asyncio.create_task(server.start()) for server in stack.embedded]
        try:
            await asyncio.gather(*starts)
        finally:
            await _cancel(starts)
        if stack.postgres is None:
            self._screen.done("postgres-given")
        else:
            self._screen.done("postgres-embedded", where=self._folder.root / "postgres")
            if server_account() is not None:
                self._screen.note("as-root")
        if stack.temporal is None:
            self._screen.done("temporal-given", address=stack.given_temporal)
        else:
            self._screen.done("temporal-embedded", address=stack.temporal.address)
            self._note_port("Temporal", USUAL_PORT, stack.temporal.address)

    async def _prepare(self, stack: Stack) -> None:
        environment = stack.environment(stack.addresses())
        for child in self._children:
            if child.once:
                service = ChildService(child, self._folder, environment)
                self._services.append(service)
                await service.finish()
                self._services.remove(service)
                self._screen.done("done", name=child.name)

    async def _start_children(self, stack: Stack) -> Addresses:
        """Start those that stay, on a port that was free; again on another when somebody was faster."""
        tries = PORT_TRIES
        while True:
            addresses = stack.addresses()
            environment = stack.environment(addresses)
            services = [ChildService(child, self._folder, environment) for child in self._children if not child.once]
            self._services += services
            try:
                for service in services:
                    await service.start()
                await self._all_alive(services, addresses)
            except StartFailed:
                tries -= 1
                served = all(not service.has_ended for service in services if service.child.serves)
                if tries == 0 or served or is_free(addresses.settings.api_port):
                    raise
                for service in services:
                    await service.stop()
                    self._services.remove(service)
                continue
            for service in services:
                self._screen.done("started", name=service.name)
            self._note_port("API", self._settings.api_port, addresses.api)
            return addresses

    async def _all_alive(self, services: list[ChildService], addresses: Addresses) -> None:
        """Wait until those that serve answer; whoever ends meanwhile failed to start."""
        url = urlsplit(addresses.api)
        host, port = str(url.hostname), int(url.port or 0)

        async def answering(service: ChildService) -> bool:
            for other in services:
                if other.has_ended:
                    raise other.failure()
            return listens(service.pid, port) and await answers_ok(host, port, "/livez")

        for service in services:
            asked = service.running if service.child.serves else None
            if asked and not await until(functools.partial(answering, service), asked, SERVING_PATIENCE):
                raise service.failure()

    async def _keep(self, service: Service) -> None:
        """Start the service again whenever it ends; the pause grows while it does not stay up."""
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            begun = loop.time()
            code = await service.ended()
            if loop.time() - begun > STEADY:
                pause = FIRST_PAUSE
            self._screen.note("ended", name=service.name, code=code, pause=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            with suppress(StartFailed):
                await service.start()
                self._screen.done("again", name=service.name)

    async def _stop_all(self) -> None:
        await _cancel(self._keepers)
        forget_addresses(self._folder)
        if not self._services:
            return
        self._screen.say("stopping")
        for service in reversed(self._services):
            await service.stop()
        self._screen.say("stopped")

    def _refused(self, settings: Settings) -> bool:
        found = refusals(settings)
        for refusal in found:
            self._screen.refuse(refusal)
        return bool(found)

    def _note_port(self, name: str, usual: int, address: str) -> None:
        port = urlsplit(address if "//" in address else f"//{address}").port
        if port != usual:
            self._screen.note("port-taken", usual=usual, name=name, port=port)

    def _note_rules(self) -> None:
        folder = self._settings.rules_dir
        if folder is None:
            return
        from activities.rule_files import read_rulebook  # noqa: PLC0415 - slow, and most offices need it not

        try:
            read_rulebook(folder)
        except FilesUnusable as unusable:
            for problem in unusable.problems:
                self._screen.note("rules-faulty", folder=folder, problem=problem)

    def _greet(self, addresses: Addresses) -> None:
        log = self._folder.root / "log"
        self._screen.say("addresses", api=addresses.api, temporal_ui=addresses.temporal_ui, log=log)


async def _end_leftovers(folder: DataFolder) -> None:
    forget_addresses(folder)
    for note in folder.notes():
        await end_leftover(note)


async def _cancel(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
