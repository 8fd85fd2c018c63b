from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Contended, NotYetDue, PostOccupied, StepClosed
from domain.proposal.brief import Owed
from domain.rulebook.model import StepKind
from tests.support.engine import Case, until
from tests.support.workflow_fakes import CLOSED, Channel, ScriptedLedger, brief, due
from workflows.worker import CACHED

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
PAST = datetime(2020, 1, 1, tzinfo=UTC)

evicted_too = pytest.mark.parametrize("cached", [CACHED, 0], ids=["cached", "replayed"])


def in_days(days: int) -> datetime:
    """An instant that many days from now."""
    return datetime.now(UTC) + days * DAY


@pytest.mark.parametrize(
    ("awaits", "cached"), [*((kind, CACHED) for kind in (*StepKind, "weighing")), (StepKind.DECISION, 0)]
)
async def test_weeks_of_silence_are_chased_exactly_once_and_in_order(
    case: Case, ledger: ScriptedLedger, awaits: str
) -> None:
    """Each command in its own hour, whatever is awaited, be it of a kind that this worker does not know."""
    plan = [
        due("remind", in_days(3), 1),
        due("remind", in_days(5), 2),
        due("escalate", in_days(7)),
        due("mark-stalled", in_days(14)),
    ]
    ledger.told = brief(awaits, *plan)
    await case.poke_and_rest(1)
    await case.skip(28 * DAY)
    assert ledger.asked == [each.command for each in plan]
    asked = await case.asked("record")
    assert all(timedelta() <= at - each.at < MINUTE for at, each in zip(asked, plan, strict=True))


async def test_one_timer_at_a_time_waits_for_the_earliest_instant(case: Case, ledger: ScriptedLedger) -> None:
    """An owed notice that comes first is what the workflow sleeps for."""
    early, late = in_days(1), in_days(2)
    ledger.told = brief("decision", due("remind", late, 1), owed=[Owed(notice_id=1, not_before=early)])
    await case.poke_and_rest(1)
    assert await case.count("TIMER_STARTED") == 1
    assert abs(await case.alarm() - early) < SECOND


async def test_an_approval_before_the_deadline_leaves_nothing_to_chase(case: Case, ledger: ScriptedLedger) -> None:
    """The poke moves the wait to the next step's instants."""
    ledger.told = brief("decision", due("escalate", in_days(7)))
    await case.poke_and_rest(1)
    await case.skip(7 * DAY - 10 * SECOND)
    await case.poke_and_rest(ledger.change(stage="APPROVAL", dues=[due("remind", in_days(30), 1)]))
    await case.skip(20 * DAY)
    assert ledger.asked == []


async def test_an_approval_in_the_same_instant_wins_and_the_case_goes_on(case: Case, ledger: ScriptedLedger) -> None:
    """The ledger refuses the escalation of a closed step; the workflow looks again and finds the next step."""
    ledger.told = brief("decision", due("escalate", in_days(7)))
    ledger.refusals = [StepClosed(step="VERIF")]
    await case.poke_and_rest(1)
    await case.skip(7 * DAY + SECOND)
    ledger.change(stage="APPROVAL", dues=[due("remind", in_days(8), 1)])
    await case.skip(2 * DAY)
    assert ([command.kind for command in ledger.asked], ledger.kinds) == (["escalate", "remind"], ["remind"])


@evicted_too
async def test_what_is_not_yet_due_is_asked_again_each_minute_and_no_more(case: Case, ledger: ScriptedLedger) -> None:
    """An engine whose clock is ahead is refused; it rests in between, so that no loop runs hot."""
    at = in_days(1)
    ledger.told = brief("decision", due("remind", at, 1))
    ledger.refusals = [NotYetDue(due_at=at) for _ in range(3)]
    await case.poke_and_rest(1)
    await case.skip_to(at + 10 * MINUTE)
    asked = await case.asked("record")
    assert (len(asked), ledger.kinds) == (4, ["remind"])
    assert all(MINUTE <= later - earlier < 2 * MINUTE for earlier, later in itertools.pairwise(asked))


@evicted_too
async def test_the_effect_comes_at_the_tmt_and_never_before(case: Case, ledger: ScriptedLedger) -> None:
    """Nothing is asked a second early; at the instant it is asked once."""
    tmt = in_days(60)
    ledger.told = brief(StepKind.EFFECT, due("take-effect", tmt))
    ledger.afterwards = {"take-effect": {"awaits": StepKind.DELIVERY, "stage": "SERAH"}}
    await case.poke_and_rest(1)
    await case.skip_to(tmt - 5 * SECOND)
    assert ledger.asked == []
    await case.skip_to(tmt + SECOND)
    assert ledger.kinds == ["take-effect"]
    [at] = await case.asked("record")
    assert timedelta() <= at - tmt < MINUTE


async def test_an_owed_notice_never_holds_up_the_effect(case: Case, ledger: ScriptedLedger, channel: Channel) -> None:
    """The day has come: the register changes first."""
    channel.away = True
    ledger.told = brief(StepKind.EFFECT, due("take-effect", PAST), owed=[Owed(notice_id=1, not_before=PAST)])
    await case.poke(1)
    await until(lambda: channel.tries == 1)
    assert ledger.kinds == ["take-effect"]


@evicted_too
async def test_a_refused_effect_is_put_on_record_each_day_with_its_reason(case: Case, ledger: ScriptedLedger) -> None:
    """The attempt is counted; the next one has an id of its own and may succeed."""
    first, second = due("take-effect", in_days(1)), due("take-effect", in_days(2), 1)
    ledger.told = brief(StepKind.EFFECT, first)
    ledger.refusals = [PostOccupied()]
    ledger.afterwards = {"refuse-effect": {"dues": [second]}, "take-effect": {"dues": []}}
    await case.poke_and_rest(1)
    await case.skip(3 * DAY)
    assert ledger.kinds == ["refuse-effect", "take-effect"]
    refused, taken = ledger.recorded
    assert (refused.count, refused.reason_code) == (1, "post-occupied")
    assert refused.command_id == f"{first.command.command_id}/refused/1"
    assert taken == second.command


@pytest.mark.parametrize("refusal", [StepClosed(step="EFEKTIF"), NotYetDue(due_at=PAST), Contended()])
async def test_a_refusal_that_says_nothing_about_the_effect_is_not_put_on_record(
    case: Case, ledger: ScriptedLedger, refusal: Exception
) -> None:
    """The case moved on, the clock is ahead, or others kept writing: look again in a minute."""
    ledger.told = brief(StepKind.EFFECT, due("take-effect", PAST))
    ledger.refusals = [refusal]
    await case.poke_and_rest(1)
    assert (len(ledger.asked), ledger.kinds) == (1, [])
    await case.skip(2 * MINUTE)
    assert ledger.kinds == ["take-effect"]


async def test_a_refusal_that_cannot_be_put_on_record_is_no_hot_loop(case: Case, ledger: ScriptedLedger) -> None:
    """Both commands refused: one minute of rest, then both again."""
    ledger.told = brief(StepKind.EFFECT, due("take-effect", PAST))
    ledger.refusals = [PostOccupied(), Contended(), PostOccupied(), Contended()]
    await case.poke_and_rest(1)
    assert len(ledger.asked) == 2
    await case.skip(90 * SECOND)
    assert (len(ledger.asked), ledger.kinds) == (4, [])


@evicted_too
async def test_a_notice_whose_channel_is_away_is_deferred_and_arrives_once(
    case: Case, ledger: ScriptedLedger, channel: Channel
) -> None:
    """Given up after ten minutes, tried again five minutes later, the same message."""
    channel.away = True
    ledger.told = brief("decision", owed=[Owed(notice_id=7, not_before=PAST)])
    await case.poke(1)
    await until(lambda: channel.tries == 1)
    await case.skip(11 * MINUTE)
    [owed] = ledger.told.owed
    assert (owed.notice_id, owed.attempt, channel.arrived) == (7, 1, [])
    assert channel.tries > 3
    channel.away = False
    await case.skip(10 * MINUTE)
    assert (channel.arrived, channel.repeated, ledger.told.owed) == (["notice/7"], [], [])


async def test_reminders_go_on_while_a_notice_waits_for_its_next_attempt(
    case: Case, ledger: ScriptedLedger, channel: Channel
) -> None:
    """A mail server that is away for a day costs no deadline."""
    channel.away = True
    ledger.told = brief(
        "decision", due("remind", in_days(1), 1), owed=[Owed(notice_id=7, not_before=in_days(1) + MINUTE)]
    )
    await case.poke_and_rest(1)
    await case.skip(DAY + 30 * SECOND)
    assert (ledger.kinds, channel.tries) == (["remind"], 0)


async def test_a_closed_case_sends_what_it_owes_and_then_ends(
    case: Case, ledger: ScriptedLedger, channel: Channel
) -> None:
    """The employee is told of the end before the workflow forgets the case."""
    owed = [Owed(notice_id=number, not_before=PAST) for number in (1, 2)]
    ledger.told = CLOSED.model_copy(update={"open": True, "awaits": "notices", "owed": owed})
    await case.poke(9)
    await case.handle.result()
    assert channel.arrived == ["notice/1", "notice/2"]


async def test_the_whole_way_ends_when_the_ledger_says_so(case: Case, ledger: ScriptedLedger) -> None:
    """Effect, delivery, acknowledgement: the workflow is gone."""
    ledger.told = brief(StepKind.EFFECT, due("take-effect", in_days(1)))
    ledger.afterwards = {
        "take-effect": {"awaits": StepKind.DELIVERY, "dues": [due("record-delivery", in_days(1))]},
        "record-delivery": {"dues": []},
    }
    await case.poke_and_rest(1)
    await case.skip(2 * DAY)
    await case.poke(ledger.change(open=False, awaits="nothing"))
    await case.handle.result()
    assert ledger.kinds == ["take-effect", "record-delivery"]
