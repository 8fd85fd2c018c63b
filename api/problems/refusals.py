"""The door's own refusals, before a command reaches the ledger; they travel like those of the domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.errors import DomainError


@dataclass(kw_only=True)
class Unauthenticated(DomainError):
    """No token, or none that is valid now."""

    code = "unauthenticated"


@dataclass(kw_only=True)
class RoleMissing(DomainError):
    """The question is for holders of certain roles."""

    code = "role-missing"
    roles: list[str]


@dataclass(kw_only=True)
class PersonNotVisible(DomainError):
    """No such person in the register, or none that this person may see."""

    code = "person-not-visible"


@dataclass(kw_only=True)
class ReceiptUnknown(DomainError):
    """No receipt of this person is under this id."""

    code = "receipt-unknown"


@dataclass(kw_only=True)
class DocumentUnknown(DomainError):
    """The case has no such document."""

    code = "document-unknown"


@dataclass(kw_only=True)
class PathUnknown(DomainError):
    """Nothing is at this address."""

    code = "path-unknown"


@dataclass(kw_only=True)
class MethodNotAllowed(DomainError):
    """The address knows other methods."""

    code = "method-not-allowed"
    allowed: list[str]


@dataclass(kw_only=True)
class CommandIdMissing(DomainError):
    """A write must carry its command id."""

    code = "idempotency-key-missing"


@dataclass(kw_only=True)
class CommandIdMalformed(DomainError):
    """The command id has another form, or one that belongs to the system."""

    code = "idempotency-key-malformed"


@dataclass(kw_only=True)
class VersionMalformed(DomainError):
    """`If-Match` is no version as `ETag` gave it."""

    code = "if-match-malformed"


@dataclass(kw_only=True)
class CursorMalformed(DomainError):
    """The bookmark of a list is not one that this list gave."""

    code = "cursor-malformed"


@dataclass(kw_only=True)
class BodyTooLarge(DomainError):
    """The body is larger than what is read."""

    code = "body-too-large"
    limit: int


@dataclass(kw_only=True)
class MediaTypeRefused(DomainError):
    """The body is of a type that this address does not read."""

    code = "media-type-refused"
    accepted: list[str]


@dataclass(kw_only=True)
class BodyMalformed(DomainError):
    """The body is no JSON that can have one meaning only."""

    code = "body-malformed"
    reason: str


@dataclass(kw_only=True)
class InputInvalid(DomainError):
    """Fields of the request have another form; `errors` names each place, never what was sent."""

    code = "input-invalid"
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class DatabaseAway(DomainError):
    """The ledger cannot be reached; nothing is known to be recorded, the same command id may be sent again."""

    code = "database-away"


@dataclass(kw_only=True)
class Unexpected(DomainError):
    """A fault of the service; what it was is in the log under the request's id."""

    code = "unexpected"
