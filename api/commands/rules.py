"""Commands for people who write rules: check files, find what no situation tests, re-assess the past under a draft."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.types import ExistingDirectory
from rich.console import Console
from rich.progress import track

from activities.rule_files import parsed_rules, read_rulebook
from activities.settings import Settings
from activities.situation_files import read_situations
from domain.rulebook.load import load
from domain.rulebook.problems import FilesUnusable, Problem
from domain.rulebook.rulebook import Rulebook
from domain.situations.questions import Situation
from domain.situations.trial import Trial

if TYPE_CHECKING:
    from activities.readmodels.replay import Replayed

WRONG_FILE = 2
SITUATIONS = Path("tests/rulebook/situations")
Folder = Annotated[
    ExistingDirectory | None,
    Parameter(help="folder of rule files; else JENJANG_RULES_DIR, else the shipped one"),
]


def check(folder: Folder = None) -> int:
    """Check rule files: what is wrong with them, in which line, and what to write instead."""
    console = Console(emoji=False)
    try:
        rulebook = read_rulebook(folder or Settings().rules_dir)
    except FilesUnusable as unusable:
        for problem in unusable.problems:
            console.print(f"✗ {problem}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"{len(unusable.problems)} problems", highlight=False)
        return 1
    tables = sum(len(entries) for entries in vars(rulebook.reference).values())
    counts = f"{len(rulebook.rules)} rules, {tables} entries of tables, {len(rulebook.routes)} routes"
    console.print(f"{rulebook.version}: {counts}; nothing is wrong", highlight=False)
    weak = [rule.requirement for rule in rulebook.rules if rule.requirement.legal_basis.confidence == "weak"]
    console.print(f"{len(weak)} rules stay warnings, because their source is weak:", highlight=False)
    for rule in weak:
        until = f", until {rule.valid_to}" if rule.valid_to else ""
        basis = f"{rule.legal_basis.regulation}, {rule.legal_basis.article}{until}"
        console.print(f"  {rule.code}: {basis}", highlight=False, markup=False, soft_wrap=True)
    return 0


def mutants(
    *,
    rules: Folder = None,
    situations: Annotated[Path, Parameter(help="folder of situation files")] = SITUATIONS,
    only: Annotated[str, Parameter(help="change only this rule or entry, or this file")] = "",
) -> int:
    """Change every rule, threshold and table cell in turn; list what no situation notices.

    Ends with 0 when every change is noticed, with 1 when some are not, with 2 when files are wrong. A change that the
    checks refuse is noticed. Routes, holidays and sources are left alone: no assessment reads them.
    """
    console = Console(emoji=False)
    try:
        parsed = parsed_rules(rules or Settings().rules_dir)
        trial = Trial(parsed, _situations(situations, load(parsed)))
    except FilesUnusable as unusable:
        Console(stderr=True, emoji=False).print(str(unusable), highlight=False, markup=False, soft_wrap=True)
        return WRONG_FILE
    tried = trial.mutants(only)
    if not tried:
        Console(stderr=True, emoji=False).print(f"nothing is called {only}", highlight=False, markup=False)
        return WRONG_FILE
    dead = [
        one for one in track(tried, "changing", console=Console(stderr=True, emoji=False)) if not trial.noticed(one)
    ]
    for mutant in dead:
        console.print(f"✗ {mutant}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"{len(tried)} changes, {len(dead)} of them noticed by no situation", highlight=False)
    return int(bool(dead))


async def replay(*, draft: Annotated[ExistingDirectory, Parameter(help="folder with the draft's rule files")]) -> int:
    """Re-assess every submission under draft rules; list whose outcome flips, with before and after.

    Each is asked with the register as it was known then, on the day it was lodged. Writes nothing. Ends with 0 when
    nothing flips, with 1 when something does, with 2 when the draft's files are wrong.
    """
    from activities.readmodels.replay import replay as replayed
    from activities.readmodels.replay import states
    from api.commands.register import connected

    console = Console(emoji=False)
    try:
        drafted = read_rulebook(draft)
    except FilesUnusable as unusable:
        Console(stderr=True, emoji=False).print(str(unusable), highlight=False, markup=False, soft_wrap=True)
        return WRONG_FILE
    count = 0
    told: list[Replayed] = []
    async with connected() as parts, parts.reads.connect() as connection:
        async for one in replayed(connection, parts.calendar, parts.rulebook, drafted):
            count += 1
            told += [one] if one.flipped or one.unfaithful else []
        now = await states(connection, {one.proposal_id for one in told})
    versions = f"{parts.rulebook.version} and {drafted.version}"
    console.print(f"submissions re-assessed under {versions}: {count}", highlight=False, soft_wrap=True)
    for one in told:
        state = now[one.proposal_id]
        where = f"{one.proposal_id}, round {one.round}, lodged {one.lodged_on}, {state.name}"
        if one.unfaithful:
            console.print(f"✗ {where}: the rules it was lodged under answer otherwise now", highlight=False)
        for line in _flips(one):
            console.print(f"{where}: {line}", highlight=False, markup=False, soft_wrap=True)
    if not told:
        console.print("nothing flips", highlight=False)
    return int(bool(told))


async def editions() -> int:
    """List every version of the rules that the service started with, and what is wrong with the files of today.

    In force is the one it started with last. Writes nothing. Ends with 1 when files are faulty, with 0 otherwise.
    """
    from activities.store.editions import editions as kept
    from api.commands.register import connected

    console = Console(emoji=False)
    async with connected() as parts, parts.reads.connect() as connection:
        rules = parts.rules
        listed = await kept(connection)
        for edition in listed:
            mark = "in force" if edition is listed[0] else ""
            first, last = (f"{at:%Y-%m-%d %H:%MZ}" for at in (edition.first_started_at, edition.last_started_at))
            console.print(f"{edition.version}  {first} – {last}  {mark}".rstrip(), highlight=False, soft_wrap=True)
    if rules.rulebook.version not in {edition.version for edition in listed[:1]}:
        console.print(f"at the next start: {rules.rulebook.version}", highlight=False)
    for problem in rules.problems:
        console.print(f"✗ {problem}", highlight=False, markup=False, soft_wrap=True)
    return int(bool(rules.problems))


def _flips(one: Replayed) -> list[str]:
    lines = [
        f"{flip.requirement}{f' ({flip.subject[:8]})' if flip.subject else ''}: {flip.before} → {flip.after}"
        for flip in one.flips
    ]
    before, after = one.in_force.earliest_tmt, one.draft.earliest_tmt
    return lines if before == after else [*lines, f"earliest TMT: {before or 'never'} → {after or 'never'}"]


def _situations(folder: Path, rulebook: Rulebook) -> list[Situation]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise FilesUnusable([Problem(str(folder), 1, "-", "no situation files", "name their folder: --situations DIR")])
    return [one.situation for file in files for one in read_situations(str(file), file, rulebook)]
