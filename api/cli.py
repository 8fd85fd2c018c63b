"""`jenjang`: the command line of operators. A command loads only what it needs, when it is called."""

from __future__ import annotations

import sys

from cyclopts import App
from rich.console import Console

from activities.settings import RefusedToStart
from domain.rulebook.problems import RulebookUnusable

COMMANDS = {
    "demo": ("serve:demo", "Import an invented agency, take a promotion and a swap into effect, stay up."),
    "up": ("serve:up", "Run everything on this machine."),
    "pass-time": ("serve:pass_time", "Let days pass in the demo that runs here."),
    "api": ("serve:api", "Serve the HTTP API."),
    "worker": ("serve:worker", "Run the Temporal worker."),
    "relay": ("serve:relay", "Deliver pokes, reconcile cases with the engine."),
    "migrate": ("serve:migrate", "Bring the schema to this code."),
    "settings": ("serve:settings", "List every setting."),
    "upcoming": ("upcoming:upcoming", "Show who becomes eligible for a TMT, who nearly, and what is missing."),
    "assess": ("assess:assess", "Answer a written situation: every requirement, its law, and from when on it is met."),
    "verify": ("audit:verify", "Prove the ledger against itself."),
    "reconcile": ("audit:reconcile", "Poke open cases that no workflow waits for."),
    "rebuild-engine": ("audit:rebuild_engine", "Give an empty engine every open case again."),
}
REGISTER = {
    "import": ("register:import_", "Read SIASN files; show the difference, then apply it."),
    "show": ("register:show", "Show a person, as of a day and as known at a position."),
    "contact": ("register:contact", "Set where a person's notices go."),
}
PROPOSAL = {"show": ("audit:show", "Show where a proposal stands and what happened to it.")}
RULEBOOK = {
    "check": ("rules:check", "Check rule files: file, line, what is wrong, what to write instead."),
    "mutants": ("rules:mutants", "Change every rule and table cell in turn; list what no situation notices."),
    "editions": ("rules:editions", "List the versions of the rules that the service started with."),
    "replay": ("rules:replay", "Re-assess every submission under draft rules; list whose outcome flips."),
}
TOKEN = {"issue": ("register:issue", "Print a bearer token; refused in production.")}

app = App(name="jenjang", help="Promotions and rotations, from the first idea to the decree in the person's hand.")
register = App(name="register", help="The register: who is who.")
proposal = App(name="proposal", help="Proposals.")
rulebook = App(name="rulebook", help="For people who write rules.")
token = App(name="token", help="Bearer tokens, for demos and tests on this machine.")
for group, commands in (
    (app, COMMANDS),
    (register, REGISTER),
    (proposal, PROPOSAL),
    (rulebook, RULEBOOK),
    (token, TOKEN),
):
    for name, (target, summary) in commands.items():
        group.command(f"api.commands.{target}", name=name, help=summary)
for part in (register, proposal, rulebook, token):
    app.command(part)

UNSAFE = 78
"""EX_CONFIG of sysexits: refused to start; the reasons are on standard error."""


def main() -> None:
    """Run the command; a refusal to start ends with 78 and its reasons, rule files that cannot be used among them."""
    try:
        code = app(result_action="return_value")
    except (RefusedToStart, RulebookUnusable) as refusal:
        errors = Console(stderr=True, emoji=False)
        for reason in refusal.reasons if isinstance(refusal, RefusedToStart) else refusal.problems:
            errors.print(f"✗ {reason}", highlight=False, markup=False, soft_wrap=True)
        sys.exit(UNSAFE)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
