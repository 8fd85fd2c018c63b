"""What the engine is told of a failure: of a refusal its code, not to be retried; of a fault its kind, and no words."""

from __future__ import annotations

from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import DomainError

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
        except DomainError as refusal:
            raise ApplicationError(
                refusal.code, type=refusal.code, non_retryable=True, category=ApplicationErrorCategory.BENIGN
            ) from refusal
        except Exception as fault:  # noqa: BLE001 - whatever it was, Temporal tries again
            # Its words may quote an address or a statement: they stay in the log, outside the engine's history.
            kind = type(fault).__name__
            log.warning("activity", activity=activity.info().activity_type, error=kind, reason=str(fault)[:200])
            raise ApplicationError(kind, type=kind) from None
