"""What the engine is told of a failure: of a refusal its code, not to be retried; of a fault its kind, and no words."""

from __future__ import annotations

from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import DomainError, HistoryUnreadable

log = structlog.get_logger()


class Refusals(Interceptor):
    """Installed on every worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Wrap the activity."""
        return _Refusing(next)


class _Refusing(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await self.next.execute_activity(input)
        except HistoryUnreadable as unreadable:
            # Not the case but this worker is wrong: the engine goes on asking until a newer one answers.
            raise _fault(unreadable.code, str(unreadable.details())) from None
        except DomainError as refusal:
            raise ApplicationError(
                refusal.code, type=refusal.code, non_retryable=True, category=ApplicationErrorCategory.BENIGN
            ) from refusal
        except Exception as fault:  # noqa: BLE001 - whatever it was, Temporal tries again
            raise _fault(type(fault).__name__, str(fault)) from None


def _fault(kind: str, reason: str) -> ApplicationError:
    """What is told of a fault; its words may quote an address or a statement: they stay in the log."""
    log.warning("activity", activity=activity.info().activity_type, error=kind, reason=reason[:200])
    return ApplicationError(kind, type=kind)
