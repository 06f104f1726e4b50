"""Access tokens: short-lived JWTs that say who is calling and under which role."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from jwt.types import Options

from backend.devstack.auth.settings import AuthSettings

Claims = dict[str, Any]

SECRET_ALGORITHM = "HS256"
_ALGORITHM_BY_KEY_TYPE = {"EC": "ES256", "RSA": "RS256"}
_PUBLIC_FIELDS = ("kty", "crv", "x", "y", "n", "e", "kid", "alg")

# Time is checked against our own clock, below; audience and issuer differ between users' tokens and the
# project's keys, and GoTrue looks at neither.
_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
}


class BadToken(Exception):
    """The text is not a token of this project, or no longer one. Its message is safe to show."""


class SigningKeys:
    """Signs this project's access tokens and recognises them again."""

    def __init__(self, settings: AuthSettings):
        self._secret = settings.jwt_secret
        self._private: jwt.PyJWK | None = None
        public = {key["kid"]: _public_half(key) for key in settings.jwks}
        if settings.signing_key is not None:
            own = _public_half(settings.signing_key)
            public = {own["kid"]: own, **public}
            self._private = jwt.PyJWK.from_dict({**settings.signing_key, "alg": own["alg"]})
        self.published = tuple(public.values())
        self._public = {kid: jwt.PyJWK.from_dict(key) for kid, key in public.items()}

    def sign(self, claims: Claims) -> str:
        """Encode `claims` under the signing key, or under the shared secret when there is none."""
        if self._private is None:
            return jwt.encode(claims, self._secret, algorithm=SECRET_ALGORITHM)
        headers = {"kid": self._private.key_id}
        return jwt.encode(claims, self._private.key, algorithm=self._private.algorithm_name, headers=headers)

    def verify(self, token: str, now: datetime) -> Claims:
        """Return the claims of a token of this project that is valid at `now`; raise `BadToken` otherwise."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") == SECRET_ALGORITHM:
                claims = jwt.decode(
                    token, self._secret, algorithms=[SECRET_ALGORITHM], options=_SIGNATURE_ONLY
                )
            elif (public := self._public.get(header.get("kid", ""))) is not None:
                algorithms = [public.algorithm_name]
                claims = jwt.decode(token, public.key, algorithms=algorithms, options=_SIGNATURE_ONLY)
            else:
                raise BadToken("token is unverifiable: unrecognized JWT kid or algorithm")
        except jwt.InvalidSignatureError as error:
            raise BadToken("token signature is invalid: signature is invalid") from error
        except jwt.PyJWTError as error:
            raise BadToken(f"token is malformed: {error}") from error
        _check_time(claims, now)
        return claims


def _public_half(key: Mapping[str, Any]) -> dict[str, Any]:
    kept = {field: key[field] for field in _PUBLIC_FIELDS if field in key}
    kept.setdefault("alg", _ALGORITHM_BY_KEY_TYPE[key["kty"]])
    return {**kept, "use": "sig", "key_ops": ["verify"], "ext": True}


def _check_time(claims: Claims, now: datetime) -> None:
    at_s = now.timestamp()
    if _seconds(claims, "exp", otherwise=float("inf")) <= at_s:
        raise BadToken("token has invalid claims: token is expired")
    if _seconds(claims, "nbf", otherwise=float("-inf")) > at_s:
        raise BadToken("token has invalid claims: token is not valid yet")


def _seconds(claims: Claims, name: str, *, otherwise: float) -> float:
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadToken(f"token is malformed: {name} is not a number")
    return value
