"""Without a protection at the edges: at the API's door, in the mail, in the lab itself."""

from __future__ import annotations

from collections.abc import Sequence

from tests.faults.lab.mailbox import DOWN, FORGETFUL, OK
from tests.faults.lab.planted import Edit
from tests.faults.lab.switched_off.control import Control, Scene, breaks, under

NOTICES = "activities/notices.py"


async def _post_is_down(scene: Scene) -> None:
    """While the crowd works, nobody takes a letter."""
    await _post_is(DOWN, scene)


async def _post_is_forgetful(scene: Scene) -> None:
    """While the crowd works, letters are taken, and the line is cut before that is said."""
    await _post_is(FORGETFUL, scene)


async def _post_is(mode: str, scene: Scene) -> None:
    scene.machine.mailbox.mode = mode
    await scene.crowd.work(scene.cases)
    scene.machine.mailbox.mode = OK
    await scene.rest()


CONTROLS: Sequence[Control] = (
    Control(
        "id-of-the-request",
        "Each request gets an id of its own, whatever its Idempotency-Key.",
        breaks(I1="acknowledged and has no receipt"),
        under(),
        [Edit("api/deps.py", "    return idempotency_key\n", "    return __import__('uuid').uuid4().hex\n")],
    ),
    Control(
        "no-if-match",
        "A decision counts on whatever version it meets.",
        breaks(I7="had not seen"),
        under(),
        [
            Edit(
                "domain/proposal/guards.py",
                "    if command.expected_version is None:\n        raise VersionMissing\n    if not case.changed_in",
                "    return\n    if not case.changed_in",
            )
        ],
    ),
    Control(
        "unknown-called-refused",
        "When the database was lost on COMMIT, the answer is a definite no.",
        breaks(I1="database-away"),
        under("cut-after-commit"),
        [
            Edit(
                "api/problems/table.py",
                '    "database-away": _row(\n        503,\n',
                '    "database-away": _row(\n        409,\n',
            )
        ],
    ),
    Control(
        "marked-before-sent",
        "A notice is marked, and then it is sent.",
        breaks(I9="never reached"),
        _post_is_down,
        [
            Edit(
                NOTICES,
                "        for letter in letters:\n",
                "        await self.mailroom.done([notice_id])\n        for letter in letters:\n",
            )
        ],
    ),
    Control(
        "message-id-of-the-attempt",
        "A notice that is sent again has another Message-ID.",
        breaks(I9="belongs to no notice"),
        _post_is_forgetful,
        [
            Edit(
                NOTICES,
                "await self.notifier.send(letter.message_id, ",
                "await self.notifier.send(f'{letter.message_id}{activity.info().attempt - 1 or str()}', ",
            )
        ],
    ),
    Control(
        "client-that-gives-up",
        "The crowd takes every unknown answer for a refusal; the service itself is whole.",
        breaks(I1="taken-for-refused"),
        under("cut-after-commit"),
        repeats=False,
    ),
)
