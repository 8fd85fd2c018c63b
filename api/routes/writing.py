"""Every write: one command to the desk, one receipt back, the same however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response

from api.answers.receipts import ReceiptAnswer
from api.deps import CommandId, Seen, ServicesDep, ShownVersion, VisibleCase
from api.services import Services
from domain.ports import AnyCommand, Recording

PREFIX = "/api/v1"


async def record(desk: Recording, command: AnyCommand, response: Response) -> ReceiptAnswer:
    """Record the command; the answer is durable. A repeat says so in `Idempotency-Replayed`, not in the body."""
    receipt = await desk.record(command)
    if receipt.last_version:
        response.headers["ETag"] = f'"{receipt.last_version}"'
    if receipt.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return ReceiptAnswer.of(receipt)


@dataclass(frozen=True)
class Writing:
    """A write to a case that the caller sees: what every such command carries, and where its receipt goes."""

    services: Services
    case: Seen
    command_id: str
    version: int | None
    response: Response

    @property
    def shared(self) -> dict[str, Any]:
        """The fields of every command to an existing proposal."""
        return {
            "command_id": self.command_id,
            "actor": self.case.who.ref,
            "proposal_id": self.case.proposal_id,
            "expected_version": self.version,
        }

    async def record(self, command: AnyCommand) -> ReceiptAnswer:
        """Record the command."""
        return await record(self.services.desk, command, self.response)


async def writing(
    services: ServicesDep, case: VisibleCase, command_id: CommandId, version: ShownVersion, response: Response
) -> Writing:
    """The write; first the case is seen, then the headers are read."""
    return Writing(services, case, command_id, version, response)


CaseWriting = Annotated[Writing, Depends(writing)]
