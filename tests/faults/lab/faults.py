"""All faults of the lab, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.faults.lab import mailbox
from tests.faults.lab.harm import Inject, database, engine
from tests.faults.lab.harm.mail import mail
from tests.faults.lab.harm.processes import crash, kill, kill_backend, pause, shift_clock, why_no_shift
from tests.faults.lab.planted import CRASH_POINTS


def _nothing() -> str | None:
    return None


@dataclass(frozen=True)
class Fault:
    """`needs` says why this machine cannot have the fault; a round has at most one that is `heavy`.

    Those that strike `as_time_passes` wait until the round's other faults are healed: what they strike is
    done by the clock alone.
    """

    name: str
    inject: Inject
    needs: Callable[[], str | None] = _nothing
    heavy: bool = False
    as_time_passes: bool = False


_OF_THEIR_OWN = {"after-record", "relay-before-mark"}
_ALL = (
    *(Fault(f"kill-{kind}", kill(kind)) for kind in ("api", "worker", "relay", "postgres", "temporal")),
    Fault("kill-backend", kill_backend),
    *(Fault(f"pause-{kind}", pause(kind)) for kind in ("api", "worker", "relay")),
    *(Fault(f"crash-{point}", crash(point)) for point in CRASH_POINTS if point not in _OF_THEIR_OWN),
    Fault("crash-after-record", crash("after-record"), as_time_passes=True),
    # The relay has nothing to do unless a desk leaves a poke to it.
    Fault("crash-relay-before-mark", crash("relay-before-mark", by_way_of="before-poke")),
    Fault("cut-before-commit", database.cut_commit("before")),
    Fault("cut-after-commit", database.cut_commit("after")),
    Fault("hang-up", database.hang_up),
    Fault("slow-database", database.slow),
    Fault("half-open", database.half_open),
    Fault("disk-full", database.fill_disk, database.why_no_disk, heavy=True),
    Fault("engine-lost", engine.lose, heavy=True),
    Fault("engine-put-back", engine.put_back, heavy=True),
    Fault("stray-pokes", engine.stray_pokes),
    Fault("mail-down", mail(mailbox.DOWN)),
    Fault("mail-slow", mail(mailbox.SLUGGISH)),
    Fault("mail-refusing", mail(mailbox.REFUSING)),
    Fault("mail-forgetful", mail(mailbox.FORGETFUL)),
    Fault("clock-shifted", shift_clock, why_no_shift),
)
FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}
