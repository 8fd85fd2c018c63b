"""How a proposal goes on: opening the next step with its desks and instants."""

from __future__ import annotations

from datetime import timedelta

from domain.calendar import DAY_STARTS
from domain.proposal import events as e
from domain.proposal.desks import desks_for
from domain.proposal.facts import Facts
from domain.proposal.proposal import Case
from domain.rulebook.model import Step, StepKind


def first_step(case: Case, facts: Facts, round_: int) -> list[e.ProposalEvent]:
    """Open the route's first step."""
    assert case.route is not None
    return opened(case.route.steps[0], case, facts, round_)


def next_step(case: Case, code: str, facts: Facts) -> list[e.ProposalEvent]:
    """Open the step after this one, or close the case behind the last."""
    assert case.route is not None
    codes = [step.code for step in case.route.steps]
    following = codes.index(code) + 1
    if following == len(codes):
        return [e.ProposalClosed()]
    return opened(case.route.steps[following], case, facts, case.round)


def opened(step: Step, case: Case, facts: Facts, round_: int) -> list[e.ProposalEvent]:
    """The event that makes a step wait; its instants are absolute, counted once, in working days."""
    if step.kind is StepKind.EFFECT:
        return [_effect(step, case, facts, round_)]
    desks = desks_for(step, case, facts.organisation)
    after = facts.calendar.after
    return [
        e.StepOpened(
            step=step.code,
            kind=step.kind,
            round=round_,
            desks=[desk.code for desk in desks],
            due_at=after(facts.at, step.due_after) if step.due_after else None,
            remind_at=[after(facts.at, days, DAY_STARTS) for days in step.remind_after],
            escalate_at=after(facts.at, step.escalate_after) if step.escalate_after else None,
            stalled_at=after(facts.at, step.stalled_after) if step.stalled_after else None,
            stall=next((desk.stall for desk in desks if desk.stall), ""),
            calendar_version=facts.calendar.version,
        )
    ]


def _effect(step: Step, case: Case, facts: Facts, round_: int) -> e.StepOpened:
    tmt = case.decree.tmt if case.decree else case.matter.target_tmt
    due_at = facts.calendar.instant(tmt)
    return e.StepOpened(
        step=step.code,
        kind=step.kind,
        round=round_,
        desks=[],
        due_at=due_at,
        stalled_at=due_at + timedelta(hours=1),
        calendar_version=facts.calendar.version,
    )
