"""The lab's own book: what was asked, and how it was answered, on disk before anything else happens.

One JSON object a line, each line synced. The book is read back from the file, never from memory.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One thing that a person asks, under one id for as long as the answer is unknown.

    `case` and `shown` (the version in If-Match) are empty for a new proposal; of a file the body holds its digest.
    """

    command_id: str
    actor: str
    verb: str
    body: Mapping[str, Any]
    case: str | None = None
    shown: int | None = None


@dataclass(frozen=True)
class Answer:
    """How one sending ended: acknowledged with a receipt, refused with a code, or unknown."""

    outcome: str
    status: int = 0
    code: str = ""
    receipt: Mapping[str, Any] | None = None


@dataclass
class Entry:
    """A command and all its answers, in the order in which they came; instants are the machine's clock, in seconds."""

    asked: Asked
    at: float
    answers: list[Answer] = field(default_factory=list)
    answered_at: float = 0.0

    @property
    def receipts(self) -> list[Mapping[str, Any]]:
        """The receipt of every acknowledgement."""
        return [answer.receipt for answer in self.answers if answer.receipt is not None]

    @property
    def refusals(self) -> list[str]:
        """The code of every refusal."""
        return [answer.code for answer in self.answers if answer.outcome == "refused"]

    @property
    def outcome(self) -> str:
        """What the person was told in the end."""
        if self.receipts:
            return "acknowledged"
        return "refused" if self.refusals else "unknown"


class Book:
    """Lines are only ever added. Whoever writes waits for the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def intend(self, asked: Asked) -> None:
        """Before the first sending."""
        self._write({"intent": asdict(asked)})

    def answered(self, command_id: str, answer: Answer) -> None:
        """After each sending, whatever came back."""
        self._write({"answer": asdict(answer), "command_id": command_id})

    def entries(self) -> list[Entry]:
        """Every command in the order of its intent; a last line that is not whole was never written."""
        found: dict[str, Entry] = {}
        for line in self.path.read_bytes().rpartition(b"\n")[0].splitlines():
            read = json.loads(line)
            if "intent" in read:
                asked = Asked(**read["intent"])
                found[asked.command_id] = Entry(asked, read["at"])
            else:
                entry = found[read["command_id"]]
                entry.answers.append(Answer(**read["answer"]))
                entry.answered_at = read["at"]
        return list(found.values())

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps({**line, "at": time.time()}).encode() + b"\n")
        os.fdatasync(self._file.fileno())
