"""The command that answers a written situation, requirement by requirement: no database, no engine."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from activities.rule_files import read_rulebook
from activities.settings import Settings
from activities.situation_files import read_situations
from api.answers.findings import FindingAnswer
from api.words import Language, said
from domain.promotion.upcoming import overall
from domain.rulebook.assess import SEARCHED_MONTHS
from domain.rulebook.model import Assessment, Finding, Text, Verdict
from domain.rulebook.problems import FilesUnusable
from domain.situations.files import Told
from domain.situations.outcomes import outcome_of
from domain.situations.questions import RotationSituation, put_on, reference

WRONG_FILE = 2
PAPER = 140
"""Columns where nobody watches."""
MARKS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.CANNOT_TELL: "?"}
HEADINGS = (
    Text(id="", en=""),
    Text(id="bila tidak", en="if not"),
    Text(id="syarat", en="requirement"),
    Text(id="dasar hukum", en="law"),
    Text(id="terpenuhi mulai", en="met from"),
)
SEVERITIES = {
    "block": Text(id="menghalangi", en="blocks"),
    "warn": Text(id="diperingatkan", en="warns"),
    "return": Text(id="dikembalikan", en="is returned"),
}
CONFIDENCES = {
    "sourced": Text(id="bersumber", en="sourced"),
    "general": Text(id="pengetahuan umum", en="general knowledge"),
    "weak": Text(id="sumber lemah", en="weak source"),
}
ASKED = Text(id="{kind}, TMT {tmt}, diajukan {lodged}", en="{kind}, TMT {tmt}, lodged {lodged}")
ELIGIBLE = Text(id="Memenuhi syarat untuk TMT {tmt}.", en="Eligible for TMT {tmt}.")
INCOMPLETE = Text(
    id="Tidak ada yang diketahui menghalangi TMT {tmt}; data belum cukup untuk: {gaps}.",
    en="Nothing known stands against TMT {tmt}; too little is known for: {gaps}.",
)
LATER = Text(id="Belum memenuhi syarat; TMT paling cepat {earliest}.", en="Not yet; earliest TMT {earliest}.")
NEVER = Text(
    id="Tidak memenuhi syarat dalam {months} bulan sejak TMT {tmt}.", en="Never within {months} months of TMT {tmt}."
)
MISSING = Text(id="tidak diketahui: {missing}", en="not known: {missing}")
VERSION = Text(id="Buku aturan {version}", en="Rulebook {version}")
UNEXPECTED = Text(id="Tidak seperti yang diharapkan: {differs}.", en="Not as expected: {differs}.")


def assess(
    file: Annotated[Path, Parameter(help="one situation, or a list of them, as YAML")],
    *,
    as_of: Annotated[date | None, Parameter(help="put the question on this day, for the TMT that is due then")] = None,
    as_json: Annotated[bool, Parameter(name="--json", help="print JSON", negative="")] = False,
    locale: Annotated[Literal["id", "en"] | None, Parameter(help="id or en")] = None,
) -> int:
    """Answer the situations of a file: every requirement, its law, its cure, and from when on it is met.

    Ends with 0 when nothing stands against them (or all is as the file expects it), with 1 otherwise, with 2 when the
    file is wrong. What a file may say is shown by the examples in domain/rulebook/examples.
    """
    settings = Settings()
    rulebook = read_rulebook(settings.rules_dir)
    try:
        found = read_situations(str(file), file, rulebook, put_on(as_of, rulebook) if as_of else None)
    except (FilesUnusable, OSError) as error:
        wrong = str(error) if isinstance(error, FilesUnusable) else f"{file}: {error.strerror}"
        Console(stderr=True, emoji=False).print(wrong, highlight=False, markup=False, soft_wrap=True)
        return WRONG_FILE
    language = locale or settings.locale
    answers = [_Answer.to(one, one.situation.assessed(rulebook), compared=as_of is None) for one in found]
    if as_json:
        told = [answer.json(language) for answer in answers]
        listed = isinstance(found[0].words.file.data, list)
        print(json.dumps(told if listed else told[0], ensure_ascii=False, indent=2))  # noqa: T201 - for programs
    else:
        for answer in answers:
            answer.tell(Console(emoji=False, width=_width()), language)
    return int(any(answer.fails for answer in answers))


@dataclass(frozen=True)
class _Answer:
    """What the rulebook says to a situation, and where that is not what its writer expected."""

    one: Told
    assessment: Assessment
    differs: list[str] | None

    @classmethod
    def to(cls, one: Told, assessment: Assessment, *, compared: bool) -> _Answer:
        expected = one.expected if compared else None
        return cls(one, assessment, list(outcome_of(assessment).against(expected)) if expected else None)

    @property
    def fails(self) -> bool:
        stands_against = self.assessment.earliest_tmt != self.assessment.target_tmt
        return stands_against if self.differs is None else bool(self.differs)

    def json(self, language: Language) -> dict[str, Any]:
        asks, assessment = self.one.situation.asks, self.assessment
        earliest = assessment.earliest_tmt
        return {
            "situation": self.one.words.name,
            "kind": asks.kind,
            "tmt": asks.tmt.isoformat(),
            "lodged_on": asks.lodged.isoformat(),
            "verdict": overall(assessment),
            "earliest_tmt": earliest.isoformat() if earliest else None,
            "rulebook_version": assessment.rulebook_version,
            "requirements": [self._finding(finding, language) for finding in assessment.findings],
            "differs": self.differs,
        }

    def _finding(self, finding: Finding, language: Language) -> dict[str, Any]:
        told = FindingAnswer.of(finding, language).model_dump(mode="json")
        return told | {"subject": self._name(finding), "confidence": finding.legal_basis.confidence}

    def tell(self, console: Console, language: Language) -> None:
        asks = self.one.situation.asks
        asked = ASKED.filled({"kind": asks.kind, "tmt": f"{asks.tmt}", "lodged": f"{asks.lodged}"})
        console.print(self.one.words.name, style="bold", highlight=False, markup=False)
        console.print(getattr(asked, language), highlight=False)
        table = Table(*(getattr(heading, language) for heading in HEADINGS), box=None)
        for finding in self.assessment.findings:
            table.add_row(*map(escape, self._cells(finding, language)))
        console.print(table)
        console.print(self._whole(language), highlight=False, markup=False)
        if self.differs:
            differs = UNEXPECTED.filled({"differs": "; ".join(self.differs)})
            console.print(f"✗ {getattr(differs, language)}", highlight=False, markup=False)
        version = VERSION.filled({"version": self.assessment.rulebook_version})
        console.print(f"{getattr(version, language)}\n", highlight=False)

    def _cells(self, finding: Finding, language: Language) -> tuple[str, ...]:
        answer, basis = FindingAnswer.of(finding, language), finding.legal_basis
        name = self._name(finding)
        lines = [f"{name}: {finding.requirement}" if name else finding.requirement, answer.message, answer.cure]
        if finding.missing:
            lines.append(getattr(MISSING.filled({"missing": ", ".join(finding.missing)}), language))
        return (
            MARKS[finding.verdict],
            said(SEVERITIES, finding.severity, language),
            "\n".join(filter(None, lines)),
            f"{basis.regulation}, {basis.article} ({said(CONFIDENCES, basis.confidence, language)})",
            str(finding.earliest_on or ""),
        )

    def _whole(self, language: Language) -> str:
        assessment = self.assessment
        earliest, unclear = assessment.earliest_tmt, outcome_of(assessment).unknown
        if earliest is None:
            text = NEVER
        elif earliest != assessment.target_tmt:
            text = LATER
        else:
            text = INCOMPLETE if unclear else ELIGIBLE
        values = {
            "tmt": str(assessment.target_tmt),
            "earliest": str(earliest),
            "months": str(SEARCHED_MONTHS),
            "gaps": ", ".join(unclear),
        }
        return str(getattr(text.filled(values), language))

    def _name(self, finding: Finding) -> str | None:
        """The name under which the person is written; one person alone needs none."""
        situation = self.one.situation
        if not isinstance(situation, RotationSituation):
            return None
        return next((name for name in situation.people if reference(name) == finding.subject), None)


def _width() -> int | None:
    """The terminal's, or what `COLUMNS` says; a file gets lines that can be read."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else PAPER
