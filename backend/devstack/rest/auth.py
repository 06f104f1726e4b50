"""Who is asking: a bearer token's role and claims, or the anonymous role."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from backend.devstack.rest.errors import RestError, bad_token
from backend.devstack.rest.settings import RestSettings

LEEWAY_S = 30  # PostgREST's allowance for clocks that differ.
TOKENS_REMEMBERED_MAX = (
    1_000  # Verifying an asymmetric signature costs more than most queries; a token lives an hour.
)

_KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
_NO_KEY = "No suitable key or wrong key type"


@dataclass(frozen=True, slots=True)
class Caller:
    """The database role to act as. `claims_json` is what `request.jwt.claims` will hold."""

    role: str
    claims_json: str
    is_anonymous: bool


@dataclass
class TokenVerifier:
    """Verifies tokens by the settings' secret (HS256) and public keys (ES256, RS256)."""

    settings: RestSettings
    now_s: Callable[[], float] = time.time
    _claims: dict[str, dict[str, Any]] = field(default_factory=dict)  # By token, signature known to be good.

    def authenticate(self, authorization: str | None) -> Caller:
        """The caller behind an Authorization header. Raises PGRST301 for a token that cannot be trusted,
        PGRST303 for one whose claims do not hold now, PGRST300 when nothing to verify it with is configured.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return self._caller({})
        token = token.strip()
        claims = self._claims.get(token)
        if claims is None:
            claims = self._verified(token)
            self._remember(token, claims)
        _check_times(claims, self.now_s())
        return self._caller(claims)

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        anonymous = self.settings.anon_role
        role = claims.get("role", anonymous)
        if not isinstance(role, str) or "\0" in role:
            role = json.dumps(role)
        return Caller(role, json.dumps({**claims, "role": role}), is_anonymous=role == anonymous)

    def _verified(self, token: str) -> dict[str, Any]:
        if not token:
            raise bad_token("PGRST301", "Empty JWT is sent in Authorization header")
        if not self.settings.jwt_secret and not self.settings.jwks:
            raise RestError("PGRST300", "Server lacks JWT secret")
        parts = token.count(".") + 1
        if parts != 3:
            raise bad_token("PGRST301", f"Expected 3 parts in JWT; got {parts}")
        try:
            header = jwt.get_unverified_header(token)
            key, algorithm = self._key(header)
            claims = jwt.decode(token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            details = "None of the keys was able to decode the JWT"
            raise bad_token("PGRST301", _NO_KEY, details) from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise bad_token("PGRST301", "JWT cryptographic operation failed") from None
        return claims

    def _key(self, header: Mapping[str, Any]) -> tuple[Any, str]:
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and self.settings.jwt_secret:
            return self.settings.jwt_secret, algorithm
        if algorithm != "HS256" and algorithm not in _KEY_TYPES:
            details = f"Unsupported algorithm: {algorithm}"
            raise bad_token("PGRST301", "Wrong or unsupported encoding algorithm", details)
        for jwk in self.settings.jwks:
            # By the key's own type: a public key must never serve as the secret of an HS256 token.
            fits = jwk.get("kty") == _KEY_TYPES.get(algorithm) and jwk.get("alg", algorithm) == algorithm
            if fits and (key_id is None or jwk.get("kid", key_id) == key_id):
                return jwt.PyJWK(dict(jwk), algorithm).key, algorithm
        raise bad_token("PGRST301", _NO_KEY, "No suitable key was found to decode the JWT")

    def _remember(self, token: str, claims: dict[str, Any]) -> None:
        if len(self._claims) >= TOKENS_REMEMBERED_MAX:
            del self._claims[next(iter(self._claims))]  # The oldest; dicts keep their order.
        self._claims[token] = claims


# The times are checked on every use, with PostgREST's words, and not only when the token is first seen.
_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def _check_times(claims: Mapping[str, Any], now_s: float) -> None:
    if _number(claims, "exp", now_s) < now_s - LEEWAY_S:
        raise bad_token("PGRST303", "JWT expired")
    if _number(claims, "nbf", now_s) > now_s + LEEWAY_S:
        raise bad_token("PGRST303", "JWT not yet valid")
    if _number(claims, "iat", now_s) > now_s + LEEWAY_S:
        raise bad_token("PGRST303", "JWT issued at future")


def _number(claims: Mapping[str, Any], name: str, default: float) -> float:
    number = claims.get(name)
    if number is None:
        return default
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise bad_token("PGRST303", f"The JWT '{name}' claim must be a number")
    return number
