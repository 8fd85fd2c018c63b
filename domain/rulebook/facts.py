"""The words that rules may use: every fact of a promotion and of a move, computed from the register as of a TMT.

None means that the register does not say. Days are dates, spans are full years or months.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.vocabulary import Frozen


class PromotionFacts(Frozen):
    """One person, asked for one rank on one TMT.

    A `…_level` of a grade is its position on the ladder, 17 the highest; `career_level` is a functional one (jenjang).
    Credit points are exact and compare with credit points only. `submitted_on` is the day of the first lodging,
    `corrected_on` that of the version in question: the same day, unless the proposal was sent back since.
    """

    kind: str
    periodic: bool
    submitted_on: date
    corrected_on: date
    target_tmt: date
    tmt_in_calendar: bool
    window_opens: date | None
    window_closes: date | None
    current_grade: str | None
    current_level: int | None
    target_grade: str
    target_level: int
    next_grade: str | None
    superior_grade: str | None
    superior_level: int | None
    rank_from: date | None
    months_in_rank: int | None
    years_in_rank: int | None
    years_needed: int | None
    years_in_post: int | None
    years_in_post_needed: int | None
    service_from: date | None
    service_years: int | None
    term_basis: str | None
    ratings_needed: int | None
    lowest_rating: str | None
    accepted_ratings: list[str] | None
    newest_rating: str | None
    newest_rating_year: int
    previous_rating: str | None
    previous_rating_year: int
    education_levels: list[str]
    education_ceiling: str | None
    education_ceiling_level: int | None
    diploma_grade: str | None
    studies: list[str]
    studies_completed: list[str]
    studies_assigned: list[str]
    exams: list[str]
    trainings: list[str]
    honours: list[str]
    eselon: str | None
    ladder_lowest: str | None
    ladder_lowest_level: int | None
    ladder_highest: str | None
    ladder_highest_level: int | None
    below_ladder: bool | None
    career_level: str | None
    career_highest: str | None
    career_highest_level: int | None
    career_top: str | None
    career_top_level: int | None
    credits: Decimal | None
    credits_needed: Decimal | None
    credits_a_year: Decimal | None
    credits_confidence: str | None
    sanctions: list[str]
    sanctioned_until: date | None
    months_since_sanction: int | None
    legal_position: str | None
    in_service: bool | None
    service_status: str | None
    post_kind: str | None
    retirement_age: int | None
    retires_on: date | None
    ended_on: date | None
    ending: str | None
    service_until: date | None
    last_month: date | None


class MoveFacts(Frozen):
    """One move of a rotation, seen in its set.

    Eselon and level order 1 is the highest, job class 17 the highest, grade level 17 the highest. Months in posts count
    definitive posts of that level, its functional equals and above, as far as they are recorded.
    """

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
    to_career_level: str | None
    from_eselon: str | None
    from_eselon_order: int | None
    to_eselon: str | None
    to_eselon_order: int | None
    from_class: int | None
    to_class: int | None
    held_level: str | None
    held_level_order: int | None
    to_level: str | None
    to_level_order: int | None
    target_vacant: bool | None
    moves_of_subject: int
    moves_to_post: int
    sanctions: list[str]
    sanctioned_until: date | None
    months_since_sanction: int | None
    legal_position: str | None
    in_service: bool | None
    service_status: str | None
    current_grade: str | None
    current_grade_level: int | None
    lowest_grade: str | None
    lowest_grade_level: int | None
    education_levels: list[str] | None
    exams: list[str]
    trainings: list[str]
    newest_rating: str | None
    newest_rating_year: int
    previous_rating: str | None
    previous_rating_year: int
    months_in_posts: int | None
    months_as_pengawas: int | None
    months_as_administrator: int | None
    months_as_jpt_pratama: int | None
    post_history_complete: bool | None
    age_months: int | None
    retires_on: date | None
    freezes: list[str]
    documents: list[str]


FACTS: dict[str, type[PromotionFacts | MoveFacts]] = {"promotion": PromotionFacts, "rotation": MoveFacts}
