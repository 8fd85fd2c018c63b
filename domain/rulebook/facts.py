"""The words that rules may use: every fact of a promotion and of a move, computed from the register as of a TMT.

None means that the register does not say. Days are dates, spans are full years or months.
"""

from __future__ import annotations

from datetime import date

from domain.vocabulary import Frozen


class PromotionFacts(Frozen):
    """One person, asked for one rank on one TMT."""

    kind: str
    submitted_on: date
    target_tmt: date
    tmt_in_calendar: bool
    window_opens: date | None
    window_closes: date | None
    current_grade: str | None
    target_grade: str
    next_grade: str | None
    target_level: int
    rank_from: date | None
    years_in_rank: int | None
    newest_rating: str | None
    newest_rating_year: int
    previous_rating: str | None
    previous_rating_year: int
    education_levels: list[str]
    education_ceiling: str | None
    education_ceiling_level: int | None
    exams: list[str]
    trainings: list[str]
    sanctions: list[str]
    sanctioned_until: date | None
    legal_position: str | None
    in_service: bool | None
    service_status: str | None
    post_kind: str | None


class MoveFacts(Frozen):
    """One move of a rotation, seen in its set; eselon order 1 is the highest, job class 17 the highest."""

    kind: str
    submitted_on: date
    target_tmt: date
    held_post: str | None
    held_kind: str | None
    from_post: str
    post_from: date | None
    months_in_post: int | None
    to_post: str
    to_kind: str
    from_eselon: str | None
    from_eselon_order: int | None
    to_eselon: str | None
    to_eselon_order: int | None
    from_class: int | None
    to_class: int | None
    target_vacant: bool | None
    moves_of_subject: int
    moves_to_post: int
    sanctions: list[str]
    sanctioned_until: date | None
    legal_position: str | None
    in_service: bool | None
    freezes: list[str]
    freeze_consent: bool


FACTS: dict[str, type[PromotionFacts | MoveFacts]] = {"promotion": PromotionFacts, "rotation": MoveFacts}
