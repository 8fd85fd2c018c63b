"""Without the one transaction: receipt, events, read models and outbox together, and the answer after COMMIT."""

from __future__ import annotations

from collections.abc import Sequence

from tests.faults.lab.planted import Edit
from tests.faults.lab.switched_off.control import Control, breaks, code, under

STORE, APPEND = "activities/store/event_store.py", "activities/store/appending.py"
BEFORE_COMMIT = code(12, "__import__('crash').crash_here('before-commit')")
AFTER_COMMIT = code(12, "__import__('crash').crash_here('after-commit')")
"""Where the lab's crash points stand in the planted source."""
APPENDING = code(12, "return await append(self.connection, appending, fallback_stream=_stream_of(command))\n")
LATER = (
    Edit(
        STORE,
        code(16, "yield PostgresTransaction(connection, self)\n"),
        code(
            16,
            """
            transaction = PostgresTransaction(connection, self)
            yield transaction
            """,
        ),
    ),
    Edit(
        STORE,
        AFTER_COMMIT,
        AFTER_COMMIT
        + code(
            12,
            """
            if hasattr(transaction, "later"):
                await connection.begin()
                await transaction.later()
                await connection.commit()
            """,
        ),
    ),
)
"""What is left to `later` is done by a second transaction, right after the first, unless the process dies between."""

CONTROLS: Sequence[Control] = (
    Control(
        "no-receipt-lookup",
        "A repeated command does not find its receipt.",
        breaks(I1="acknowledged and refused"),
        under(),
        [Edit(STORE, "        if rows[0].request_hash is not None:\n", "        if False:\n")],
    ),
    Control(
        "answer-before-commit",
        "The answer goes out, and a moment later the transaction is committed.",
        breaks(I1="acknowledged and has no receipt"),
        under("crash-before-commit"),
        [
            Edit(
                STORE,
                code(8, "async with self.engine.connect() as connection:\n    await connection.begin()\n"),
                code(8, "async with lingering(self.engine) as connection:\n    await connection.begin()\n"),
            ),
            Edit(STORE, BEFORE_COMMIT + code(12, "await connection.commit()\n") + AFTER_COMMIT, ""),
            Edit(
                STORE,
                "@dataclass(frozen=True)\nclass PostgresEventStore:\n",
                code(
                    0,
                    """
                    UNDER_WAY = set()


                    @asynccontextmanager
                    async def lingering(engine):
                        import asyncio

                        connection = await engine.connect()

                        async def later():
                            await asyncio.sleep(0.1)
                            __import__("crash").crash_here("before-commit")
                            await connection.commit()
                            await connection.close()

                        try:
                            yield connection
                        except BaseException:
                            await connection.close()
                            raise
                        task = asyncio.create_task(later())
                        UNDER_WAY.add(task)
                        task.add_done_callback(UNDER_WAY.discard)


                    @dataclass(frozen=True)
                    class PostgresEventStore:
                    """,
                ),
            ),
        ],
    ),
    Control(
        "outbox-outside-the-transaction",
        "Pokes and notices are written after COMMIT.",
        breaks(I3="has no poke"),
        under("crash-after-commit"),
        [
            *LATER,
            Edit(
                APPEND,
                '            **_arrays("message", appending.messages),\n',
                '            **_arrays("message", []),\n',
            ),
            Edit(
                STORE,
                APPENDING,
                code(
                    12,
                    """
                    async def later():
                        for message in appending.messages:
                            await execute(
                                self.connection,
                                "INSERT INTO outbox (stream_id, kind, dest, message_id, body, next_at, created_at) "
                                "VALUES (%(s)s, %(k)s, %(d)s, %(m)s, CAST(%(b)s AS jsonb), %(n)s, %(c)s)",
                                {**dict(zip("skdmbn", message)), "c": at},
                            )

                    from activities.store.driver import execute

                    self.later = later
                    """,
                )
                + APPENDING,
            ),
        ],
    ),
    Control(
        "read-models-outside-the-transaction",
        "Index, inbox, claims and decisions are written after COMMIT.",
        breaks(I6=""),
        under("crash-after-commit"),
        [
            *LATER,
            Edit(
                STORE,
                code(
                    12,
                    """
                    for projection in self.store.projections:
                        await projection.apply(self.connection, changes)
                    """,
                ),
                code(
                    12,
                    """
                    async def later():
                        for projection in self.store.projections:
                            await projection.apply(self.connection, changes)

                    self.later = later
                    """,
                ),
            ),
        ],
    ),
    Control(
        "receipt-outside-the-transaction",
        "The receipt is written after COMMIT.",
        breaks(I3="has events and no receipt"),
        under("crash-after-commit"),
        [
            *LATER,
            Edit(
                APPEND,
                "        INSERT INTO command_receipts\n            (",
                "        INSERT INTO nowhere\n            (",
            ),
            Edit(
                STORE,
                APPENDING,
                code(
                    12,
                    """
                    async def later():
                        if receipt.outcome == "recorded":
                            kept = [command.command_id, appending.request_hash, command.actor, receipt.stream_id]
                            kept += [receipt.first_version, receipt.last_version, "recorded", at]
                            await execute(
                                self.connection,
                                "INSERT INTO command_receipts VALUES "
                                "(%(c)s, %(h)s, %(a)s, %(s)s, %(f)s, %(l)s, %(o)s, %(t)s)",
                                dict(zip("chasflot", kept)),
                            )

                    from activities.store.driver import execute

                    receipt = await append(self.connection, appending, fallback_stream=_stream_of(command))
                    self.later = later
                    return receipt
                    """,
                ),
            ),
        ],
        [
            "CREATE TABLE nowhere (LIKE command_receipts)",
            "GRANT INSERT ON nowhere TO jenjang_app",
        ],
    ),
)
