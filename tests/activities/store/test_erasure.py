"""What is written about a person is sealed under that person's key; without the key it is gone, the proof stays."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from activities.audit.canonical import parse
from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify
from activities.store.codec import KeyMissing, free_text
from activities.store.loading import ChainBroken, load
from activities.store.vault import Identity, references
from domain.proposal import commands as c
from domain.proposal.events import StepApproved
from tests.support.people import AGENCY, CHIEF, HEAD, STAFF, VERIFIER
from tests.support.samples import SECRET_WORDS
from tests.support.shelves import PostgresShelf, settle_in
from tests.support.story import Office

FORGED = "convert_to(replace(convert_from(entry, 'UTF8'), 'VERIF', 'VERIG'), 'UTF8')"
NAME, NIP = "Sumarnilestari Wirabumi", "199003152014039001"


async def told(real: PostgresShelf) -> Office:
    """A case with a remark at each step, about somebody whose name is in the vault."""
    async with real.parts.store.engine.begin() as connection:
        await references(connection, AGENCY, [Identity(None, NIP, NAME)])
    office = await settle_in(real)
    await office.draft()
    for document in ("SK_PANGKAT", "SKP_1", "SKP_2"):
        await office.attach(document)
    await office.record(c.Submit(note=SECRET_WORDS, **office.by(HEAD)))
    await office.record(c.ApproveStep(step="PENGANTAR_OPD", round=1, note=SECRET_WORDS, **office.by(CHIEF)))
    reason = {"reason_code": "incomplete", "note": SECRET_WORDS}
    await office.record(c.ReturnProposal(step="VERIF", round=1, **reason, **office.by(VERIFIER)))
    return office


async def destroy_key(real: PostgresShelf, subject: str) -> None:
    """Erase: the application may do it."""
    async with real.parts.store.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE vault.subject_keys SET wrapped_dek = NULL, destroyed_at = ledger_now() "
                "WHERE subject_ref = :subject"
            ),
            {"subject": subject},
        )


async def everything(real: PostgresShelf, schema: str) -> str:
    """Every row of every table of a schema, as text, with binary columns in clear."""
    tables = await real.ask("SELECT tablename FROM pg_tables WHERE schemaname = :schema", schema=schema)
    rows = []
    for table in tables:
        for row in await real.ask(f"SELECT * FROM {schema}.{table.tablename}"):
            rows += [bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(rows)


async def test_nothing_personal_stands_outside_the_vault(real: PostgresShelf) -> None:
    """Neither in the log nor in the outbox, the receipts or a read model; the vault is where the name is found."""
    await told(real)
    log, vault = await everything(real, "public"), await everything(real, "vault")

    assert [word for word in (*SECRET_WORDS.split(), NAME, NIP) if word in log] == []
    assert (NAME in vault, NIP in vault) == (True, True)


async def test_a_remark_opens_with_the_subjects_key(real: PostgresShelf) -> None:
    """And with nobody else's."""
    office = await told(real)
    rows = await real.ask(
        "SELECT entry FROM events WHERE stream_id = :stream AND type = 'proposal.step-approved'",
        stream=f"proposal/{office.proposal_id}",
    )
    stored = parse(bytes(rows[0].entry))
    sealed = base64.b64decode(stored["data"]["note"].removeprefix("sealed:"))
    async with real.parts.store.engine.connect() as connection:
        opened = []
        for subject in (STAFF, CHIEF):
            cipher = await real.parts.keys.cipher(connection, subject)
            assert cipher is not None
            opened.append(cipher.open(sealed, f"{stored['event_id']}/note"))

    assert free_text(StepApproved) == ("note",)
    assert opened == [SECRET_WORDS, None]


async def test_a_destroyed_key_leaves_every_proof_valid(real: PostgresShelf) -> None:
    """The ciphertext is what the hashes cover."""
    await told(real)
    await destroy_key(real, STAFF)
    async with real.owner.connect() as connection:
        found = await verify(connection, PROJECTIONS)
    async with real.parts.store.engine.connect() as connection:
        cipher = await real.parts.keys.cipher(connection, STAFF)

    assert (found.problems, cipher) == ([], None)
    assert found.events == await real.size()


async def test_after_erasure_the_case_goes_on_without_words(real: PostgresShelf) -> None:
    """A decision is still possible; a new remark about the person is not, and leaves nothing half-written."""
    office = await told(real)
    await destroy_key(real, STAFF)
    size = await real.size()
    with pytest.raises(KeyMissing):
        await office.record(c.Submit(note=SECRET_WORDS, **office.by(HEAD)))

    assert await real.size() == size
    assert (await office.record(c.Submit(**office.by(HEAD)))).outcome == "recorded"


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE events SET entry = {FORGED} WHERE version = 8",
        "DELETE FROM events WHERE version = 2",
        "UPDATE events SET version = version + 1 WHERE version = 9",
    ],
    ids=["edited", "missing", "renumbered"],
)
async def test_nothing_is_decided_on_a_stream_that_somebody_changed(real: PostgresShelf, change: str) -> None:
    """Behind the ledger's back, as an owner could; also when it is the last event."""
    office = await told(real)
    stream = f"proposal/{office.proposal_id}"
    async with real.owner.begin() as connection:
        await connection.execute(text("ALTER TABLE events DISABLE TRIGGER append_only"))
        await connection.execute(text(f"{change} AND stream_id = :stream"), {"stream": stream})
    async with real.parts.store.engine.connect() as connection:
        with pytest.raises(ChainBroken):
            await load(connection, [stream])
    with pytest.raises(ChainBroken):
        await office.record(c.Submit(**office.by(HEAD)))

    assert await real.refused() == []
