"""`jenjang`: the command line of operators."""

from __future__ import annotations

import sys

from cyclopts import App
from rich.console import Console

from activities.wiring import RefusedToStart
from api.commands import audit, register, serve

app = App(name="jenjang", help="Promotions and rotations, from the first idea to the decree in the person's hand.")
register.add_to(app)
audit.add_to(app)
serve.add_to(app)

UNSAFE = 78
"""EX_CONFIG of sysexits: refused to start; the reasons are on standard error."""


def main() -> None:
    """Run the command; a refusal to start ends with 78 and its reasons."""
    try:
        code = app(result_action="return_value")
    except RefusedToStart as refusal:
        errors = Console(stderr=True)
        for reason in refusal.reasons:
            errors.print(f"✗ {reason}", highlight=False)
        sys.exit(UNSAFE)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
