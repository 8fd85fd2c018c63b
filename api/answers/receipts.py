"""Receipts of commands."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.ports import Receipt


class ReceiptAnswer(BaseModel):
    """A command is recorded; whoever repeats it gets this same answer. `noop`: it changed nothing, so no version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "command_id": "4f0c2e9a-form-7",
                    "proposal_id": "KP-2026-000123",
                    "outcome": "recorded",
                    "first_version": 8,
                    "version": 9,
                    "recorded_at": "2026-03-02T01:00:00Z",
                }
            ]
        }
    )
    command_id: str
    proposal_id: str
    outcome: Literal["recorded", "noop"]
    first_version: int | None
    version: int | None
    recorded_at: datetime

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptAnswer:
        """The receipt."""
        return cls.model_validate(
            {
                **receipt.model_dump(include={"command_id", "proposal_id", "outcome", "recorded_at"}),
                "proposal_id": receipt.proposal_id,
                "first_version": receipt.first_version or None,
                "version": receipt.last_version or None,
            }
        )
