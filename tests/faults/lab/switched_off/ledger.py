"""Without a key, a position, a clock or the disk that the ledger rests on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from tests.faults.lab.harm.processes import faketime, why_no_shift
from tests.faults.lab.machine import Unwell
from tests.faults.lab.planted import Edit
from tests.faults.lab.switched_off.control import Control, Scene, breaks, under

STORE, APPEND = "activities/store/event_store.py", "activities/store/appending.py"
SAFETY, READ_MODEL = "activities/store/safety.py", "activities/readmodels/projection.py"
PATIENCE = 30.0
ANY_SCHEMA = Edit(
    SAFETY,
    "    surplus, missing = await differences(connection)\n",
    "    surplus, missing = [], []\n",
)
"""Start-up refuses a database whose keys are not those of the migrations: the guard of the guards."""


async def _api_ahead(scene: Scene) -> None:
    """One API lives a minute and a half in the future, unless it refuses to start at such a time."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(scene.machine.told("api-1", {**faketime(), "FAKETIME": "+90s"}))
        with suppress(Unwell):
            await scene.machine.healthy(PATIENCE)
        await scene.crowd.work(scene.cases)
    await scene.machine.healthy()


CONTROLS: Sequence[Control] = (
    Control(
        "no-expected-version",
        "Two events may have one version: the key of the log is dropped, behind it that of the decisions, and the read "
        "models take what comes.",
        breaks(I2="", I4="does not follow"),
        under(),
        [
            ANY_SCHEMA,
            Edit(
                READ_MODEL,
                'return f"INSERT INTO {table.name} SELECT * FROM {_given(table)}"',
                'return f"INSERT INTO {table.name} SELECT * FROM {_given(table)} ON CONFLICT DO NOTHING"',
            ),
        ],
        [
            "ALTER TABLE events DROP CONSTRAINT events_stream_version_key",
            "ALTER TABLE decisions DROP CONSTRAINT decisions_pkey",
        ],
        patience=8.0,
    ),
    Control(
        "no-claim",
        "Nothing keeps two proposals of one person apart: the key of the claims is dropped.",
        breaks(I2="open at once"),
        under(),
        [ANY_SCHEMA],
        ["ALTER TABLE open_claims DROP CONSTRAINT open_claims_pkey"],
    ),
    Control(
        "position-from-a-sequence",
        "A position that was rolled back is never used again.",
        breaks(I4="is missing before"),
        under(),
        [
            ANY_SCHEMA,
            Edit(APPEND, "SELECT head.base + e.ord - 1, e.stream,", "SELECT nextval('log_positions'), e.stream,"),
        ],
        [
            "CREATE SEQUENCE log_positions MINVALUE 0",
            "SELECT setval('log_positions', (SELECT size FROM log_head), false)",
            "GRANT USAGE ON SEQUENCE log_positions TO jenjang_app",
        ],
    ),
    Control(
        "forgetful-database",
        "synchronous_commit is off, and start-up does not refuse that.",
        breaks(I1="acknowledged and has no receipt"),
        under("kill-postgres"),
        [Edit(SAFETY, "found = [*_durability(session), ", "found = [")],
        [
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET wal_writer_delay = '10s'",
            "ALTER SYSTEM SET wal_writer_flush_after = '1GB'",
            "SELECT pg_reload_conf()",
        ],
    ),
    Control(
        "time-of-the-machine",
        "An event is recorded at the time of whoever records it, and start-up does not compare the clocks.",
        breaks(I4="before its predecessor"),
        _api_ahead,
        [
            Edit(SAFETY, ", *_clocks(before, session.now, clock())]", "]"),
            Edit(STORE, "self.at = rows[0].at\n", "self.at = datetime.now(__import__('datetime').UTC)\n"),
        ],
        needs=why_no_shift,
    ),
)
