"""Editions of the rulebook that the service started with: what a version meant, and what to fall back on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources.abc import Traversable

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.rule_files import RulesInForce, parsed, rule_texts
from activities.store.tables import rulebook_editions as table
from domain.rulebook.load import load
from domain.rulebook.problems import RulebookUnusable
from domain.rulebook.rulebook import Rulebook

log = structlog.get_logger()


@dataclass(frozen=True)
class Edition:
    """A version of the rule files that were good, what they said by name, and when the service started with them."""

    version: str
    files: Mapping[str, str]
    first_started_at: datetime
    last_started_at: datetime


async def rules_in_force(connection: AsyncConnection, folder: Traversable | None, *, starting: bool) -> RulesInForce:
    """The folder's rules; when they are faulty, the kept ones started with last that this code still reads.

    Those of a service that is `starting` are kept, and the caller commits; whoever only looks writes nothing.
    Raise RulebookUnusable with the folder's problems when nothing was kept.
    """
    try:
        texts: Mapping[str, str] = rule_texts(folder)
        rules = RulesInForce(load(parsed(texts)))
    except RulebookUnusable as faulty:
        rules, texts = await _last_good(connection, faulty)
    if starting:
        await _keep(connection, rules.rulebook.version, texts)
    return rules


async def editions(connection: AsyncConnection) -> Sequence[Edition]:
    """Every edition, the one that was started with last before the others."""
    rows = await connection.execute(select(table).order_by(table.c.last_started_at.desc(), table.c.version))
    return [Edition(**row) for row in rows.mappings()]


async def kept_rulebook(connection: AsyncConnection, version: str) -> Rulebook | None:
    """The rules of a version; None when it was not kept, or is not readable any more."""
    texts = await connection.scalar(select(table.c.files).where(table.c.version == version))
    try:
        return load(parsed(texts)) if texts else None
    except RulebookUnusable:
        return None


async def _keep(connection: AsyncConnection, version: str, texts: Mapping[str, str]) -> None:
    now = func.clock_timestamp()
    added = insert(table).values(version=version, files=dict(texts), first_started_at=now, last_started_at=now)
    await connection.execute(
        added.on_conflict_do_update(
            index_elements=["version"], set_={"last_started_at": added.excluded.last_started_at}
        )
    )


async def _last_good(connection: AsyncConnection, faulty: RulebookUnusable) -> tuple[RulesInForce, Mapping[str, str]]:
    for edition in await editions(connection):
        try:
            rulebook = load(parsed(edition.files))
        except RulebookUnusable as unusable:
            log.warning("kept rules that this version does not read", version=edition.version, why=str(unusable))
            continue
        log.error(
            "the rule files are faulty: the last good ones stay in force",
            version=rulebook.version,
            since=edition.first_started_at.isoformat(),
            problems=[str(problem) for problem in faulty.problems],
        )
        return RulesInForce(rulebook, faulty.problems), edition.files
    raise faulty
