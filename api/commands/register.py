"""Commands about the register: import files, show a person, set where notices go, issue a demo token."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from sqlalchemy import text

from activities.register_import import Difference, RegisterImport
from activities.settings import Settings
from activities.siasn.catalogue import Severity
from activities.siasn.problems import problems_csv
from activities.siasn.reader import ReadResult
from activities.store import vault
from activities.store.loading import load
from activities.wiring import Backbone, backbone
from deploy.local.stack import attach
from domain.register.facts import PostHeld, RankHeld
from domain.register.person import Person, fold

SHOWN_PROBLEMS = 20
TOKEN_LIFE = timedelta(hours=12)


async def import_(*files: Path, yes: bool = False) -> int:
    """Read SIASN files (register, units, histories) or a role file; show the difference, then apply it.

    Parameters
    ----------
    files
        XLSX, CSV or JSON Lines, in the order in which they build on each other.
    yes
        Apply without asking.

    """
    console, code = Console(), 0
    async with connected() as parts:
        importing = RegisterImport(parts, actor="import")
        for file in files:
            code = max(code, await _import_one(importing, file, console, ask=not yes))
    return code


async def _import_one(importing: RegisterImport, file: Path, console: Console, *, ask: bool) -> int:
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task(f"{file.name}: reading")
        result = await importing.read(file, lambda n: bar.update(task, description=f"{file.name}: {n} rows checked"))
        bar.update(task, description=f"{file.name}: comparing")
        difference = Difference() if result.refused else await importing.preview(result)
    _tell(file, result, difference, console)
    if result.refused:
        return 1
    if difference.anything and ask and not _agreed():
        console.print("Nothing was changed.")
        return 0
    if difference.anything:
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
            task = bar.add_task(f"{file.name}: recording")
            await importing.apply(result, lambda n: bar.update(task, description=f"{file.name}: {n} rows recorded"))
    return 0


def _tell(file: Path, result: ReadResult, difference: Difference, console: Console) -> None:
    refused = sum(problem.severity is Severity.REFUSE_ROW for problem in result.problems)
    console.print(
        f"{file.name} ({result.kind or '?'}): {difference.checked} rows; {difference.new} new, "
        f"{difference.changed} changed, {difference.same} same, {refused} refused, "
        f"{difference.unknown_owners} of unknown people",
        highlight=False,
    )
    if result.dropped_columns:
        console.print(f"  not stored: {', '.join(result.dropped_columns)}", highlight=False)
    if result.unknown_columns:
        console.print(f"  unknown columns: {', '.join(result.unknown_columns)}", highlight=False)
    for problem in result.problems[:SHOWN_PROBLEMS]:
        console.print(
            f"  row {problem.row}; {problem.column}; {problem.code}; {problem.wrong.id}; {problem.right.id}",
            highlight=False,
            markup=False,
        )
    if len(result.problems) > SHOWN_PROBLEMS:
        sheet = file.with_suffix(".problems.csv")
        sheet.write_text(problems_csv(result.problems), encoding="utf-8")
        console.print(f"  … {len(result.problems)} in all: {sheet}", highlight=False)
    for subject, facts in difference.examples:
        changed = ", ".join(f"{fact.slot} from {fact.valid_from}" for fact in facts)
        console.print(f"  {subject[:8]}…: {changed}", highlight=False, markup=False)


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Apply? [y/N] ").strip().lower() in {"y", "ya", "yes"}


async def show(nip: str, *, as_of: date | None = None, as_at: int | None = None) -> int:
    """Show a person by NIP or SIASN id.

    Parameters
    ----------
    nip
        The NIP, or the SIASN id (PNS ID).
    as_of
        The day whose facts are wanted; today if left out.
    as_at
        A log position: show what was known when the log was this long.

    """
    console = Console()
    async with connected() as parts, parts.reads.connect() as connection:
        subject = await vault.by_nip(connection, parts.settings.agency, nip)
        if subject is None:
            console.print("Not in the register.")
            return 1
        who = await vault.names(connection, [subject])
        person = await known_as_at(parts, subject, as_at)
        day = as_of or parts.calendar.local_date(await connection.scalar(text("SELECT ledger_now()")))
    console.print(f"{who.get(subject, '–')} ({subject})", highlight=False)
    _print_career(person, day, console)
    return 0


async def known_as_at(parts: Backbone, subject: str, as_at: int | None) -> Person:
    """The person as known when the log had this many entries."""
    stream_id = f"person/{subject}"
    async with parts.reads.connect() as connection:
        history = (await load(connection, [stream_id]))[stream_id].history
        if as_at is not None:
            count = await connection.scalar(
                text("SELECT count(*) FROM events WHERE stream_id = :stream AND position < :size"),
                {"stream": stream_id, "size": as_at},
            )
            history = history[:count]
    return fold(recorded.event for recorded in history)


def _print_career(person: Person, day: date, console: Console) -> None:
    rank, post = person.rank_on(day), person.post_on(day)
    console.print(f"on {day}: {rank.grade if rank else '–'}; {post.name if post else '–'}", highlight=False)
    table = Table("from", "to", "what", box=None)
    for fact in person.of(RankHeld):
        table.add_row(
            str(fact.valid_from), str(fact.valid_to or ""), f"{fact.grade} {fact.grade.pangkat} {fact.decree}"
        )
    for held in person.of(PostHeld):
        table.add_row(str(held.valid_from), str(held.valid_to or ""), f"{held.name} ({held.unit}) {held.decree}")
    for rating in person.ratings().values():
        table.add_row(str(rating.valid_from), "", f"{rating.year}: {rating.rating}")
    console.print(table)


async def contact(nip: str, address: str) -> int:
    """Set the mail address to which a person's notices go."""
    async with connected() as parts, parts.store.engine.begin() as connection:
        subject = await vault.by_nip(connection, parts.settings.agency, nip)
        if subject is None:
            Console().print("Not in the register.")
            return 1
        await vault.set_contact(connection, subject, address)
    return 0


async def issue(nip: str) -> int:
    """Print a token for the person with this NIP or SIASN id; refused in production.

    Parameters
    ----------
    nip
        The NIP, or the SIASN id (PNS ID).

    """
    from api.tokens import Tokens

    async with connected() as parts:
        async with parts.reads.connect() as connection:
            subject = await vault.by_nip(connection, parts.settings.agency, nip)
        if subject is None:
            Console(stderr=True).print("Not in the register.")
            return 1
        print(Tokens.of(parts.settings).issue(subject, parts.settings.agency, TOKEN_LIFE))  # noqa: T201 - for scripts
    return 0


@asynccontextmanager
async def connected() -> AsyncIterator[Backbone]:
    """The ledger of the stack that runs on this data folder, or of the database that was given."""
    async with backbone(attach(Settings()), starting=False) as parts:
        yield parts
