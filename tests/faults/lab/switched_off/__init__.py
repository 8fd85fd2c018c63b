"""Protections of the service, each with the edits that take it away and the harm that then shows."""

from collections.abc import Sequence

from tests.faults.lab.switched_off import edges, engine, ledger, transaction
from tests.faults.lab.switched_off.control import Control

CONTROLS: Sequence[Control] = (*transaction.CONTROLS, *ledger.CONTROLS, *engine.CONTROLS, *edges.CONTROLS)
