"""Tokens: ours, whole, for us, and valid now; nothing else."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.tokens import AUDIENCE, ISSUER, TYPE, Bearer, NotAnIssuer, TokenRefused, Tokens
from tests.support.people import AGENCY, HEAD

KEY = b"0123456789abcdefghijklmnopqrstuv"
TOKENS = Tokens(KEY, may_issue=True)


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token; None leaves one out."""
    now = int(time.time())
    found = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": HEAD,
        "agency": AGENCY,
        "iat": now,
        "exp": now + 60,
        "jti": "1",
        **changed,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(content: Mapping[str, Any], key: bytes = KEY, **header: Any) -> str:
    """A token signed by a key."""
    full = {"alg": "HS256", "typ": TYPE, **header}
    return jwt.encode(full, dict(content), OctKey.import_key(key), ["HS256", "HS384", "HS512"])


def raw(header: Mapping[str, Any], content: Mapping[str, Any], key: bytes | None = None) -> str:
    """A token put together by hand, with a signature under the key, or none."""
    message = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(content).encode())}"
    return f"{message}.{encoded(hmac.digest(key, message.encode(), 'sha256')) if key is not None else ''}"


def encoded(part: bytes) -> str:
    """Base64 as tokens write it."""
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def asymmetric() -> str:
    """A token signed by somebody's own RSA key."""
    return jwt.encode({"alg": "RS256", "typ": TYPE}, claims(), RSAKey.generate_key(2048), ["RS256"])


OWN = b"own-key-of-the-attacker-32-bytes"
FORGED = {
    "another key": signed(claims(), b"x" * 32),
    "an RSA key": asymmetric(),
    "another size of the same algorithm": signed(claims(), alg="HS384"),
    "no expiry": signed(claims(exp=None)),
    "expired": signed(claims(exp=int(time.time()) - 1)),
    "expiry that is no number": signed(claims(exp="tomorrow")),
    "not yet": signed(claims(nbf=int(time.time()) + 60)),
    "issued in the future": signed(claims(iat=int(time.time()) + 60)),
    "another audience": signed(claims(aud="another-api")),
    "another issuer": signed(claims(iss="somebody")),
    "no person": signed(claims(sub=None)),
    "a person that is no text": signed(claims(sub=7)),
    "no agency": signed(claims(agency=None)),
    "another type": signed(claims(), typ="JWT"),
    "a key of its own": raw({"alg": "HS256", "typ": TYPE, "jwk": {"kty": "oct", "k": encoded(OWN)}}, claims(), OWN),
    "a key from elsewhere": raw({"alg": "HS256", "typ": TYPE, "jku": "https://elsewhere"}, claims(), OWN),
    "a path as key id": raw({"alg": "HS256", "typ": TYPE, "kid": "../../dev/null"}, claims(), b""),
    "an unknown critical header": raw({"alg": "HS256", "typ": TYPE, "crit": ["x"], "x": 1}, claims(), KEY),
    "nothing": "",
    "two dots": "..",
    "no base64": "é.é.é",
    **{
        f"algorithm {name!r}": raw({"alg": name, "typ": TYPE}, claims())
        for name in ("none", "None", "NONE", "nOnE", "", " none", "none ", None)
    },
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_is_refused(kind: str) -> None:
    """No spelling of `none`, no confusion of keys, no missing or wrong claim gets in."""
    with pytest.raises(TokenRefused):
        TOKENS.read(FORGED[kind])


def test_a_changed_token_is_refused() -> None:
    """One letter changed in the middle of any part breaks it."""
    token = TOKENS.issue(HEAD, AGENCY, timedelta(hours=1))
    parts = token.split(".")
    for index, part in enumerate(parts):
        middle = len(part) // 2
        other = "A" if part[middle] != "A" else "B"
        changed = [*parts[:index], part[:middle] + other + part[middle + 1 :], *parts[index + 1 :]]
        with pytest.raises(TokenRefused):
            TOKENS.read(".".join(changed))


def test_a_token_speaks_for_the_person_it_was_issued_to() -> None:
    """What is issued can be read back; so can this file's own good tokens, or the forgeries would prove nothing."""
    assert TOKENS.read(TOKENS.issue(HEAD, AGENCY, timedelta(hours=1))) == Bearer(HEAD, AGENCY)
    assert TOKENS.read(signed(claims())) == Bearer(HEAD, AGENCY)
    assert TOKENS.read(raw({"alg": "HS256", "typ": TYPE}, claims(), KEY)) == Bearer(HEAD, AGENCY)


def test_in_production_nobody_is_issued_a_token() -> None:
    """Only where people are invented does the installation vouch for anybody."""
    with pytest.raises(NotAnIssuer):
        Tokens(KEY, may_issue=False).issue(HEAD, AGENCY, timedelta(hours=1))


def test_the_key_is_not_shown() -> None:
    """A log that shows the object shows no secret."""
    assert "0123" not in repr(TOKENS)
