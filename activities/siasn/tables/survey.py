"""The first pass over a file: what can only be seen in all rows together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from activities.siasn import codes
from activities.siasn.problems import FileRefused, RowProblem
from activities.siasn.tables import cells
from activities.siasn.tables.cells import DateFormat
from activities.siasn.tables.records import Formats, Record, Terms
from activities.siasn.tables.schemas import FileKind
from activities.siasn.tables.source import Source


@dataclass
class Survey:
    """Date formats by majority, values that stand in two rows, units with two heads, agencies."""

    kind: FileKind | None = None
    rows: int = 0
    votes: dict[tuple[str, str], dict[str, Counter[DateFormat]]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    doubled: dict[str, set[str]] = field(default_factory=dict)
    heads: Counter[str] = field(default_factory=Counter)
    agencies: set[str] = field(default_factory=set)
    rounded_nip: tuple[int, str] | None = None

    @property
    def formats(self) -> Formats:
        """For each date column the one format that most of its cells have."""
        return {
            place: {name: counts.most_common(1)[0][0] for name, counts in columns.items() if counts}
            for place, columns in self.votes.items()
        }

    def observe(self, record: Record) -> None:
        """Take one record into account."""
        self.kind = record.schema.kind
        self.rows += 1
        columns = self.votes.setdefault((record.sheet, record.schema.name), {})
        for name in record.schema.dates:
            if form := cells.date_format(record.cells.get(name)):
                columns.setdefault(name, Counter())[form] += 1
        for name in record.schema.unique:
            self._count(name, record)
        if self.kind is not FileKind.HISTORY and cells.is_rounded_number(record.cells.get("nip")):
            self.rounded_nip = self.rounded_nip or (record.row, record.heading("nip"))
        if self.kind is FileKind.EMPLOYEES:
            self._observe_employee(record)

    def is_doubled(self, record: Record, name: str) -> bool:
        """Whether the field's value stands in another row too."""
        return record.identifier(name) in self.doubled.get(name, ())

    def _count(self, name: str, record: Record) -> None:
        value, seen = record.identifier(name), self.seen.setdefault(name, set())
        if value in seen:
            self.doubled.setdefault(name, set()).add(value)
        elif value:
            seen.add(value)

    def _observe_employee(self, record: Record) -> None:
        self.agencies |= {record.identifier("home_agency"), record.identifier("work_agency")}
        if record.code("post_kind", 1) == "1" and record.code("legal_position") not in codes.LEFT_SERVICE:
            self.heads[record.identifier("unit")] += 1


def surveyed(source: Source, terms: Terms) -> Survey:
    """The survey of a file.

    Raises FileRefused when the file as a whole cannot be trusted or is not this agency's.
    """
    survey = Survey()
    faults: list[RowProblem] = []
    for record in source.records(faults):
        survey.observe(record)
    survey.seen.clear()
    if survey.rounded_nip:
        row, heading = survey.rounded_nip
        raise FileRefused(RowProblem("numeric-nip", row, heading))
    if not survey.rows:
        raise FileRefused(RowProblem("empty-file"), *faults)
    if survey.kind is FileKind.EMPLOYEES and terms.agency and terms.agency not in survey.agencies:
        raise FileRefused(RowProblem("no-row-of-agency", values={"expected": terms.agency}))
    return survey
