"""How the lab judges: its own reading of the log, its own telling of a case, and what must hold of them."""
