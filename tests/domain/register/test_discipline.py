from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.register.discipline import months_since_sanction
from tests.support.careers import person

DAY = date(2026, 2, 1)
IMPOSED = {"level": "sedang", "from": date(2025, 2, 2), "last_day": date(2025, 8, 1)}


@pytest.mark.parametrize(
    ("sanctions", "months"),
    [
        ([], None),
        ([IMPOSED], 11),
        ([IMPOSED | {"from": date(2025, 2, 1)}], 12),
        ([IMPOSED | {"level": "berat"}], 11),
        ([IMPOSED | {"level": "ringan"}], None),
        ([IMPOSED | {"from": date(2026, 2, 2), "last_day": date(2026, 8, 1)}], None),
        ([IMPOSED | {"last_day": date(2025, 2, 1)}], None),
    ],
    ids=["none", "a day short of a year", "a year", "severe", "light", "not yet", "cancelled"],
)
def test_months_count_from_the_day_it_was_imposed(sanctions: list[dict[str, Any]], months: int | None) -> None:
    """Of medium and severe sanctions that were served at all."""
    assert months_since_sanction(person("a" * 32, {"sanctions": sanctions}), DAY) == months
