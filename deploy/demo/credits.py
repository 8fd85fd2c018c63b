"""Credit points (angka kredit) of invented functional officials: a PAK for each year since they took the post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from activities.siasn.codes import RATING_OF
from deploy.demo.careers import GOOD, Employee
from domain.vocabulary import Rating

YEARLY_POINTS = {"Ahli Pertama": Decimal("12.5"), "Ahli Muda": Decimal(25)}
"""What a full year rated Baik gives, by the level that the post's name ends with. Source: Peraturan BKN 3/2023."""
PERCENT = {Rating.SANGAT_BAIK: 150, Rating.BAIK: 100, Rating.BUTUH_PERBAIKAN: 75, Rating.KURANG: 50}
"""Share of those points for a rating. Source: Peraturan BKN 3/2023."""
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Pak:
    """The points for a stretch of one year, from its first month to December."""

    year: int
    first_month: int
    points: Decimal


def paks(employee: Employee) -> Iterator[Pak]:
    """One for each rated year in the present post; a year before the first rating counts as rated Baik."""
    if not employee.has_paks:
        return
    since = employee.post.tmt
    a_year = next(points for level, points in YEARLY_POINTS.items() if employee.post.name.endswith(level))
    for year in range(since.year, max(employee.ratings, default=0) + 1):
        first_month = max(since, date(year, 1, 1)).month
        result, behaviour = employee.ratings.get(year, GOOD)
        share = Decimal(PERCENT[RATING_OF[str(result), str(behaviour)]] * (13 - first_month)) / 1200
        yield Pak(year, first_month, (a_year * share).quantize(HUNDREDTH, ROUND_HALF_UP))
