"""What has happened to a case, with the text that people wrote, while its key is there."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from activities.readmodels.reads import Reads
from activities.settings import Settings
from activities.wiring import Backbone
from domain.proposal import commands as c
from tests.support.named import Seeing
from tests.support.people import AGENCY, CHIEF, HEAD, STAFF
from tests.support.story import REG_DOCUMENTS, Office

REASON = "Rajin dan cakap"
NOTE = "Berkas lengkap"


async def spoken(office: Office) -> str:
    """A case in which people wrote something."""
    asked = c.PromotionAsked(subject=STAFF)
    created = await office.record(
        c.CreateDraft(command_id=office.id(), actor=HEAD, agency=AGENCY, asked=asked, reason=REASON)
    )
    office.proposal_id = created.proposal_id
    for document in REG_DOCUMENTS:
        await office.attach(document)
    await office.record(c.Submit(**office.by(HEAD)))
    await office.record(c.ApproveStep(step="PENGANTAR_OPD", round=1, note=NOTE, **office.by(CHIEF)))
    return office.proposal_id


async def test_events_are_told_in_order_with_the_opened_text(office: Office, reads: Reads) -> None:
    """Who, when, what, and the words; each place in the log is named."""
    entries = await reads.timeline(await spoken(office), 0, 200)

    assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.event_type.removeprefix("proposal.") for entry in entries] == await office.events()
    assert entries[0].text == {"reason": REASON}
    approved = next(entry for entry in entries if entry.event_type == "proposal.step-approved")
    assert (approved.actor, approved.text) == (CHIEF, {"note": NOTE})
    assert len({entry.position for entry in entries}) == len(entries)


async def test_pages_meet_without_a_gap(office: Office, reads: Reads) -> None:
    """Behind a version comes the next one."""
    proposal_id = await spoken(office)
    whole = await reads.timeline(proposal_id, 0, 200)
    pages = [entry for start in range(0, len(whole), 2) for entry in await reads.timeline(proposal_id, start, 2)]

    assert pages == whole


async def test_text_is_nowhere_in_the_log_and_gone_with_its_key(
    office: Office, reads: Reads, parts: Backbone, settings: Settings
) -> None:
    """The stored bytes hold ciphertext only; when the key is destroyed the events stay and the words do not."""
    proposal_id = await spoken(office)
    async with parts.reads.connect() as connection:
        stored = b"".join(bytes(row) for row in (await connection.execute(text("SELECT entry FROM events"))).scalars())
    assert REASON.encode() not in stored
    assert NOTE.encode() not in stored
    assert settings.owner_database_url is not None
    owner = create_async_engine(settings.owner_database_url.get_secret_value())
    async with owner.begin() as connection:
        await connection.execute(text("UPDATE vault.subject_keys SET wrapped_dek = NULL, destroyed_at = now()"))
    await owner.dispose()
    entries = await reads.timeline(proposal_id, 0, 200)

    assert entries[0].text == {"reason": None}
    assert len(entries) == len(await office.events())


async def test_an_event_of_a_newer_version_is_shown_as_such(office: Office, reads: Reads, settings: Settings) -> None:
    """Reading goes on where this version of the service cannot decide any more."""
    proposal_id = await spoken(office)
    assert settings.owner_database_url is not None
    owner = create_async_engine(settings.owner_database_url.get_secret_value())
    async with owner.begin() as connection:
        await connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        await connection.execute(
            text(
                "UPDATE events SET entry = convert_to(replace(convert_from(entry, 'UTF8'), :known, :newer), 'UTF8') "
                "WHERE stream_id = :id AND version = 2"
            ),
            {"id": f"proposal/{proposal_id}", "known": '"schema_version":1', "newer": '"schema_version":9'},
        )
    await owner.dispose()
    entries = await reads.timeline(proposal_id, 0, 200)

    assert entries[1].event is None
    assert entries[1].event_type == "proposal.document-attached"
    assert entries[2].event is not None


async def test_the_text_is_shown_to_whoever_asks_through_the_case_only(
    office: Office, reads: Reads, as_: Seeing
) -> None:
    """A case without a number has no timeline."""
    await spoken(office)

    assert await reads.timeline("KP-2026-999999", 0, 200) == []
    assert await reads.case("KP-2026-999999", await as_(HEAD)) is None
