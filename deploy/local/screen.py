"""What the operator sees: a line for each step, in one language, coloured on a terminal only."""

from __future__ import annotations

import signal
from typing import Literal

from rich.console import Console
from rich.markup import escape

from activities.settings import Refusal
from domain.rulebook.model import Text

MESSAGES = {
    "postgres-embedded": Text(id="PostgreSQL   tertanam, data di {where}", en="PostgreSQL   embedded, data in {where}"),
    "postgres-given": Text(id="PostgreSQL   dari JENJANG_DATABASE_URL", en="PostgreSQL   from JENJANG_DATABASE_URL"),
    "temporal-embedded": Text(id="Temporal     tertanam, {address}", en="Temporal     embedded, {address}"),
    "temporal-given": Text(
        id="Temporal     {address}, dari TEMPORAL_ADDRESS atau temporal.toml",
        en="Temporal     {address}, from TEMPORAL_ADDRESS or temporal.toml",
    ),
    "done": Text(id="{name:<12} selesai", en="{name:<12} done"),
    "started": Text(id="{name:<12} berjalan", en="{name:<12} running"),
    "as-root": Text(
        id="sebagai root: PostgreSQL memakai akun nobody, yang diberi jalan (bukan hak baca) ke folder itu",
        en="as root: PostgreSQL uses the account nobody, which was let through (not let read) to that folder",
    ),
    "port-taken": Text(
        id="port {usual} sudah terpakai: {name} memakai {port}",
        en="port {usual} is taken: {name} uses {port}",
    ),
    "rules-faulty": Text(
        id="Berkas aturan di {folder} salah; aturan terakhir yang baik tetap berlaku. {problem}",
        en="The rule files in {folder} are faulty; the last good rules stay in force. {problem}",
    ),
    "ended": Text(
        id="{name} berhenti (kode {code}); dimulai lagi dalam {pause} detik",
        en="{name} ended (code {code}); starting again in {pause} seconds",
    ),
    "again": Text(id="{name} berjalan lagi", en="{name} runs again"),
    "start-failed": Text(id="{name} tidak dapat berjalan. Log: {path}", en="{name} does not start. Log: {path}"),
    "folder-in-use": Text(
        id="Folder data {root} dipakai proses {holder}.\n  Hentikan dulu, atau ganti JENJANG_DATA_DIR.",
        en="The data folder {root} is used by process {holder}.\n  Stop it, or change JENJANG_DATA_DIR.",
    ),
    "addresses": Text(
        id="  Aplikasi     {api}\n  Temporal     {temporal_ui}\n  Log          {log}",
        en="  Application  {api}\n  Temporal     {temporal_ui}\n  Logs         {log}",
    ),
    "no-permission": Text(
        id="Tidak ada hak atas {path}; mungkin dibuat oleh akun lain.",
        en="There is no permission for {path}; another account may have made it.",
    ),
    "how-to-stop": Text(id="Tekan Ctrl-C untuk berhenti.", en="Press Ctrl-C to stop."),
    "stopping": Text(id="Menghentikan semuanya …", en="Stopping everything …"),
    "stopped": Text(id="Semua sudah berhenti; data tersimpan.", en="Everything has stopped; the data is kept."),
}


class Screen:
    """Prints the sentences of the local stack in one language."""

    def __init__(self, language: Literal["id", "en"]) -> None:
        self._language = language
        self._console = Console(highlight=False, soft_wrap=True)

    def done(self, key: str, **fields: object) -> None:
        """A step that went well."""
        self._line("[green]✓[/green] ", key, fields)

    def note(self, key: str, **fields: object) -> None:
        """Something to know."""
        self._line("[yellow]–[/yellow] ", key, fields)

    def fail(self, key: str, **fields: object) -> None:
        """A step that went wrong."""
        self._line("[red]✗[/red] ", key, fields)

    def say(self, key: str, **fields: object) -> None:
        """A sentence without a mark."""
        self._line("", key, fields)

    def refuse(self, refusal: Refusal) -> None:
        """Why it must not start, and the cure."""
        cause, cure = (getattr(text, self._language) for text in (refusal.cause, refusal.cure))
        self._print(f"[red]✗[/red] {escape(cause)}\n  {escape(cure)}")

    def quote(self, text: str) -> None:
        """Lines of somebody else, such as the end of a log."""
        if text:
            self._print(f"[dim]{escape(text)}[/dim]")

    def _line(self, mark: str, key: str, fields: dict[str, object]) -> None:
        sentence = getattr(MESSAGES[key], self._language).format(**fields)
        self._print(mark + escape(sentence))

    def _print(self, text: str) -> None:
        try:
            self._console.print(text)
        except (OSError, SystemExit):
            # The terminal or the pipe is gone, and nobody could stop us with Ctrl-C: stop as if asked to.
            self._console.quiet = True
            signal.raise_signal(signal.SIGTERM)
