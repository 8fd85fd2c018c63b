"""Everything the doors need, built once and handed in: who writes, who reads, who is asking, where files are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from activities.documents import Documents
from activities.readmodels.reads import Reads
from activities.rule_files import RulesInForce
from activities.settings import Settings
from api.tokens import Tokens
from domain.calendar import WorkingCalendar
from domain.ports import Recording


@dataclass(frozen=True)
class Services:
    """Writes go through the desk and nowhere else; `engine_answers` says whether Temporal can be reached."""

    desk: Recording
    reads: Reads
    documents: Documents
    tokens: Tokens
    rules: RulesInForce
    calendar: WorkingCalendar
    settings: Settings
    engine_answers: Callable[[], Awaitable[bool]]


def services_of(connection: HTTPConnection) -> Services:
    """The services of the app that is being asked."""
    services: Services = connection.app.state.services
    return services
