"""Invented people and promotions of every kind, for laws that hold for all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from domain.calendar import first_of_month
from domain.promotion.facts import PromotionRequest
from domain.promotion.kinds import PromotionKind
from domain.vocabulary import GRADES, Grade, Rating

TMT = date(2026, 2, 1)
LODGED = date(2026, 1, 5)
ELIGIBLE: dict[str, Any] = {
    "ranks": {date(2021, 12, 1): "III/b"},
    "posts": {date(2015, 1, 1): {"post": "P", "kind": "general"}},
    "born": date(1985, 6, 15),
    "legal_position": "01",
    "education": ["40"],
    "ratings": {2023: "baik", 2024: "baik", 2025: "baik"},
}
"""A member of staff who may rise to III/c on the TMT."""

LEVELS = ["pemula", "terampil", "mahir", "penyelia", "ahli-pertama", "ahli-muda", "ahli-madya", "ahli-utama"]
PLACES = [
    {"kind": "general"},
    *({"kind": "structural", "eselon": eselon} for eselon in ("II.b", "III.b", "IV.a", "IV.b", "V.a")),
    *({"kind": "functional", "level": level} for level in LEVELS),
    {"kind": "functional"},
    {"kind": "structural"},
]
STUDIES = [
    [],
    [{"from": date(2024, 8, 1), "level": "45"}],
    [{"from": date(2021, 8, 1), "until": date(2025, 8, 1), "level": "40"}],
]
SANCTIONS = [
    [],
    [{"level": "berat", "from": date(2025, 1, 1), "last_day": date(2026, 12, 31)}],
    [{"level": "sedang", "from": date(2024, 1, 1), "last_day": date(2025, 6, 30)}],
]
ENDS = [
    None,
    *({"from": TMT, "cause": cause} for cause in ("retirement", "death", "killed-on-duty", "disabled-on-duty")),
    {"from": date(2026, 8, 17), "cause": "killed-on-duty"},
]
CREDITS = [{}, {date(2026, 1, 1): "50.00"}, {date(2026, 1, 1): "99.99"}, {date(2026, 1, 1): "450.00"}]


def _months_ago(most: int) -> st.SearchStrategy[date]:
    return st.integers(0, most).map(lambda months: first_of_month(TMT, -months))


people: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "ranks": st.tuples(_months_ago(72), st.sampled_from(GRADES)).map(lambda held: {held[0]: str(held[1])}),
        "posts": st.one_of(
            st.just({}),
            st.tuples(_months_ago(72), st.sampled_from(PLACES)).map(lambda held: {held[0]: {"post": "P", **held[1]}}),
        ),
        "appointed": st.one_of(st.none(), _months_ago(400).map(lambda day: {"cpns": day})),
        "born": st.sampled_from([None, date(1968, 1, 15), date(1968, 3, 15), date(1985, 6, 15)]),
        "legal_position": st.sampled_from([None, "01", "02", "03", "15"]),
        "status": st.sampled_from(["P", "C"]),
        "education": st.lists(st.sampled_from(["15", "30", "40", "42", "45", "47"]), max_size=2),
        "ratings": st.dictionaries(st.integers(2023, 2025), st.sampled_from([rating.value for rating in Rating])),
        "credits": st.sampled_from(CREDITS),
        "exams": st.lists(st.sampled_from(["ujian-dinas-1", "ujian-dinas-2", "ukppi", "uji-kompetensi"]), max_size=3),
        "trainings": st.lists(st.sampled_from(["pim-4", "pim-3", "pim-2"]), max_size=1),
        "honours": st.sampled_from([{}, {TMT: "prestasi-luar-biasa"}, {TMT: "penemuan-baru"}]),
        "studies": st.sampled_from(STUDIES),
        "sanctions": st.sampled_from(SANCTIONS),
        "ended": st.sampled_from(ENDS),
    }
)
"""People as situations write them: most lack something."""


def asked(words: dict[str, Any], kind: str, steps: int = 1) -> PromotionRequest:
    """A promotion of the kind so many grades up from the one the person holds, as far as there are any."""
    (held,) = words["ranks"].values()
    level = min(Grade(held).level + steps, len(GRADES))
    return PromotionRequest(kind=kind, target_grade=GRADES[level - 1], target_tmt=TMT, submitted_on=LODGED)


requests = st.tuples(people, st.sampled_from(list(PromotionKind)), st.integers(1, 3)).map(
    lambda drawn: (drawn[0], asked(drawn[0], drawn[1], drawn[2]))
)
"""A person's words and what is asked for them."""
