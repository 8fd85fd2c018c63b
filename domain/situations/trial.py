"""Situations as a trial of the rulebook: whether any of them notices that a rule, a threshold or a cell was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.calendar import first_of_month
from domain.rulebook.expression import ExpressionFailed, ExpressionInvalid
from domain.rulebook.load import built, dates_at_odds, entries_of
from domain.rulebook.model import Assessment
from domain.rulebook.mutants import Mutant, mutants
from domain.rulebook.periods import LONGEST_GAP, ONE_DAY, is_tmt, tmts_from
from domain.rulebook.problems import Entry, ParsedFile, RulebookUnusable
from domain.rulebook.rulebook import Rulebook
from domain.situations.questions import Situation

Answer = tuple[frozenset[tuple[str | None, ...]], date | None, object]
"""Verdict, severity and law of each requirement, the earliest TMT, and what the question would give."""


@dataclass(frozen=True)
class _Asked:
    """A situation, what the unchanged rulebook answers, how far it had to search, and the words of both."""

    situation: Situation
    answer: Answer
    searched: timedelta
    words: frozenset[str]


class Trial:
    """A rulebook's files, and the situations that try it."""

    def __init__(self, parsed: Sequence[ParsedFile], situations: Sequence[Situation]) -> None:
        """Ask every situation once. Raise RulebookUnusable."""
        self._files = {file.name: entries_of(file) for file in parsed}
        self._parsed = parsed
        self._rulebook = built(self._entries({}), "unchanged")
        self._asked = [_asked(situation, self._rulebook) for situation in situations]

    def mutants(self, only: str = "") -> list[Mutant]:
        """Every mutant, or those of one entry or of one file."""
        since = min((asked.situation.asks.tmt for asked in self._asked), default=date.min)
        found = mutants(self._parsed, since, self._tmts_near)
        return [mutant for mutant in found if not only or only in (mutant.entry, mutant.original.stem)]

    def noticed(self, mutant: Mutant) -> bool:
        """Whether the checks refuse the mutant, or some situation is answered otherwise."""
        try:
            entries = entries_of(mutant.file)
            if mutant.matter is None and any(dates_at_odds(entries)):
                return True
            rulebook = built(self._entries({mutant.file.name: entries}), "mutant")
            return any(_answer(asked.situation, rulebook) != asked.answer for asked in self._concerned(mutant))
        except (RulebookUnusable, ExpressionInvalid, ExpressionFailed):
            return True

    def _concerned(self, mutant: Mutant) -> list[_Asked]:
        """The situations of the matter: first those that speak of what was changed, then those that are quick to ask.

        A mutant is dropped at the first that notices it.
        """
        spoken = {mutant.entry, *map(str, mutant.place[1:]), mutant.change.partition(" ")[0]}
        asked = [asked for asked in self._asked if mutant.matter in (None, asked.situation.matter)]
        return sorted(asked, key=lambda asked: (-len(spoken & asked.words), asked.searched))

    def _tmts_near(self, day: date) -> tuple[date, date]:
        """A day so much later, or earlier, that one more TMT of the promotion calendar falls on its other side."""
        periods = self._rulebook.reference.periods
        months = (first_of_month(day - ONE_DAY, -n) for n in range(LONGEST_GAP + 1))
        before = next((month for month in months if is_tmt(periods, month)), day - ONE_DAY)
        return next(tmts_from(periods, day)) + ONE_DAY, before

    def _entries(self, changed: dict[str, list[Entry[Any]]]) -> list[Entry[Any]]:
        return [entry for entries in (self._files | changed).values() for entry in entries]


def _asked(situation: Situation, rulebook: Rulebook) -> _Asked:
    found = situation.assessed(rulebook)
    words = {*_words(situation.model_dump(mode="json")), *(finding.requirement for finding in found.findings)}
    searched = (found.earliest_tmt or date.max) - found.target_tmt
    return _Asked(situation, _told(situation, found, rulebook), searched, frozenset(words))


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, dict | list):
        for inner in (*said, *said.values()) if isinstance(said, dict) else said:
            yield from _words(inner)
    else:
        yield str(said)


def _answer(situation: Situation, rulebook: Rulebook) -> Answer:
    return _told(situation, situation.assessed(rulebook), rulebook)


def _told(situation: Situation, found: Assessment, rulebook: Rulebook) -> Answer:
    answers = (
        (f.requirement, f.subject, f.verdict, f.severity, f.legal_basis.regulation, f.legal_basis.article)
        for f in found.findings
    )
    return frozenset(answers), found.earliest_tmt, situation.gives(rulebook)
