"""What holds for every promotion to a post, whoever is asked: more service never harms, and answers repeat."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activities.rule_files import read_rulebook
from domain.calendar import first_of_month
from domain.register.facts import PostKind
from domain.register.person import Person
from domain.rotation.facts import move_facts
from domain.rotation.moves import Move
from domain.rotation.placement import Placement, RotationRequest
from domain.rulebook.model import Verdict
from domain.rulebook.rulebook import Asked
from tests.support.careers import person

RULEBOOK = read_rulebook()
A = "a" * 32
BY_AGE = {
    "BEFORE_RETIREMENT",
    "JPT_PRATAMA_AGE",
    "JPT_MADYA_AGE",
    "JF_TRANSFER_AGE_53",
    "JF_TRANSFER_AGE_55",
    "JF_TRANSFER_AGE_60",
}
KINDS = ("PENGAWAS", "ADMINISTRATOR", "JPT-PRATAMA", "JPT-MADYA", "JF-PROMOSI", "JF-PERPINDAHAN")
TARGETS = {
    **{eselon: (PostKind.STRUCTURAL, eselon, "") for eselon in ("42", "41", "32", "31", "22", "21", "12")},
    **{level: (PostKind.FUNCTIONAL, "", level) for level in ("penyelia", "ahli-muda", "ahli-madya", "ahli-utama")},
}
SINCE = st.dates(date(2005, 1, 1), date(2025, 12, 1)).map(first_of_month)
POSTS = st.one_of(
    st.sampled_from(["42", "41", "32", "31", "22", "21", "51"]).map(
        lambda eselon: {"post": "X", "kind": "structural", "eselon": eselon}
    ),
    st.sampled_from(["ahli-pertama", "ahli-muda", "ahli-madya", "ahli-utama", ""]).map(
        lambda level: {"post": "X", "kind": "functional", "level": level}
    ),
    st.just({"post": "X", "kind": "general"}),
)
CAREERS = st.fixed_dictionaries(
    {
        "ranks": st.dictionaries(SINCE, st.sampled_from(["III/a", "III/c", "IV/a", "IV/c"]), min_size=1, max_size=1),
        "posts": st.dictionaries(SINCE, POSTS, min_size=1, max_size=4),
        "born": st.dates(date(1960, 1, 1), date(1995, 1, 1)),
        "education": st.lists(st.sampled_from(["15", "30", "40", "45"]), max_size=2, unique=True),
        "sanctions": st.lists(
            SINCE.map(lambda day: {"level": "sedang", "from": day, "last_day": first_of_month(day, 6)}), max_size=2
        ),
    },
    optional={"appointed": SINCE.map(lambda day: {"cpns": day, "pns": first_of_month(day, 12)})},
)


def known(words: dict[str, Any]) -> Person:
    """The person, in service and rated very good in every year."""
    settled = {"legal_position": "01", "ratings": dict.fromkeys(range(2005, 2040), "sangat-baik")}
    return person(A, words | settled)


def against(who: Person, kind: str, target: str, tmt: date) -> set[str]:
    """What is known to stand against the move on the TMT, ages aside."""
    post_kind, eselon, level = TARGETS[target]
    move = Move(
        subject=A,
        from_post="X",
        to_post="Y",
        to_unit="U",
        to_name="Y",
        to_kind=post_kind,
        to_eselon=eselon,
        to_career_level=level,
    )
    request = RotationRequest(kind=kind, moves=[move], target_tmt=tmt, submitted_on=tmt)
    facts = move_facts(move, who, Placement(request, {"Y": None}), RULEBOOK.reference)
    findings = RULEBOOK.findings("rotation", tmt, Asked(facts))
    return {finding.requirement for finding in findings if finding.verdict is Verdict.NOT_MET} - BY_AGE


@given(
    words=CAREERS,
    kind=st.sampled_from(KINDS),
    target=st.sampled_from(sorted(TARGETS)),
    years=st.integers(1, 5),
)
def test_more_service_never_harms(words: dict[str, Any], kind: str, target: str, years: int) -> None:
    """Some years later nothing stands against the move that did not before, except age."""
    who, tmt = known(words), date(2026, 3, 1)

    assert against(who, kind, target, tmt.replace(year=tmt.year + years)) <= against(who, kind, target, tmt)


@given(words=CAREERS, kind=st.sampled_from(KINDS), target=st.sampled_from(sorted(TARGETS)))
def test_the_same_facts_have_the_same_answer(words: dict[str, Any], kind: str, target: str) -> None:
    """Facts written in another order are the same facts."""
    turned = {name: dict(reversed(value.items())) if name == "posts" else value for name, value in words.items()}
    tmt = date(2026, 3, 1)

    assert against(known(words), kind, target, tmt) == against(known(turned), kind, target, tmt)
