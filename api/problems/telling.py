"""A refusal in a reader's words: its code and fields for programs, a title and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from pydantic_core import to_jsonable_python

from api.answers.findings import told_findings
from api.problems.table import PROBLEMS
from api.words import FACTS, JSON_FAULTS, ROLES, STATES, VERBS, Language, said
from domain.errors import DomainError
from domain.proposal.commands import SYSTEM
from domain.rulebook.model import Text

FASTER = ("decided_by", "changed_by")
"""Fields that hold whoever was faster."""
OURSELVES = {SYSTEM: Text(id="layanan ini", en="this service")}
WORDS: Mapping[str, Mapping[str, Text]] = {
    "state": STATES,
    "verb": VERBS,
    "role": ROLES,
    "roles": ROLES,
    "fact": FACTS,
    "reason": JSON_FAULTS,
    **dict.fromkeys(FASTER, OURSELVES),
}
"""Fields whose codes have words."""
ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


@dataclass(frozen=True)
class Reader:
    """Whoever reads: the language, the office's offset from UTC, and names for references that sentences hold."""

    language: Language
    utc_offset: timedelta
    names: Mapping[str, str] = field(default_factory=dict)

    def time(self, instant: datetime) -> str:
        """An instant by the office's clock."""
        local = instant.astimezone(timezone(self.utc_offset))
        return f"{local:%d-%m-%Y %H.%M} {ZONES.get(self.utc_offset // timedelta(hours=1), '')}".strip()


def told(refusal: DomainError, reader: Reader) -> dict[str, Any]:
    """Title, status, detail, code and the refusal's fields, ready for JSON; raises KeyError for an unmapped code."""
    row = PROBLEMS[refusal.code]
    values = {name: _shown(name, value, reader) for name, value in refusal.details().items()}
    sentence = next((words for name, words in row.bare.items() if not values[name]), row.detail)
    return {
        "title": getattr(row.title, reader.language),
        "status": row.status,
        "detail": getattr(sentence.filled(values), reader.language),
        "code": refusal.code,
        **_fields(refusal, reader),
    }


def _fields(refusal: DomainError, reader: Reader) -> dict[str, Any]:
    """The refusal's fields; a field of the request becomes a pointer, findings speak the reader's language."""
    found = dict(refusal.details())
    if (place := found.pop("field", None)) is not None:
        found["errors"] = [{"pointer": f"#/{place}"}]
    if "findings" in found:
        found["findings"] = told_findings(found["findings"], reader.language)
    found |= {f"{place}_name": reader.names[found[place]] for place in FASTER if found.get(place) in reader.names}
    fields: dict[str, Any] = to_jsonable_python(found)
    return fields


def _shown(name: str, value: Any, reader: Reader) -> str:
    """A field as it stands in a sentence."""
    if not value:
        return ""
    if name.endswith("_at"):
        return reader.time(datetime.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(_shown(name, item, reader) for item in value if isinstance(item, str))
    text = str(value)
    return reader.names.get(text) or said(WORDS.get(name, {}), text, reader.language)
