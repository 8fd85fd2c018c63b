"""The smallest rule files that load, to be changed by one fault at a time."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from domain.rulebook.problems import ParsedFile

BASIS = {"regulation": "PP 99/2000", "article": "pasal 7", "confidence": "sourced", "source": "S7"}
SINCE = {"valid_from": date(2000, 1, 1), "legal_basis": BASIS}

REQUIREMENT: dict[str, Any] = {
    "code": "TIME_IN_RANK",
    "matter": "promotion",
    "applies_when": "true",
    "inputs": ["years_in_rank"],
    "passes_when": "years_in_rank >= 4",
    "severity": "block",
    "message": {"id": "{years_in_rank} tahun", "en": "{years_in_rank} years"},
    "cure": {"id": "Tunggu.", "en": "Wait."},
    **SINCE,
}
STEP: dict[str, Any] = {
    "code": "VERIF",
    "kind": "decision",
    "title": {"id": "Verifikasi", "en": "Verification"},
    "holders": [{"by": "role", "role": "verifier"}],
    "due_after": 5,
    "remind_after": [3],
    "escalate_after": 5,
    "stalled_after": 8,
    "return_to": "proposer",
    "legal_basis": BASIS,
}
FILES: dict[str, Any] = {
    "edition.yaml": {"edition": "test"},
    "sources.yaml": {"sources": {"S7": "a copy of the law"}},
    "education.yaml": [{"ceilings": {"40": "III/d"}, **SINCE}],
    "eselon.yaml": [{"eselons": [{"code": "41", "name": "IV.a", "order": 7}], **SINCE}],
    "periods.yaml": [{"months": [4, 10], "closes_months_before": 1, "closes_on_day": 15, **SINCE}],
    "post_levels.yaml": [{"levels": [{"code": "pelaksana", "post_kinds": ["general"]}], **SINCE}],
    "legal_positions.yaml": [{"not_in_service": ["02"], **SINCE}],
    "career_levels.yaml": [],
    "diploma_grades.yaml": [],
    "freezes.yaml": [],
    "objections.yaml": [],
    "parameters.yaml": [],
    "reasons.yaml": [],
    "retirement_ages.yaml": [],
    "structural_ladder.yaml": [],
    "terms.yaml": [],
    "holidays_overlay.yaml": [],
    "requirements/promotion.yaml": [REQUIREMENT],
    "routes/promotion.yaml": [{"code": "R", "matter": "promotion", "kinds": ["REG"], "steps": [STEP], **SINCE}],
}


def rule_files(**changes: Any) -> list[ParsedFile]:
    """The files, with whole files replaced; a name is written with `__` for `/` and without its ending."""
    changed = {name.replace("__", "/") + ".yaml": data for name, data in changes.items()}
    return [ParsedFile(name, deepcopy(data)) for name, data in (FILES | changed).items()]


def requirement(**changes: Any) -> dict[str, Any]:
    """The one requirement, changed."""
    return deepcopy(REQUIREMENT) | changes


def step(**changes: Any) -> dict[str, Any]:
    """The one step, changed."""
    return deepcopy(STEP) | changes
