"""`jenjang demo`: the whole service with an invented agency, and its story on the code of production."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

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
from deploy.demo import story
from deploy.demo.agency import write_agency
from deploy.demo.cast import Agency, Member
from deploy.demo.chronicle import OFFICE, Cast, Chronicle, into_a_window
from deploy.demo.people_at_work import Actor, StoryFailed
from deploy.local.stack import Addresses
from deploy.local.supervisor import up
from domain.rulebook.model import Text

TOKEN_LIFE = timedelta(days=400)
"""The story lasts months by the ledger's clock, seconds by the clock of tokens."""
Issue = Callable[[str, str, timedelta], str]
Tokens = Callable[[Settings], Issue]


@dataclass
class Speaker:
    """Says what happens in the reader's language; days count from the first that was told."""

    language: Literal["id", "en"]
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    begun: date | None = None

    def say(self, indonesian: str, english: str) -> None:
        """One line."""
        self.console.print(indonesian if self.language == "id" else english)

    def tell(self, at: datetime, sentence: Text) -> None:
        """One line of the story, with its day."""
        day = (at + OFFICE).date()
        self.begun = self.begun or day
        number = (day - self.begun).days + 1
        self.say(f"  hari ke-{number:<4}{day}  {sentence.id}", f"  day {number:<5}{day}  {sentence.en}")


async def demo(settings: Settings, tokens: Tokens, *, once: bool, fresh: bool) -> int:
    """Run everything, tell the story, stay up; with `once` on a folder of its own, end with 0 or 1.

    `tokens` makes the issuer of bearer tokens for the completed settings.
    """
    speaker = Speaker(settings.locale)
    if once:
        folder = settings.data_dir / "once"
        settings = settings.model_copy(update={"data_dir": folder, "documents_dir": folder / "documents"})

    async def ready(addresses: Addresses) -> int | None:
        try:
            await _tell(addresses, tokens(addresses.settings), speaker)
        except StoryFailed as failure:
            speaker.say(f"✗ {failure}", f"✗ {failure}")
            return 1
        return 0 if once else None

    return await up(settings, ready=ready, afresh=once or fresh)


async def _tell(addresses: Addresses, issue: Issue, speaker: Speaker) -> None:
    folder = addresses.settings.data_dir / "demo"
    begun, told = folder / "begun", folder / "story.json"
    if begun.exists() and not told.exists():
        speaker.say(
            "– Cerita yang lalu terhenti di tengah; datanya utuh. Ulang dari awal: make demo FRESH=1",
            "– The last story was cut short; its data is whole. From the beginning: make demo FRESH=1",
        )
        return
    if not told.exists():
        started = time.perf_counter()
        folder.mkdir(parents=True, exist_ok=True)
        begun.touch()
        told.write_text(json.dumps(await _first_time(addresses, issue, folder, speaker)))
        seconds = time.perf_counter() - started
        speaker.say(
            f"\nSelesai dalam {seconds:.0f} detik. 2 kenaikan pangkat, 1 tukar jabatan, 1 promosi jabatan berlaku.",
            f"\nDone in {seconds:.0f} seconds. 2 rank promotions, 1 swap, 1 promotion to a post are in effect.",
        )
    cases, env = json.loads(told.read_text()), folder / "people.env"
    api = f"{addresses.api}/api/v1/proposals"
    speaker.say(
        f"  Kenaikan     {api}/{cases['regular']}\n  Kenaikan JF  {api}/{cases['functional']}\n"
        f"  Rotasi       {api}/{cases['swap']}\n  Promosi      {api}/{cases['post']}\n"
        f"  API          {addresses.api}/openapi.json\n  Pemeran      {env}, untuk dicoba seperti di README\n"
        "  Dari awal    make demo FRESH=1",
        f"  Promotion    {api}/{cases['regular']}\n  … by points  {api}/{cases['functional']}\n"
        f"  Rotation     {api}/{cases['swap']}\n  … to a post  {api}/{cases['post']}\n"
        f"  API          {addresses.api}/openapi.json\n  Who is who   {env}, to try it as in the README\n"
        "  Start over   make demo FRESH=1",
    )


async def _first_time(addresses: Addresses, issue: Issue, folder: Path, speaker: Speaker) -> dict[str, str]:
    async with backbone(addresses.settings) as parts, _time(addresses) as machine:
        await into_a_window(machine)
        agency = write_agency(folder, as_of=(await machine.now() + OFFICE).date())
        await _import(parts, agency, speaker)
        async with httpx2.AsyncClient(base_url=addresses.api, timeout=30) as http:
            cast = _casting(parts, issue, http)
            chronicle = Chronicle(agency, cast, machine, speaker.tell)
            await story.outlook(chronicle)
            regular, functional = await story.promotions(chronicle)
            await _import_ratings(parts, chronicle, speaker)
            swap, post = await story.moves(chronicle)
            await _import_ratings(parts, chronicle, speaker)
            await _write_cast(folder, agency, addresses, cast)
            await _write_days(folder, chronicle)
        await _check(parts, agency, addresses)
    speaker.say(
        "Diperiksa: register berubah pada TMT, semua rantai dan model baca utuh.",
        "Checked: the register changed on the TMT, all chains and read models are whole.",
    )
    return {"regular": regular, "functional": functional, "swap": swap, "post": post}


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


async def _write_days(folder: Path, chronicle: Chronicle) -> None:
    """The ledger's date after the story, and the first of the month after it."""
    with (folder / "people.env").open("a") as env:
        env.write(f"TODAY={await chronicle.today()}\nNEXT_MONTH={await chronicle.next_month()}\n")


@asynccontextmanager
async def _time(addresses: Addresses) -> AsyncIterator[TimeMachine]:
    owner = create_async_engine(addresses.owner_database_url)
    client = await Client.connect(addresses.temporal, data_converter=pydantic_data_converter)
    yield TimeMachine(owner, client)
    await owner.dispose()


async def _import(parts: Backbone, agency: Agency, speaker: Speaker) -> None:
    for file in agency.files:
        await _import_one(parts, file, speaker)
    speaker.say(
        f"✓ {agency.name}: {agency.employees} pegawai diimpor dari berkas SIASN",
        f"✓ {agency.name}: {agency.employees} employees imported from SIASN files",
    )


async def _import_ratings(parts: Backbone, chronicle: Chronicle, speaker: Speaker) -> None:
    """Once the year in which the story began is over, everybody is rated for it."""
    agency = chronicle.agency
    if date.fromisoformat(await chronicle.today()).year > agency.as_of.year:
        await _import_one(parts, agency.ratings_to_come, speaker)


async def _import_one(parts: Backbone, file: Path, speaker: Speaker) -> None:
    importing = RegisterImport(parts, actor="import")
    result = await importing.read(file)
    if result.refused:
        message = f"{file.name}: {[problem.code for problem in result.problems]}"
        raise StoryFailed(message)
    if (await importing.preview(result)).anything:
        taken = await importing.apply(result)
        speaker.say(f"  {file.name:<22} {taken:>5} baris", f"  {file.name:<22} {taken:>5} rows")


def _casting(parts: Backbone, issue: Issue, http: httpx2.AsyncClient) -> Cast:
    async def cast(member: Member) -> Actor:
        async with parts.reads.connect() as connection:
            subject = await vault.by_nip(connection, parts.settings.agency, member.siasn_id)
        if subject is None:
            message = f"{member.name} is not in the register"
            raise StoryFailed(message)
        return Actor(member.name, subject, issue(subject, parts.settings.agency, TOKEN_LIFE), http)

    return cast


async def _check(parts: Backbone, agency: Agency, addresses: Addresses) -> None:
    """The register says what the decrees said, and the ledger proves itself."""
    first, second = agency.swap
    risen = {agency.promotee.siasn_id, agency.functional.siasn_id}
    moved = {first.siasn_id: second.post, second.siasn_id: first.post, agency.successor.siasn_id: agency.vacant_post}
    async with parts.reads.connect() as connection:
        ranks = await connection.execute(
            text(
                "SELECT siasn_id FROM ranks_held JOIN vault.subject_vault USING (subject_ref) "
                "WHERE siasn_id = ANY(:ids) AND valid_from = :tmt"
            ),
            {"ids": list(risen), "tmt": agency.next_tmt},
        )
        posts = await connection.execute(
            text(
                "SELECT siasn_id, post FROM incumbencies JOIN vault.subject_vault USING (subject_ref) "
                "WHERE siasn_id = ANY(:ids) AND upper_inf(during) AND assignment = 'D'"
            ),
            {"ids": list(moved)},
        )
        found, held = set(ranks.scalars()), {row.siasn_id: row.post for row in posts}
    if found != risen or held != moved:
        message = f"the register does not say what was decreed: {found}, {held}"
        raise StoryFailed(message)
    owner = create_async_engine(addresses.owner_database_url)
    async with owner.connect() as connection:
        whole = await verify(connection, PROJECTIONS)
    await owner.dispose()
    if whole.problems:
        raise StoryFailed(str(whole.problems[:3]))
