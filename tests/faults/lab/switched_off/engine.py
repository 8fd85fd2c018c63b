"""Without a protection between ledger and engine: pokes, reconciliation, absolute instants, ends."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import timedelta

from temporalio.testing import TimeSkipper, TimeSkippingConfig

from tests.faults.lab.plan import Fate
from tests.faults.lab.planted import Edit
from tests.faults.lab.switched_off.control import Control, Scene, breaks
from workflows.poke import PATIENCE

RELAY, LOOP, CHASING = "workflows/relay.py", "workflows/level_triggered.py", "domain/proposal/chasing.py"
BLIND = Edit(RELAY, "        census = await self.census()\n        late = ", "        return 0\n        late = ")
"""The reconciler finds nothing."""
DAY = timedelta(days=1)


async def _without_the_engine(scene: Scene) -> None:
    """Nobody can be poked while the crowd works, and until every desk has given up."""
    async with scene.machine.down("temporal"):
        await scene.crowd.work(scene.cases)
        await asyncio.sleep(2 * PATIENCE)
    await scene.machine.up("temporal")
    await scene.machine.healthy()


async def _engine_erased(scene: Scene) -> None:
    """When the crowd has gone home, the engine forgets everything, and nobody calls for help."""
    await scene.work()
    async with scene.machine.down("temporal"):
        await asyncio.to_thread(shutil.rmtree, scene.machine.folder.root / "temporal")
    await scene.machine.up("temporal")
    # A worker registers what cases are listed by when it starts.
    await scene.machine.kill("worker-1")
    await scene.machine.healthy()


async def _crash_while_reminding(scene: Scene) -> None:
    """The worker dies between COMMIT and the end of its activity."""
    await scene.work()
    scene.machine.armed("after-record")
    await scene.let_pass(4 * DAY)


async def _stray_pokes(scene: Scene) -> None:
    """Pokes that nobody owes while the crowd works, then days without anybody."""
    await scene.work("stray-pokes")
    await scene.let_pass(4 * DAY)


async def _poked_half_way(scene: Scene) -> None:
    """A poke of no importance between the beginning of a wait and its end."""
    await scene.work()
    await scene.let_pass(DAY)
    client = await scene.machine.client()
    for number in await scene.cases_of("open"):
        await client.get_workflow_handle(f"proposal/{number}").signal("poked", 0)
    await scene.let_pass(3 * DAY)
    await scene.let_pass(DAY / 24)


async def _one_taken_back(scene: Scene) -> None:
    """The crowd works, and a case comes to an end, as not every crowd brings about."""
    await scene.work()
    await scene.crowd.work(1, Fate.WITHDRAWN)
    await scene.rest()


async def _engine_ahead(scene: Scene) -> None:
    """The engine's time runs ahead of the ledger's."""
    await scene.work()
    skipper = TimeSkipper(await scene.machine.client(), config=TimeSkippingConfig(enabled=False))
    for number in await scene.cases_of("open AND next_at IS NOT NULL"):
        handle = skipper.client.get_workflow_handle(f"proposal/{number}")
        await skipper.fast_forward(handle, 4 * DAY)
    await asyncio.sleep(1)


CONTROLS: Sequence[Control] = (
    Control(
        "no-relay",
        "Pokes that did not arrive are lost: the relay neither delivers nor reconciles.",
        breaks(I5="no workflow runs"),
        _without_the_engine,
        [
            BLIND,
            Edit(
                RELAY,
                '        """Poke each waiting case once, with its newest version; the answer is how many."""\n',
                "        return 0\n",
            ),
        ],
    ),
    Control(
        "marked-before-poked",
        "The relay marks a poke as delivered and then delivers it; the reconciler, which would repair that, is blind.",
        breaks(I5="no workflow runs"),
        _without_the_engine,
        [
            BLIND,
            Edit(
                RELAY,
                '        await self.poker.poke(stream_id.removeprefix("proposal/"), matter, version)\n'
                "        __import__('crash').crash_here('relay-before-mark')\n"
                "        await self.outbox.poked(stream_id, version)\n",
                "        await self.outbox.poked(stream_id, version)\n"
                '        await self.poker.poke(stream_id.removeprefix("proposal/"), matter, version)\n',
            ),
        ],
    ),
    Control(
        "no-reconciler",
        "An engine that lost everything stays as it is.",
        breaks(I5="no workflow runs"),
        _engine_erased,
        [BLIND],
    ),
    Control(
        "command-id-of-the-attempt",
        "The clock's commands are named by run, activity and attempt; behind them the decision no longer asks whether "
        "it was done before.",
        breaks(I8="happened 2 times"),
        _crash_while_reminding,
        [
            Edit(
                "activities/proposals.py",
                '        """Record the command; the answer is the stream\'s version after it."""\n',
                "        info = activity.info()\n"
                "        attempt = f'{info.workflow_run_id}/{info.activity_id}/{info.attempt}'\n"
                "        command = command.model_copy(update={'command_id': attempt})\n",
            ),
            Edit(CHASING, 'case "remind" if step.reminded < command.count:', 'case "remind":'),
            Edit(CHASING, 'case "escalate" if not step.substitutes:', 'case "escalate":'),
            Edit(CHASING, 'case "mark-stalled" if not step.stalled:', 'case "mark-stalled":'),
        ],
    ),
    Control(
        "relative-deadlines",
        "A wait lasts as long as when it began, whenever it is woken; the reconciler no longer looks for what is late.",
        breaks(I8="too late"),
        _poked_half_way,
        [
            Edit(
                LOOP,
                "        timeout = until - workflow.now() if until else None\n",
                "        lengths = vars(self).setdefault('lengths', {})\n"
                "        timeout = lengths.setdefault(until, until - workflow.now()) if until else None\n",
            ),
            Edit(
                RELAY,
                "        late = set(await self.cases.overdue_cases()) - set(census.wrong)\n",
                "        late = set()\n",
            ),
        ],
    ),
    Control(
        "believed-version",
        "A workflow takes the version of a poke for its own, and is deaf to all below it; the reconciler, which would "
        "start it anew, is blind.",
        breaks(I9="waits since"),
        _stray_pokes,
        [
            BLIND,
            Edit(
                LOOP,
                "        if version == 0 or version != self.seen:\n            self.stale = True\n",
                "        if version > self.seen:\n            self.seen, self.stale = version, True\n",
            ),
            Edit(LOOP, "        self.seen = brief.version\n", "        self.seen = max(self.seen, brief.version)\n"),
        ],
    ),
    Control(
        "workflow-without-end",
        "A workflow goes on waiting when its case is closed.",
        breaks(I5="a workflow runs"),
        _one_taken_back,
        [
            Edit(
                "workflows/proposal.py", "while (brief := await self.read()).open:", "while brief := await self.read():"
            )
        ],
    ),
    Control(
        "early-clock",
        "The ledger takes the engine's word for what is due.",
        breaks(I8="too early"),
        _engine_ahead,
        [Edit(CHASING, "    if due_at > facts.at + TOLERANCE:\n", "    if False:\n")],
    ),
)
