"""Files of personnel data into the register, on a real ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.readmodels import PROJECTIONS
from activities.readmodels.verify import verify
from activities.register_import import Difference, RegisterImport
from activities.store import vault
from activities.store.loading import load
from activities.wiring import Backbone
from deploy.demo.agency import write_agency
from deploy.demo.cast import Agency
from domain.register.facts import RankHeld, RatingGiven
from domain.register.person import Person, fold


@dataclass(frozen=True)
class Bureau:
    """A personnel office with its files and the register."""

    parts: Backbone
    importing: RegisterImport
    agency: Agency

    async def take_in(self, file: Path) -> Difference:
        """Preview and apply one file."""
        result = await self.importing.read(file)
        difference = await self.importing.preview(result)
        await self.importing.apply(result)
        return difference

    async def log_size(self) -> int:
        """Events in the log."""
        async with self.parts.reads.connect() as connection:
            return int(await connection.scalar(text("SELECT size FROM log_head")) or 0)

    async def person(self, siasn_id: str) -> Person:
        """Someone by SIASN id."""
        async with self.parts.reads.connect() as connection:
            subject = await vault.by_nip(connection, self.parts.settings.agency, siasn_id)
            stream = (await load(connection, [f"person/{subject}"]))[f"person/{subject}"]
        return fold(recorded.event for recorded in stream.history)


@pytest.fixture
async def bureau(parts: Backbone, tmp_path: Path) -> Bureau:
    """The demo agency's office, before its first import."""
    agency = write_agency(tmp_path / "files", as_of=date(2026, 11, 24))
    return Bureau(parts, RegisterImport(parts, "import"), agency)


async def test_a_first_import_brings_everybody_with_units_histories_and_roles(bureau: Bureau) -> None:
    """All files in order: people, ranks, ratings and roles are there, and the ledger verifies."""
    for file in bureau.agency.files:
        await bureau.take_in(file)
    person = await bureau.person(bureau.agency.promotee.siasn_id)
    assert person.of(RankHeld)
    assert len(person.of(RatingGiven)) >= 2
    async with bureau.parts.reads.connect() as connection:
        roles = await connection.scalar(text("SELECT count(*) FROM roles_held"))
    assert roles == 10
    async with bureau.parts.store.engine.connect() as connection:
        assert (await verify(connection, PROJECTIONS)).problems == []


async def test_the_same_file_again_changes_nothing(bureau: Bureau) -> None:
    """Everybody is counted as the same, and the log does not grow."""
    units, register = bureau.agency.files[:2]
    await bureau.take_in(units)
    await bureau.take_in(register)
    size = await bureau.log_size()
    again = await bureau.take_in(register)
    assert (again.new, again.changed) == (0, 0)
    assert again.same == again.checked
    assert await bureau.log_size() == size


async def test_a_changed_file_shows_the_difference_before_anything_is_written(bureau: Bureau) -> None:
    """One rank date differs: the preview names that one person and fact, and writes nothing."""
    units, register = bureau.agency.files[:2]
    await bureau.take_in(units)
    await bureau.take_in(register)
    size = await bureau.log_size()
    changed = register.with_name("changed.csv")
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    column = lines[0].lstrip("\ufeff").strip().split("|").index("TMT GOLONGAN")
    cells = lines[1].split("|")
    cells[column] = "01-04-2019"
    changed.write_text("".join([lines[0], "|".join(cells), *lines[2:]]), encoding="utf-8")
    difference = await bureau.importing.preview(await bureau.importing.read(changed))
    assert (difference.new, difference.changed) == (0, 1)
    assert [fact.slot for _, facts in difference.examples for fact in facts] == ["rank"]
    assert await bureau.log_size() == size


async def test_a_history_row_of_somebody_unknown_is_counted_and_left_out(bureau: Bureau) -> None:
    """Ranks before people: every row belongs to nobody known, and nothing is recorded."""
    ranks = next(file for file in bureau.agency.files if file.name.startswith("rw-golongan"))
    found = await bureau.take_in(ranks)
    assert found.unknown_owners == found.checked
    assert await bureau.log_size() == 0


async def test_a_snapshot_after_the_history_erases_no_decree_number(bureau: Bureau) -> None:
    """The export knows the rank but not its decree: the decree from the history stays."""
    units, register, *histories = bureau.agency.files
    await bureau.take_in(units)
    await bureau.take_in(register)
    for history in histories:
        await bureau.take_in(history)
    before = await bureau.person(bureau.agency.promotee.siasn_id)
    await bureau.take_in(register)
    after = await bureau.person(bureau.agency.promotee.siasn_id)
    assert before == replace(after)
    assert any(rank.decree for rank in after.of(RankHeld))
