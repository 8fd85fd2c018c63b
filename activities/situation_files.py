"""Reading situation files: as they are written, and with every code known to SIASN or to the rulebook."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable

from activities.siasn import codes
from activities.yaml_files import read_yaml
from domain.rulebook.problems import FilesUnusable, Place, Problem, closest
from domain.rulebook.rulebook import Rulebook
from domain.situations.files import Told, told
from domain.situations.people import WrittenPerson
from domain.situations.questions import Dates, PromotionSituation

NO_ESELON = ("", "00", "99")
STATUSES = ("C", "P", "PPPK")
NAMED = re.compile(r"'([^']*)'\s+in\s+(\w+)")
"""How a rule asks for an exam, a training or an honour."""


def read_situations(name: str, file: Traversable, rulebook: Rulebook, dates: Dates | None = None) -> list[Told]:
    """The situations of a file, put on other dates if any are given.

    Raise FilesUnusable naming file, line, what is wrong and what to write instead; OSError when there is no such file.
    """
    found = told(read_yaml(name, file), dates)
    problems = {
        (problem.line, problem.wrong): problem for one in reversed(found) for problem in _unknown(one, rulebook)
    }
    if problems:
        raise FilesUnusable(problems.values())
    return found


def _unknown(one: Told, rulebook: Rulebook) -> Iterator[Problem]:
    """A problem for each code that nobody knows."""
    for place, what, code, known in _codes(one, rulebook):
        if code not in known:
            yield one.words.problem(f"unknown {what} `{code}`", closest(code, sorted(filter(None, known))), *place)


Used = tuple[Place, str, str, Collection[str]]
"""Where a code stands, what it is a code of, the code, and those that are known."""


def _codes(one: Told, rulebook: Rulebook) -> Iterator[Used]:
    situation = one.situation
    kinds = {kind for route in rulebook.routes if route.matter == situation.matter for kind in route.kinds}
    yield ("asks", "kind"), f"kind of {situation.matter}", situation.asks.kind, kinds
    rules = {rule.requirement.code for rule in rulebook.rules if rule.requirement.matter == situation.matter}
    for name in ("blocks", "unknown", "warns"):
        for index, code in enumerate(getattr(one.expected, name, [])):
            yield ("expect", name, index), "requirement", code, rules
    if isinstance(situation, PromotionSituation):
        yield from _codes_of(situation.person, ("person",), rulebook)
        return
    for name, person in situation.people.items():
        yield from _codes_of(person, ("people", name), rulebook)
    eselons = _eselons(rulebook)
    for index, move in enumerate(situation.asks.moves):
        yield ("asks", "moves", index, "who"), "person", move.who, situation.people
        yield ("asks", "moves", index, "eselon"), "eselon", move.eselon, eselons
    documents = {rule.code for route in rulebook.routes for rule in route.documents}
    for index, code in enumerate(situation.asks.documents):
        yield ("asks", "documents", index), "document", code, documents


def _codes_of(person: WrittenPerson, place: Place, rulebook: Rulebook) -> Iterator[Used]:
    if person.legal_position is not None:
        yield (*place, "legal_position"), "legal position", person.legal_position, codes.LEGAL_POSITIONS
    yield (*place, "status"), "service status", person.status, STATUSES
    eselons = _eselons(rulebook)
    levels = {"", *(level.code for level in rulebook.reference.career_levels)}
    for since, post in person.posts.items():
        yield (*place, "posts", since, "eselon"), "eselon", post.eselon, eselons
        yield (*place, "posts", since, "level"), "level of a functional post", post.level, levels
    for index, level in enumerate(person.education):
        yield (*place, "education", index), "level of education", level, codes.EDUCATION
    for index, study in enumerate(person.studies):
        yield (*place, "studies", index, "level"), "level of education", study.level, codes.EDUCATION
    named = _named(rulebook)
    for index, code in enumerate(person.exams):
        yield (*place, "exams", index), "exam", code, named["exams"]
    for index, code in enumerate(person.trainings):
        yield (*place, "trainings", index), "training", code, named["trainings"]
    for day, code in person.honours.items():
        yield (*place, "honours", day), "honour", code, named["honours"]


def _eselons(rulebook: Rulebook) -> set[str]:
    known = (eselon for table in rulebook.reference.eselons for eselon in table.eselons)
    return {*NO_ESELON, *(text for eselon in known for text in (eselon.code, eselon.name))}


def _named(rulebook: Rulebook) -> dict[str, set[str]]:
    """The exams, trainings and honours that some rule asks for; of leadership trainings SIASN knows all."""
    found = {"exams": set[str](), "trainings": set(codes.LEADERSHIP_TRAININGS.values()), "honours": set[str]()}
    for rule in rulebook.rules:
        for code, name in NAMED.findall(f"{rule.applies.source} {rule.passes.source}"):
            found.setdefault(name, set()).add(code)
    return found
