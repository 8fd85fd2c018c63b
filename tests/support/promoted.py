"""A promotion to a post on a real ledger: a section that nobody leads, and staff who are ready to lead it."""

from __future__ import annotations

from datetime import date

from domain.proposal import commands as c
from domain.register.changes import ImportPeople, ImportUnits, PersonFacts
from domain.register.events import UnitDescribed
from domain.register.facts import BirthKnown, TrainingCompleted
from tests.support.people import AGENCY, BOARD, CHIEF, HEAD, LONG_AGO, PPK, PYB, SOURCE, STAFF, VERIFIER
from tests.support.story import Office

SECTION = UnitDescribed(unit="SEKSI-A2", name="Seksi A2", parent="DINAS-A", eselon="41", head_post="Kepala Seksi A2")
SEAT_OF_SECTION = "unit/SEKSI-A2"
DOCUMENTS = (
    *("ANJAB_ABK", "SK_JABATAN", "SK_PANGKAT", "SKP_1", "SKP_2"),
    *("IJAZAH", "PERNYATAAN_DISIPLIN", "HASIL_KOMPETENSI", "SURAT_SEHAT"),
)
READY = [BirthKnown(valid_from=date(1990, 5, 1)), TrainingCompleted(valid_from=LONG_AGO, code="pim-4")]


async def vacant_section(office: Office) -> None:
    """The section is imported, and what makes one of the staff ready for it."""
    shared = {"actor": "import", "agency": AGENCY, "source": SOURCE}
    await office.parts.ledger.record(ImportUnits(command_id=office.id(), units=[SECTION], **shared))
    people = [PersonFacts(subject=STAFF, facts=READY)]
    await office.parts.ledger.record(ImportPeople(command_id=office.id(), people=people, **shared))


async def decreed_supervisor(office: Office, tmt: date, today: date) -> None:
    """The staff's promotion to head of the section, from the draft to the decree; it waits for the TMT."""
    move = c.MoveAsked(subject=STAFF, to_post=SEAT_OF_SECTION, to_class=9)
    await office.draft(c.RotationAsked(kind="PENGAWAS", moves=[move], target_tmt=tmt), HEAD)
    for document in DOCUMENTS:
        await office.attach(document)
    await office.record(c.Submit(**office.by(HEAD)))
    for actor, step in ((CHIEF, "PENGANTAR_OPD"), (VERIFIER, "VERIF"), (BOARD, "TPK"), (PYB, "PYB")):
        await office.approve(actor, step)
    said = {"round": 1, "dated": today, "outcome": "MS", "number": "PT-1"}
    await office.record(c.RecordOutcome(step="BKN", **said, **office.by(VERIFIER)))
    await office.record(c.IssueDecree(step="SK", round=1, number="SK-1", dated=today, **office.by(PPK)))
