"""One proposal in a world without processes: the real decisions, ledger, desk and relay, and a fault at every port."""
