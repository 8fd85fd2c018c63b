"""Turns a refusal into a failure that Temporal does not retry; the workflow reads the ledger again instead."""

from __future__ import annotations

from typing import Any

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import DomainError


class Refusals(Interceptor):
    """Installed on every worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Wrap the activity."""
        return _Refusing(next)


class _Refusing(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401
        try:
            return await self.next.execute_activity(input)
        except DomainError as refusal:
            raise ApplicationError(
                refusal.code, type=refusal.code, non_retryable=True, category=ApplicationErrorCategory.BENIGN
            ) from refusal
