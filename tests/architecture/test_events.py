"""Stored events are a contract: each has a name of its own, a codec, golden bytes, and seals what people write."""

from __future__ import annotations

import re
from typing import Any

import pytest

from activities.store.codec import CURRENT_VERSION, EVENT_CLASSES, free_text
from domain.vocabulary import Frozen
from tests.support.golden import covered, entries
from tests.support.samples import SAMPLES

TYPE = re.compile(r"(proposal|register)(\.[a-z]+(-[a-z]+)*)")
WRITTEN_BY_PEOPLE = {"note", "reason", "remark", "comment"}


def stored_classes(base: type[Any] = Frozen) -> set[type[Any]]:
    """Every message of the domain that says under which name it is stored."""
    found = {base} if "event_type" in vars(base) else set()
    return found.union(*(stored_classes(sub) for sub in base.__subclasses__()))


def uncovered(stored: list[bytes]) -> set[tuple[str, int]]:
    """Every (type, version) up to today's without a golden sample."""
    wanted = {(kind, version) for kind, current in CURRENT_VERSION.items() for version in range(1, current + 1)}
    return wanted - covered(stored)


def kinds_of(schema: Any) -> set[str]:
    """Every JSON type that a schema lets in."""
    if isinstance(schema, list):
        return set().union(*map(kinds_of, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["type"]} if isinstance(schema.get("type"), str) else set()
    return own.union(*map(kinds_of, schema.values()))


def test_every_event_of_the_domain_has_a_codec() -> None:
    """None is left out of the union that the codec reads."""
    assert stored_classes() == set(EVENT_CLASSES.values())


def test_every_event_has_a_name_of_its_own() -> None:
    """Lower case, with its category; never a Python path."""
    assert len(EVENT_CLASSES) == len(stored_classes())
    assert [name for name in EVENT_CLASSES if not TYPE.fullmatch(name)] == []


def test_every_version_of_every_event_has_golden_bytes() -> None:
    """`python -m tests.support.golden` adds those of a new one; the check misses a sample that is taken away."""
    golden = entries("events")

    assert uncovered(golden) == set()
    assert len(uncovered(golden[1:])) == 1


@pytest.mark.parametrize("name", EVENT_CLASSES)
def test_a_sample_fills_every_field(name: str) -> None:
    """A field left at its default would not be missed when it is renamed."""
    sample = SAMPLES[name]

    assert set(sample.model_dump(exclude_defaults=True)) == set(type(sample).model_fields)


@pytest.mark.parametrize("name", EVENT_CLASSES)
def test_an_event_holds_no_floats(name: str) -> None:
    """They have no canonical bytes; numbers of the law are whole, everything else is text."""
    assert "number" not in kinds_of(EVENT_CLASSES[name].model_json_schema(mode="serialization"))


def test_a_float_would_be_found() -> None:
    """The check above sees one that is planted."""

    class Weighed(Frozen):
        weights: list[float]

    assert "number" in kinds_of(Weighed.model_json_schema(mode="serialization"))


@pytest.mark.parametrize("name", EVENT_CLASSES)
def test_what_people_write_is_sealed(name: str) -> None:
    """Every field named like a remark is stored under the person's key."""
    cls = EVENT_CLASSES[name]

    assert set(free_text(cls)) == WRITTEN_BY_PEOPLE & set(cls.model_fields)
