"""Bearer tokens: who is asking, signed with the installation's key by one algorithm and no other."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from activities.settings import Settings, key_bytes

ALGORITHMS = ["HS256"]
TYPE = "at+jwt"
AUDIENCE = "jenjang-api"
ISSUER = "jenjang"
CLAIMS = JWTClaimsRegistry(
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    sub={"essential": True},
    agency={"essential": True},
    iat={"essential": True},
    exp={"essential": True},
    jti={"essential": True},
)


class TokenRefused(Exception):
    """The token is not ours, not whole, or not valid now."""


class NotAnIssuer(Exception):
    """Outside demo and tests tokens come from the agency's own sign-in, never from here."""


@dataclass(frozen=True)
class Bearer:
    """The person a token speaks for."""

    ref: str
    agency: str


@dataclass(frozen=True)
class Tokens:
    """Reads tokens and, where people are invented, issues them; they live by the machine's clock, not the ledger's."""

    key: bytes = field(repr=False)
    may_issue: bool

    @classmethod
    def of(cls, settings: Settings) -> Tokens:
        """The tokens of an installation; raises ValueError when its key is missing."""
        return cls(key_bytes(settings.token_key), may_issue=settings.invented_people)

    def issue(self, subject: str, agency: str, ttl: timedelta) -> str:
        """A token for the person, valid for `ttl`; raises NotAnIssuer in production."""
        if not self.may_issue:
            raise NotAnIssuer
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "agency": agency,
            "iat": now,
            "exp": now + int(ttl.total_seconds()),
            "jti": uuid4().hex,
        }
        return jwt.encode({"alg": ALGORITHMS[0], "typ": TYPE}, claims, OctKey.import_key(self.key), ALGORITHMS)

    def read(self, token: str) -> Bearer:
        """Who the token speaks for; raises TokenRefused."""
        try:
            found = jwt.decode(token, OctKey.import_key(self.key), ALGORITHMS)
            CLAIMS.validate(found.claims)
        except (JoseError, ValueError) as error:
            raise TokenRefused from error
        if found.header.get("typ") != TYPE:
            raise TokenRefused
        return Bearer(ref=found.claims["sub"], agency=str(found.claims["agency"]))
