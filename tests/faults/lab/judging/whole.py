"""What belongs together is there together: I3, I6."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from tests.faults.lab.judging.evidence import Evidence
from tests.faults.lab.judging.fold import Case
from tests.faults.lab.judging.log import Event

NEVER = "9999-01-01"
EFFECTS = {"promotion": "rank-changed", "rotation": "post-changed"}


def committed_together(evidence: Evidence) -> Iterator[str]:
    """I3: events have their receipt and the receipt its events, a person's command has its poke."""
    receipts = {row["command_id"]: row for row in evidence.log.rows["receipts"] if row["outcome"] == "recorded"}
    pokes = {row["message_id"] for row in evidence.log.rows["outbox"] if row["kind"] == "poke"}
    commands = evidence.log.commands
    for command_id in sorted(receipts.keys() - commands.keys()):
        yield f"{command_id} has a receipt and no event"
    for command_id, events in commands.items():
        receipt, stream = receipts.get(command_id), events[0].stream
        own = [event.version for event in events if event.stream == stream]
        if receipt is None:
            yield f"{command_id} has events and no receipt"
        elif (receipt["stream_id"], receipt["first_version"], receipt["last_version"]) != (stream, own[0], own[-1]):
            yield f"{command_id} has another receipt than its events"
        if stream.startswith("proposal/") and events[0].told["actor"] != "system":
            poke = f"poke/{stream}/{own[-1]}"
            if poke not in pokes:
                yield f"{command_id} has no poke in the outbox"
            pokes.discard(poke)
    yield from (f"{poke} belongs to no command" for poke in sorted(pokes))


def told_together(evidence: Evidence) -> Iterator[str]:
    """I3: each event has exactly the notices that it owes."""
    found = Counter(row["message_id"] for row in evidence.log.rows["outbox"] if row["kind"] == "notice")
    owed = Counter(
        f"{event_id}/{desk}"
        for case in evidence.cases.values()
        for event_id, desks in case.owed.items()
        for desk in desks
    )
    yield from (f"notice {message} is owed and not in the outbox" for message in sorted((owed - found).keys()))
    yield from (f"notice {message} is in the outbox and not owed" for message in sorted((found - owed).keys()))


def in_effect_for_everybody(evidence: Evidence) -> Iterator[str]:
    """I3: with the effect of a proposal the register changed for every subject, once, in the same command."""
    changed: dict[str, list[Event]] = {}
    for event in evidence.log.events:
        if event.type in EFFECTS.values():
            changed.setdefault(event.data["proposal_id"], []).append(event)
    for number, case in evidence.cases.items():
        found = Counter((e.command_id, e.stream, e.type) for e in changed.pop(number, []))
        kind = EFFECTS[case.matter["matter"]]
        wanted = Counter((e.command_id, f"person/{subject}", kind) for e in case.effects for subject in case.subjects)
        if found != wanted:
            yield f"{number} took effect as {sorted(found)} instead of {sorted(wanted)}"
    yield from (f"the register changed for {number}, which is unknown" for number in changed)


def case_index(evidence: Evidence) -> Iterator[str]:
    """I6: the index of cases says where each case stands."""
    stored = {row["proposal_id"]: row for row in evidence.log.rows["cases"]}
    wanted = {number: _row(case) for number, case in evidence.cases.items()}
    for number in sorted(stored.keys() | wanted.keys()):
        row, expected = stored.get(number), wanted.get(number)
        if row is None or expected is None:
            yield f"{number} is not in the {'index' if row is None else 'log'}"
            continue
        differing = [name for name, value in expected.items() if row[name] != value]
        yield from (f"{number}: {name} is {row[name]}, by the log {expected[name]}" for name in differing)


def _row(case: Case) -> dict[str, Any]:
    step = case.step
    return {
        "state": case.state,
        "open": case.open,
        "version": case.version,
        "round": case.round,
        "step": step.code if step else None,
        "waits_at": step.waiting if step else [f"person/{case.proposer}"] if case.open else [],
        "due_at": step.due_at if step else None,
        "next_at": step.next_at() if step else None,
        "stalled": bool(step and (step.stall or step.times("step-marked-stalled") or step.times("effect-refused"))),
        "subjects": case.subjects,
    }


def desks_and_claims(evidence: Evidence) -> Iterator[str]:
    """I6: inboxes, decisions and claims are what the log says."""
    rows, cases = evidence.log.rows, evidence.cases.values()
    inbox = ((c.id, desk, c.step.code, c.step.round) for c in cases if c.step for desk in c.step.may_act)
    at_proposer = (
        (c.id, f"person/{c.proposer}", "SUBMIT" if c.state == "draft" else "CORRECT", c.round)
        for c in cases
        if c.state in ("draft", "returned")
    )
    yield from _different("inbox", rows["inbox"], [*inbox, *at_proposer])
    yield from _different("decisions", rows["decisions"], [(c.id, *signed) for c in cases for signed in c.signed])
    claims = [
        (c.id, subject, c.matter["matter"], date.fromisoformat(c.matter["target_tmt"]))
        for c in cases
        if c.open
        for subject in c.subjects
    ]
    yield from _different("open claims", rows["claims"], claims)


def register(evidence: Evidence) -> Iterator[str]:
    """I6: who was promoted holds the rank, who was moved holds the post, and nobody holds two of one kind at once."""
    ranks = {(row["subject_ref"], row["valid_from"]): row["grade"] for row in evidence.log.rows["ranks"]}
    posts = {(row["subject_ref"], row["since"]): row for row in evidence.log.rows["posts"]}
    for number, case in evidence.cases.items():
        if not case.effects:
            continue
        tmt = date.fromisoformat(case.tmt)
        if "moves" not in case.matter:
            if ranks.get((case.matter["subject"], tmt)) != case.matter["target_grade"]:
                yield f"{number} took effect, and the rank is not held"
            continue
        for move in case.matter["moves"]:
            held = posts.get((move["subject"], tmt))
            if held is None or held["post"] != move["to_post"]:
                yield f"{number} took effect, and {move['to_post']} is not held"
    yield from _held_twice(evidence)


def _held_twice(evidence: Evidence) -> Iterator[str]:
    seats = sorted(
        (row["post"], row["since"], row["until"] or date.max)
        for row in evidence.log.rows["posts"]
        if row["post"].startswith("unit/")
    )
    for (post, _, until), (other, since, _) in pairwise(seats):
        if post == other and since < until:
            yield f"{post} has two incumbents from {since}"


def _different(what: str, rows: Iterable[Any], wanted: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    stored, expected = Counter(tuple(row.values()) for row in rows), Counter(wanted)
    yield from (f"{what}: {row} is not by the log" for row in sorted((stored - expected).keys(), key=str))
    yield from (f"{what}: {row} is missing" for row in sorted((expected - stored).keys(), key=str))
