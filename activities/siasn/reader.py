"""Reads one file of an agency's personnel data: what it holds, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from activities.siasn.catalogue import Severity
from activities.siasn.employees import PersonRow, person
from activities.siasn.history import HistoryRow, history_row
from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.roles import RoleRow, role_row
from activities.siasn.tables.records import Progress, Record, Terms
from activities.siasn.tables.schemas import FileKind
from activities.siasn.tables.source import Source, digest
from activities.siasn.tables.survey import Survey, surveyed
from activities.siasn.units import unit_tree
from domain.register.events import UnitDescribed
from domain.vocabulary import normal_ref

Row = PersonRow | UnitDescribed | HistoryRow | RoleRow
ROWS_BETWEEN_NEWS = 500


class SourceChanged(Exception):
    """The file is no longer the one that was checked."""


@dataclass(frozen=True)
class ReadResult:
    """One checked file.

    `rows` may be gone through any number of times; each pass reads the file anew, keeps no row, and leaves
    out the refused ones. `problems` is complete and in row order. Columns that the mission does not need are
    named in `dropped_columns`; their cells were never looked at. `checked` counts the records of the file.
    """

    sha256: str
    kind: FileKind | None = None
    rows: Iterable[Row] = ()
    problems: list[RowProblem] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    checked: int = 0

    @property
    def refused(self) -> bool:
        """Whether nothing of the file may be used."""
        return any(problem.severity is Severity.REFUSE_FILE for problem in self.problems)


def read_file(
    path: Path,
    *,
    invented_people: bool,
    agency: str | None,
    units: Mapping[str, UnitDescribed] | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> ReadResult:
    """Check a whole file in bounded memory and offer its good rows.

    `agency` is the INSTANSI whose rows are wanted (None: any), `units` the known unit tree (None: units are
    not checked), `as_of` the day for warnings about age and CPNS time (None: none of them). `progress` is
    told the rows checked so far.
    Raises OSError when the file cannot be opened; every other fault is a problem of the result.
    """
    terms = Terms(invented_people, normal_ref(agency or ""), units, as_of)
    try:
        source = Source(path)
        survey = surveyed(source, terms)
        return _checked(_Rows(source, survey, terms), progress or _silent)
    except FileRefused as refusal:
        return ReadResult(digest(path), problems=refusal.problems)


def _checked(rows: _Rows, progress: Progress) -> ReadResult:
    problems: list[RowProblem] = []
    checked = 0
    for checked, _ in enumerate(rows.read(problems), 1):
        if checked % ROWS_BETWEEN_NEWS == 0:
            progress(checked)
    progress(checked)
    source = rows.source
    return ReadResult(
        sha256=source.sha256,
        kind=rows.survey.kind,
        rows=rows,
        problems=sorted(problems, key=lambda problem: (problem.sheet, problem.row)),
        dropped_columns=list(source.dropped_columns),
        unknown_columns=list(source.unknown_columns),
        checked=rows.survey.rows,
    )


@dataclass(frozen=True)
class _Rows:
    """The good rows of a file, read anew by each loop over them."""

    source: Source
    survey: Survey
    terms: Terms

    def __iter__(self) -> Iterator[Row]:
        if digest(self.source.path) != self.source.sha256:
            raise SourceChanged
        return (row for row in self.read([]) if row is not None)

    def read(self, problems: list[RowProblem]) -> Iterator[Row | None]:
        """Each row in file order, None for one that is refused or says nothing; faults join the problems."""
        records = self.source.records(problems, self.survey.formats)
        if self.survey.kind is FileKind.UNITS:
            units, faults = unit_tree(records, self.survey)
            problems += faults
            yield from units
            return
        for record in records:
            yield self._row(record)
            problems += record.problems

    def _row(self, record: Record) -> Row | None:
        if self.survey.kind is FileKind.EMPLOYEES:
            return person(record, self.survey, self.terms)
        if self.survey.kind is FileKind.ROLES:
            return role_row(record, self.terms)
        return history_row(record, self.terms)


def _silent(rows: int) -> None:
    """Nobody asked for news."""
