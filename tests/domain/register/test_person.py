"""A career: facts with dates, folded, and read as of a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.register.events import FactsRecorded, PersonRegistered, PostChanged, RankChanged
from domain.register.facts import (
    Assignment,
    EducationEarned,
    ExamPassed,
    Fact,
    PostHeld,
    PostKind,
    RankHeld,
    RatingGiven,
    RoleGranted,
    SanctionLevel,
    SanctionServed,
    StandingHeld,
    TrainingCompleted,
    place_of,
)
from domain.register.person import Person, fold
from domain.vocabulary import Grade, Rating, Role
from tests.support.people import AGENCY, SOURCE, STAFF


def person(*facts: Fact) -> Person:
    """Somebody with these facts, recorded in this order."""
    recorded = [FactsRecorded(facts=[fact], source=SOURCE) for fact in facts]
    return fold([PersonRegistered(subject=STAFF, agency=AGENCY), *recorded])


def rank(since: date, grade: str = "III/b", until: date | None = None) -> RankHeld:
    """A rank."""
    return RankHeld(valid_from=since, valid_to=until, grade=Grade(grade))


def post(unit: str, since: date, assignment: Assignment = Assignment.DEFINITIVE, until: date | None = None) -> PostHeld:
    """A headship."""
    return PostHeld(
        valid_from=since,
        valid_to=until,
        post=f"unit/{unit}",
        name=unit,
        post_kind=PostKind.STRUCTURAL,
        unit=unit,
        assignment=assignment,
    )


def sanction(since: date, until: date | None, code: str = "7") -> SanctionServed:
    """A medium sanction."""
    return SanctionServed(valid_from=since, valid_to=until, level=SanctionLevel.MEDIUM, code=code)


def test_somebody_unknown_has_no_subject_and_no_facts() -> None:
    """An empty stream is nobody."""
    nobody = fold([])

    assert (nobody.subject, nobody.agency, nobody.rank_on(date(2026, 1, 1))) == ("", "", None)


def test_a_rank_holds_until_the_next_one() -> None:
    """From its TMT to the day before the next TMT."""
    career = person(rank(date(2018, 4, 1)), rank(date(2022, 4, 1), "III/c"))

    held = [career.rank_on(day) for day in (date(2018, 3, 31), date(2018, 4, 1), date(2022, 3, 31), date(2022, 4, 1))]
    assert [found and str(found.grade) for found in held] == [None, "III/b", "III/b", "III/c"]


def test_the_order_of_recording_does_not_matter() -> None:
    """A rank recorded late takes its place in time."""
    facts = [rank(date(2018, 4, 1)), rank(date(2022, 4, 1), "III/c")]

    assert person(*facts).facts == person(*reversed(facts)).facts
    assert person(*facts).of(RankHeld) == person(*reversed(facts)).of(RankHeld)


def test_a_fact_with_the_same_first_day_replaces_the_older() -> None:
    """A correction."""
    career = person(rank(date(2018, 4, 1)), rank(date(2018, 4, 1), "III/c"))

    assert [str(found.grade) for found in career.of(RankHeld)] == ["III/c"]


def test_a_fact_that_ended_before_its_successor_keeps_its_end() -> None:
    """A gap stays a gap."""
    career = person(post("A", date(2020, 1, 1), until=date(2021, 1, 1)), post("B", date(2022, 1, 1)))

    assert career.post_on(date(2021, 6, 1)) is None
    assert career.of(PostHeld)[0].valid_to == date(2021, 1, 1)


def test_an_acting_post_is_held_beside_the_own_one() -> None:
    """And is never the post that a person has."""
    career = person(post("A", date(2020, 1, 1)), post("B", date(2024, 1, 1), Assignment.PLT))

    assert [career.post_on(date(2025, 1, 1)), len(career.of(PostHeld))] == [post("A", date(2020, 1, 1)), 2]


def test_two_acting_posts_do_not_end_each_other() -> None:
    """Each stands for itself; the same one renewed replaces the older."""
    career = person(
        post("B", date(2024, 1, 1), Assignment.PLT),
        post("C", date(2024, 6, 1), Assignment.PLH),
        post("B", date(2025, 1, 1), Assignment.PLT),
    )
    holding = [found.unit for found in career.of(PostHeld) if found.holds_on(date(2025, 2, 1))]

    assert sorted(holding) == ["B", "C"]


def test_a_promotion_adds_the_rank_that_took_effect() -> None:
    """By its own event."""
    changed = RankChanged(rank=rank(date(2026, 3, 1), "III/c"), proposal_id="KP-1")
    career = fold([changed], person(rank(date(2021, 12, 1))))

    assert [str(career.rank_on(day).grade) for day in (date(2026, 2, 28), date(2026, 3, 1))] == ["III/b", "III/c"]


def test_a_rotation_changes_the_post_and_ends_the_acting_one() -> None:
    """By its own event, on the same day."""
    acting = post("B", date(2025, 1, 1), Assignment.PLT)
    ended = acting.model_copy(update={"valid_to": date(2026, 3, 1)})
    changed = PostChanged(posts=[post("B", date(2026, 3, 1)), ended], proposal_id="MT-1")
    career = fold([changed], person(post("A", date(2020, 1, 1)), acting))

    on = {
        day: [p.unit for p in career.of(PostHeld) if p.holds_on(day)] for day in (date(2026, 2, 28), date(2026, 3, 1))
    }
    assert on == {date(2026, 2, 28): ["B", "A"], date(2026, 3, 1): ["B"]}


def test_diplomas_exams_and_trainings_never_end_each_other() -> None:
    """Whoever earned one keeps it."""
    career = person(
        EducationEarned(valid_from=date(2010, 1, 1), level="35"),
        EducationEarned(valid_from=date(2018, 1, 1), level="40"),
        ExamPassed(valid_from=date(2015, 1, 1), code="ujian-dinas-1"),
        ExamPassed(valid_from=date(2019, 1, 1), code="ujian-dinas-2"),
        TrainingCompleted(valid_from=date(2016, 1, 1), code="pim-4"),
        TrainingCompleted(valid_from=date(2020, 1, 1), code="pim-3"),
    )
    day = date(2026, 1, 1)

    assert [diploma.level for diploma in career.education_on(day)] == ["35", "40"]
    assert career.education_on(date(2012, 1, 1))[0].level == "35"
    assert all(fact.holds_on(day) for kind in (ExamPassed, TrainingCompleted) for fact in career.of(kind))


def test_ratings_are_found_by_year() -> None:
    """One a year; the last said counts."""

    def rated(year: int, given: Rating) -> RatingGiven:
        return RatingGiven(valid_from=date(year, 1, 1), valid_to=date(year + 1, 1, 1), year=year, rating=given)

    career = person(rated(2024, Rating.KURANG), rated(2025, Rating.BAIK), rated(2024, Rating.BAIK))

    assert {year: found.rating for year, found in career.ratings().items()} == {2024: Rating.BAIK, 2025: Rating.BAIK}


def test_sanctions_may_overlap() -> None:
    """The last day of the longest is told."""
    career = person(
        sanction(date(2025, 1, 1), date(2026, 1, 1)), sanction(date(2025, 6, 1), date(2026, 6, 1), code="8")
    )
    day = date(2025, 7, 1)

    assert len(career.sanctions_on(day)) == 2
    assert career.sanctioned_until(day) == date(2026, 5, 31)
    assert career.sanctioned_until(date(2026, 7, 1)) is None


def test_a_sanction_without_a_known_end_has_no_last_day() -> None:
    """What is not known is not made up."""
    career = person(sanction(date(2025, 1, 1), None), sanction(date(2025, 1, 1), date(2026, 1, 1), code="8"))

    assert career.sanctioned_until(date(2025, 7, 1)) is None


def test_standing_and_roles_hold_on_their_days() -> None:
    """A granted role ends with its grant."""
    career = person(
        StandingHeld(valid_from=date(2014, 3, 1), legal_position="01", service_status="P"),
        RoleGranted(valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1), role=Role.VERIFIER),
    )

    assert career.standing_on(date(2020, 1, 1)).legal_position == "01"
    assert [len(career.roles_on(day)) for day in (date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1))] == [0, 1, 0]


@pytest.mark.parametrize(
    ("post_ref", "kind", "unit"),
    [
        ("unit/DINAS-A", PostKind.STRUCTURAL, "DINAS-A"),
        ("jf/17@SEKSI-A1", PostKind.FUNCTIONAL, "SEKSI-A1"),
        ("jfu/1@SEKSI-A1", PostKind.GENERAL, "SEKSI-A1"),
        ("odd/1@SEKSI-A1", PostKind.DOUBLE, "SEKSI-A1"),
    ],
)
def test_a_post_says_its_kind_and_unit(post_ref: str, kind: PostKind, unit: str) -> None:
    """By the form of its reference."""
    assert place_of(post_ref) == (kind, unit)


days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
careers = st.lists(st.tuples(days, st.sampled_from(["III/a", "III/b", "III/c"]), st.none() | days), max_size=8)


@given(careers, days)
def test_at_most_one_rank_holds_on_a_day(ranks: list[tuple[date, str, date | None]], day: date) -> None:
    """However odd the imported dates are."""
    career = person(*(rank(since, grade, until) for since, grade, until in ranks))

    assert len([held for held in career.of(RankHeld) if held.holds_on(day)]) <= 1


@given(careers)
def test_a_later_fact_never_begins_before_its_own_day(ranks: list[tuple[date, str, date | None]]) -> None:
    """Ending a fact by its successor never moves a first day, and keeps the order."""
    career = person(*(rank(since, grade, until) for since, grade, until in ranks))
    starts = [held.valid_from for held in career.of(RankHeld)]

    assert starts == sorted({since for since, _, _ in ranks})
