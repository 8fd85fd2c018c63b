"""Answers to the questions that screens ask. `PROJECTIONS` are written with their events, so none lags."""

from activities.readmodels.careers import INCUMBENCIES, RANKS_HELD, ROLES_HELD
from activities.readmodels.cases import CASES
from activities.readmodels.claims import DECISIONS, OPEN_CLAIMS
from activities.readmodels.inbox import INBOX
from activities.readmodels.units import UNITS

PROJECTIONS = (OPEN_CLAIMS, DECISIONS, CASES, INBOX, RANKS_HELD, INCUMBENCIES, ROLES_HELD, UNITS)
