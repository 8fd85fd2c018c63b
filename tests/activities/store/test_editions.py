"""Rules that the service started with are kept, and stay in force when the files of the folder are faulty."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from structlog.testing import capture_logs

from activities.rule_files import RulesInForce, read_rulebook
from activities.settings import Settings
from activities.store.editions import Edition, editions, rules_in_force
from activities.wiring import backbone
from domain.rulebook.problems import RulebookUnusable
from tests.conftest import Database

SHIPPED = Path(str(files("domain.rulebook") / "tables"))
YEARS = "years_in_rank: 4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An office's own rules, as they are shipped."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "rules"))


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """The ledger, as the application."""
    engine = create_async_engine(database.app_url)
    yield engine
    await engine.dispose()


async def started(engine: AsyncEngine, folder: Path | None = None) -> RulesInForce:
    """What a process that starts works by."""
    async with engine.begin() as connection:
        return await rules_in_force(connection, folder, starting=True)


async def kept(engine: AsyncEngine) -> list[Edition]:
    """Every edition."""
    async with engine.connect() as connection:
        return list(await editions(connection))


def changed(folder: Path, new: str, old: str = YEARS) -> None:
    """Write something else into the table of terms."""
    terms = folder / "terms.yaml"
    assert old in terms.read_text(encoding="utf-8")
    terms.write_text(terms.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


async def test_what_a_process_starts_with_is_kept(engine: AsyncEngine, folder: Path) -> None:
    """Text and all: years later the version in an event can be read again."""
    rules = await started(engine, folder)
    [edition] = await kept(engine)

    assert (rules.rulebook.version, rules.problems) == (read_rulebook().version, ())
    assert edition.version == rules.rulebook.version
    assert edition.files["terms.yaml"] == (folder / "terms.yaml").read_text(encoding="utf-8")


async def test_starting_again_keeps_no_second_copy(engine: AsyncEngine) -> None:
    """Processes start at once and often; of each version there is one row, with its first and its last start."""
    await asyncio.gather(*(started(engine) for _ in range(5)))
    [edition] = await kept(engine)

    assert edition.first_started_at <= edition.last_started_at


async def test_a_faulty_file_leaves_the_last_good_rules_in_force(engine: AsyncEngine, folder: Path) -> None:
    """Whoever operates it is told which version decides, and where the fault is."""
    good = await started(engine, folder)
    changed(folder, "years_in_rang: 4")
    with capture_logs() as said:
        rules = await started(engine, folder)
    [problem] = [problem for problem in rules.problems if "years_in_rang" in problem.wrong]

    assert rules.rulebook.version == good.rulebook.version
    assert problem.file == "terms.yaml"
    assert [(line["log_level"], line["version"]) for line in said] == [("error", good.rulebook.version)]
    assert str(problem) in said[0]["problems"]
    assert len(await kept(engine)) == 1


async def test_the_last_good_rules_are_those_started_with_last(engine: AsyncEngine, folder: Path) -> None:
    """An office that went back to its older rules keeps these."""
    older = await started(engine, folder)
    changed(folder, "years_in_rank: 5")
    newer = await started(engine, folder)
    changed(folder, YEARS, "years_in_rank: 5")
    await started(engine, folder)
    changed(folder, "years_in_rank: [")
    rules = await started(engine, folder)

    assert older.rulebook.version != newer.rulebook.version
    assert rules.rulebook.version == older.rulebook.version


async def test_rules_that_this_code_no_longer_reads_are_passed_over(
    engine: AsyncEngine, folder: Path, database: Database
) -> None:
    """An upgrade may have changed what a table must say; the next older edition is tried."""
    good = await started(engine, folder)
    owner = create_async_engine(database.owner_url)
    async with owner.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO rulebook_editions SELECT 'unreadable', '{}', first_started_at, last_started_at + '1 h' "
                "FROM rulebook_editions"
            )
        )
    await owner.dispose()
    (folder / "terms.yaml").unlink()

    assert (await started(engine, folder)).rulebook.version == good.rulebook.version


async def test_with_nothing_to_fall_back_on_the_start_is_refused(engine: AsyncEngine, folder: Path) -> None:
    """A new installation has no last good rules."""
    changed(folder, "years_in_rang: 4")
    with pytest.raises(RulebookUnusable, match=r"terms\.yaml"):
        await started(engine, folder)


async def test_a_folder_that_is_not_there_is_a_fault_like_others(engine: AsyncEngine, tmp_path: Path) -> None:
    """A mistyped setting does not stop the office."""
    await started(engine)
    rules = await started(engine, tmp_path / "no-such-folder")

    assert [problem.wrong for problem in rules.problems] == ["No such file or directory"]


async def test_a_file_that_cannot_be_read_is_a_fault_like_others(engine: AsyncEngine, folder: Path) -> None:
    """Editors leave links to nowhere beside what is being edited."""
    await started(engine)
    (folder / ".#terms.yaml").symlink_to(folder / "somebody@desk.4711")
    [problem] = (await started(engine, folder)).problems

    assert (problem.file, problem.wrong) == (".#terms.yaml", "No such file or directory")


async def test_kept_rules_answer_in_the_order_of_their_files(engine: AsyncEngine, folder: Path) -> None:
    """PostgreSQL keeps names in another order, and an assessment is compared with the one that was stored."""
    good = await started(engine, folder)
    changed(folder, "years_in_rang: 4")
    rules = await started(engine, folder)

    assert [rule.requirement for rule in rules.rulebook.rules] == [rule.requirement for rule in good.rulebook.rules]
    assert rules.rulebook.routes == good.rulebook.routes


async def test_a_start_with_kept_rules_is_a_start(engine: AsyncEngine, folder: Path) -> None:
    """So the list says by which rules the service works, also when its files are faulty."""
    await started(engine, folder)
    [before] = await kept(engine)
    changed(folder, "years_in_rang: 4")
    await started(engine, folder)
    [after] = await kept(engine)

    assert (after.files, after.first_started_at) == (before.files, before.first_started_at)
    assert after.last_started_at > before.last_started_at


async def test_a_command_beside_the_service_keeps_nothing(settings: Settings, engine: AsyncEngine) -> None:
    """What it was asked under was never in force."""
    async with backbone(settings, starting=False) as parts:
        assert parts.rulebook.version == read_rulebook().version
    assert await kept(engine) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rulebook_editions SET files = '{}'",
        "UPDATE rulebook_editions SET version = 'other'",
        "DELETE FROM rulebook_editions",
    ],
)
async def test_the_service_cannot_change_what_was_kept(engine: AsyncEngine, change: str) -> None:
    """Its role may add, and note a start."""
    await started(engine)
    connection: AsyncConnection
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text(change))


async def test_the_service_works_by_the_folder_of_its_settings(settings: Settings, folder: Path) -> None:
    """Everything that decides has the rules of that folder, and those that were good when a file of it is not."""
    changed(folder, "years_in_rank: 5")
    own = settings.model_copy(update={"rules_dir": folder})
    async with backbone(own) as parts:
        version = parts.rulebook.version
    changed(folder, "years_in_rang: 5", "years_in_rank: 5")
    async with backbone(own) as parts:
        assert (parts.rulebook.version, bool(parts.rules.problems)) == (version, True)

    assert version != read_rulebook().version
