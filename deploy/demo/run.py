"""`jenjang demo`: the whole service with an invented agency, and its story on the code of production."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx2
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify
from activities.register_import import RegisterImport
from activities.settings import Settings
from activities.store import vault
from activities.wiring import Backbone, backbone
from deploy.clock import TimeMachine
from deploy.demo.agency import write_agency
from deploy.demo.cast import Agency, Member
from deploy.demo.people_at_work import Actor, StoryFailed
from deploy.demo.story import OFFICE, Cast, Story, into_a_window
from deploy.local.stack import Addresses
from deploy.local.supervisor import up

TOKEN_LIFE = timedelta(days=400)
"""The story lasts months by the ledger's clock, seconds by the clock of tokens."""
Issue = Callable[[str, str, timedelta], str]
Tokens = Callable[[Settings], Issue]


async def demo(settings: Settings, tokens: Tokens, *, once: bool, fresh: bool) -> int:
    """Run everything, tell the story, stay up; with `once` on a folder of its own, end with 0 or 1.

    `tokens` makes the issuer of bearer tokens for the completed settings.
    """
    console = Console(highlight=False, soft_wrap=True)
    if once:
        folder = settings.data_dir / "once"
        settings = settings.model_copy(update={"data_dir": folder, "documents_dir": folder / "documents"})

    async def ready(addresses: Addresses) -> int | None:
        try:
            await _tell(addresses, tokens(addresses.settings), console)
        except StoryFailed as failure:
            console.print(f"✗ {failure}")
            return 1
        return 0 if once else None

    return await up(settings, ready=ready, afresh=once or fresh)


async def _tell(addresses: Addresses, issue: Issue, console: Console) -> None:
    folder = addresses.settings.data_dir / "demo"
    begun, told = folder / "begun", folder / "story.json"
    if begun.exists() and not told.exists():
        console.print("– Cerita yang lalu terhenti di tengah; datanya utuh. Ulang dari awal: make demo FRESH=1")
        return
    if not told.exists():
        started = time.perf_counter()
        folder.mkdir(parents=True, exist_ok=True)
        begun.touch()
        told.write_text(json.dumps(await _first_time(addresses, issue, folder, console)))
        seconds = time.perf_counter() - started
        console.print(f"\nSelesai dalam {seconds:.0f} detik. 1 kenaikan pangkat dan 1 tukar jabatan berlaku.")
    for name, proposal_id in json.loads(told.read_text()).items():
        console.print(f"  {name:<12} {addresses.api}/api/v1/proposals/{proposal_id}")
    console.print(f"  {'API':<12} {addresses.api}/openapi.json")
    console.print(f"  {'Pemeran':<12} {folder / 'people.env'}, untuk dicoba sendiri seperti di README")
    console.print(f"  {'Dari awal':<12} make demo FRESH=1")


async def _first_time(addresses: Addresses, issue: Issue, folder: Path, console: Console) -> dict[str, str]:
    async with backbone(addresses.settings) as parts, _time(addresses) as machine:
        await into_a_window(machine)
        agency = write_agency(folder, as_of=(await machine.now() + OFFICE).date())
        await _import(parts, agency, console)
        async with httpx2.AsyncClient(base_url=addresses.api, timeout=30) as http:
            cast = _casting(parts, issue, http)
            story = Story(agency, cast, machine, _teller(console))
            promotion = await story.promotion()
            swap = await story.swap()
            await _write_cast(folder, agency, addresses, cast)
        await _check(parts, agency, addresses)
    console.print("Diperiksa: register berubah pada TMT, semua rantai dan model baca utuh.")
    return {"Kenaikan": promotion, "Rotasi": swap}


async def _write_cast(folder: Path, agency: Agency, addresses: Addresses, cast: Cast) -> None:
    """Who is who, for a shell: SIASN ids, and references where the API wants them."""
    first, second = agency.spare
    offices = agency.swap_office_heads
    ids = {
        "SUPERVISOR": agency.too_early_supervisor,
        "EMPLOYEE": agency.too_early,
        "HEALTH_HEAD": offices[0],
        "WORKS_HEAD": offices[1],
        "VERIFIER": agency.verifier,
        "PLANNER": agency.second_verifier,
        "APPROVER": agency.approver,
        "BOARD": agency.board[0],
        "PPK": agency.ppk,
        "ADMINISTRATOR": agency.administrator,
        "OFFICIAL_1": first,
        "OFFICIAL_2": second,
    }
    named = ("EMPLOYEE", "OFFICIAL_1", "OFFICIAL_2")
    references = {f"{name}_REF": (await cast(ids[name])).subject for name in named}
    values = {name: member.siasn_id for name, member in ids.items()} | references
    values |= {"API": f"{addresses.api}/api/v1", "POST_1": first.post, "POST_2": second.post}
    lines = [f"{name}={value}" for name, value in values.items()]
    (folder / "people.env").write_text("\n".join(lines) + "\n")


@asynccontextmanager
async def _time(addresses: Addresses) -> AsyncIterator[TimeMachine]:
    owner = create_async_engine(addresses.owner_database_url)
    client = await Client.connect(addresses.temporal, data_converter=pydantic_data_converter)
    yield TimeMachine(owner, client)
    await owner.dispose()


async def _import(parts: Backbone, agency: Agency, console: Console) -> None:
    importing = RegisterImport(parts, actor="import")
    for file in agency.files:
        result = await importing.read(file)
        if result.refused:
            message = f"{file.name}: {[problem.code for problem in result.problems]}"
            raise StoryFailed(message)
        taken = await importing.apply(result)
        console.print(f"  {file.name:<22} {taken:>5} baris")
    console.print(f"✓ {agency.name}: {agency.employees} pegawai diimpor dari berkas SIASN")


def _casting(parts: Backbone, issue: Issue, http: httpx2.AsyncClient) -> Cast:
    async def cast(member: Member) -> Actor:
        async with parts.reads.connect() as connection:
            subject = await vault.by_nip(connection, parts.settings.agency, member.siasn_id)
        if subject is None:
            message = f"{member.name} is not in the register"
            raise StoryFailed(message)
        return Actor(member.name, subject, issue(subject, parts.settings.agency, TOKEN_LIFE), http)

    return cast


def _teller(console: Console) -> Callable[[datetime, str], None]:
    first: list[date] = []

    def tell(at: datetime, sentence: str) -> None:
        day = (at + OFFICE).date()
        first.append(day)
        console.print(f"  hari ke-{(day - first[0]).days + 1:<4}{day}  {sentence}")

    return tell


async def _check(parts: Backbone, agency: Agency, addresses: Addresses) -> None:
    """The register says what the decrees said, and the ledger proves itself."""
    async with parts.reads.connect() as connection:
        grade = await connection.scalar(
            text(
                "SELECT grade FROM ranks_held JOIN vault.subject_vault USING (subject_ref) "
                "WHERE siasn_id = :id AND valid_from = :tmt"
            ),
            {"id": agency.promotee.siasn_id, "tmt": agency.next_tmt},
        )
        posts = await connection.execute(
            text(
                "SELECT siasn_id, post FROM incumbencies JOIN vault.subject_vault USING (subject_ref) "
                "WHERE siasn_id = ANY(:ids) AND upper_inf(during) AND assignment = 'D'"
            ),
            {"ids": [member.siasn_id for member in agency.swap]},
        )
        held = {row.siasn_id: row.post for row in posts}
    first, second = agency.swap
    if grade is None or held != {first.siasn_id: second.post, second.siasn_id: first.post}:
        message = f"the register does not say what was decreed: {grade}, {held}"
        raise StoryFailed(message)
    owner = create_async_engine(addresses.owner_database_url)
    async with owner.connect() as connection:
        found = await verify(connection, PROJECTIONS)
    await owner.dispose()
    if found.problems:
        raise StoryFailed(str(found.problems[:3]))
