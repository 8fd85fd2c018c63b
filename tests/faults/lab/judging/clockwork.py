"""What the clock did, and what reached people: I8, I9."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.faults.lab.judging.evidence import Evidence
from tests.faults.lab.judging.fold import Case, Step

EARLY = timedelta(seconds=5)
"""How far an act of the clock may lie before its instant. Source: the design's tolerance."""
LATE = timedelta(minutes=15)
"""How late, in ledger time, it may be: outages of some minutes, retries included. Source: design decision."""
DOMAIN = "jenjang"


def on_time(evidence: Evidence) -> Iterator[str]:
    """I8: what the clock must do at a step it does once, never early, and not much too late."""
    for case in evidence.cases.values():
        for step in case.steps:
            yield from (f"{case.id} at {step.code}: {what}" for what in _untimely(step, evidence.log.now))


def _untimely(step: Step, now: datetime) -> Iterator[str]:
    done: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for kind, count, at in step.clocked:
        done[kind, count].append(at)
    for kind, count, instant in step.due():
        times = done.pop((kind, count), [])
        begun = max(instant, step.opened_at)
        if len(times) > 1:
            yield f"{kind} {count} happened {len(times)} times"
        if times and min(times) < instant - EARLY:
            yield f"{kind} {count} happened too early: at {min(times)} instead of {instant}"
        if times and times[0] > begun + LATE:
            yield f"{kind} {count} happened too late: at {times[0]} instead of {begun}"
        if not times and (step.ended_at or now) > begun + LATE:
            yield f"{kind} {count} is missing since {begun}"
    yield from (f"{kind} {count} was never due" for kind, count in done if kind != "effect-refused")


def ended(evidence: Evidence) -> Iterator[str]:
    """Once everything was given its time every case has ended, and nothing is left to deliver."""
    if not evidence.finished:
        return
    for case in evidence.cases.values():
        if case.open:
            yield f"{case.id} has not ended: {_standing(case)}"
    waiting = Counter(row["kind"] for row in evidence.log.rows["outbox"] if row["done_at"] is None)
    yield from (f"{count} rows of kind {kind} are undelivered" for kind, count in waiting.items())


def _standing(case: Case) -> str:
    return f"{case.state} at {case.step.code}" if case.step else case.state


def delivered_in_time(evidence: Evidence) -> Iterator[str]:
    """I9: nothing waits in the outbox for long after its time has come."""
    for row in evidence.log.rows["outbox"]:
        since = max(row["created_at"], row["next_at"])
        if row["done_at"] is None and since + LATE < evidence.log.now:
            yield f"{row['kind']} {row['message_id']} waits since {since}"


def reached_people(evidence: Evidence) -> Iterator[str]:
    """I9: each notice that is marked reached everyone at its desk under one id each; no id has two contents."""
    if evidence.reached is None:
        return
    known: dict[tuple[str, str], str] = {}
    contents: dict[str, set[str]] = defaultdict(set)
    for letter in evidence.letters:
        contents[letter.message_id].add(letter.digest)
    arrived = {(letter.message_id, letter.recipient) for letter in evidence.letters}
    for row in evidence.log.rows["outbox"]:
        if row["kind"] == "poke":
            continue
        for person, address in evidence.reached(row["dest"]).items():
            expected = (_message_id(f"{row['message_id']}/{person}"), address)
            known[expected] = row["message_id"]
            if row["done_at"] is not None and expected not in arrived:
                yield f"notice {row['message_id']} is marked and never reached {address}"
    yield from (
        f"{message_id} to {address} belongs to no notice" for message_id, address in sorted(arrived - known.keys())
    )
    yield from (f"{message_id} has {len(found)} contents" for message_id, found in contents.items() if len(found) > 1)


def _message_id(of: str) -> str:
    return f"<{of.replace('/', '.')}@{DOMAIN}>"
