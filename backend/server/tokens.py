"""Who a Supabase token proves: signature, issuer, audience and time checked, keys fetched as they rotate."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import httpx
import jwt

from backend.engine.ports import TokenRefused
from backend.engine.versions import Identity

AUDIENCE = "authenticated"  # Supabase Auth's for every person, anonymous sign-ins included.
ALGORITHMS = ("ES256", "RS256")  # What Supabase publishes keys for. HS256 needs the shared secret.
LEEWAY_S = 10  # Clocks of servers differ by less.
KEYS_FRESH_S = 600  # A key withdrawn by Supabase is refused after this.
KEYS_REFETCH_S = 10  # At least this between two fetches, whatever key ids strangers make up.
KEYS_TIMEOUT_S = 5.0  # A sign-in should not hang on a slow Auth.
KEYS_BYTES_MAX = 256 * 1024  # A key set is about one kB.
TOKEN_CHARACTERS_MAX = 16 * 1024  # More than a header could carry.

_UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
"""What PyJWT raises at what makes no sense: its own errors, and those of odd numbers and deep JSON."""


class PublishedKeys:
    """The keys at a JWKS address, by their id.

    `now_s` is a monotonic clock. Keys are fetched when first needed, when they have grown old, and when a
    token names one that is not among them.
    """

    def __init__(self, url: str, client: httpx.AsyncClient, *, now_s: Callable[[], float]) -> None:
        self._url, self._client, self._now_s = url, client, now_s
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at_s = self._asked_at_s = -math.inf
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, if it is published."""
        if not self._may_trust(key_id):
            async with self._fetching:
                # Whoever waited here may find it fetched by another.
                if not self._may_trust(key_id) and self._now_s() - self._asked_at_s >= KEYS_REFETCH_S:
                    await self._fetch()
        return self._keys.get(key_id)

    def _may_trust(self, key_id: str) -> bool:
        return key_id in self._keys and self._now_s() - self._fetched_at_s < KEYS_FRESH_S

    async def _fetch(self) -> None:
        """Replace all keys; keep them when the address does not answer, as an outage withdraws no key."""
        self._asked_at_s = self._now_s()
        try:
            response = await self._client.get(self._url, timeout=KEYS_TIMEOUT_S)
            response.raise_for_status()
            if len(response.content) > KEYS_BYTES_MAX:
                return
            published = [_read_key(key) for key in response.json()["keys"]]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError):
            return
        self._keys = {key.key_id: key for key in published if key is not None and key.key_id}
        self._fetched_at_s = self._now_s()


def _read_key(published: object) -> jwt.PyJWK | None:
    """A key for signatures, None for any other: one we cannot read must not cost us the rest."""
    if not isinstance(published, dict) or published.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(published)
    except _UNREADABLE:
        return None
    return key if key.algorithm_name in ALGORITHMS else None


@dataclass(frozen=True)
class TokenVerifier:
    """Verifies tokens of one project. `secret` is the legacy one that some projects still sign with."""

    issuer: str
    secret: str | None
    keys: PublishedKeys

    async def verify(self, token: str) -> Identity:
        """The person the token proves. Raises `TokenRefused`."""
        if token.startswith(("sb_publishable_", "sb_secret_")):
            raise _not_a_user()
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise TokenRefused("token.malformed", "The token is too long.")
        claims = _decode(token, *await self._key_for(token))
        if claims.get("role") != AUDIENCE:
            raise _not_a_user()
        if claims.get("iss") != self.issuer:
            raise TokenRefused("token.wrong_issuer", "The token was issued by another project.")
        audience = claims.get("aud")
        if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("token.wrong_audience", "The token is meant for something else.")
        if "exp" not in claims or "iat" not in claims:
            raise TokenRefused("token.malformed", "The token does not say when it was made and when it ends.")
        return Identity(_user_id(claims), claims, _ends_at_s(claims["exp"]) + LEEWAY_S, token)

    async def _key_for(self, token: str) -> tuple[object, str]:
        try:
            header = jwt.get_unverified_header(token)
        except _UNREADABLE as error:
            raise TokenRefused("token.malformed", "This is not a JSON Web Token.") from error
        match header:
            case {"alg": "HS256"} if self.secret is not None:
                return self.secret, "HS256"
            case {"alg": "ES256" | "RS256" as algorithm, "kid": str(key_id)}:
                key = await self.keys.find(key_id)
                # The key decides how it is used, never the token: else a public key could pass as a secret.
                if key is None or key.algorithm_name != algorithm:
                    raise TokenRefused("token.unknown_key", "The token is signed by a key nobody published.")
                return key.key, algorithm
            case _:
                raise TokenRefused("token.unknown_key", "Tokens are not signed that way here.")


def _decode(token: str, key: object, algorithm: str) -> Mapping[str, object]:
    try:
        # What else a person's token must say is checked later: a project's keys lack it all, and deserve a
        # better answer.
        return jwt.decode(
            token,
            key,  # pyright: ignore[reportArgumentType]
            algorithms=[algorithm],
            leeway=LEEWAY_S,
            options={"verify_aud": False, "verify_iss": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("token.expired", "The token has expired.") from error
    except jwt.ImmatureSignatureError as error:
        raise TokenRefused("token.not_yet_valid", "The token is not valid yet.") from error
    except jwt.InvalidSignatureError as error:
        raise TokenRefused("token.wrong_signature", "The token's signature is wrong.") from error
    except _UNREADABLE as error:
        raise TokenRefused("token.malformed", "The token is malformed.") from error


def _ends_at_s(exp: object) -> float:
    try:
        return float(cast("float", exp))
    except _UNREADABLE as error:
        raise TokenRefused("token.malformed", "The token ends at no time that there is.") from error


def _user_id(claims: Mapping[str, object]) -> UUID:
    try:
        return UUID(cast("str", claims.get("sub")))
    except (ValueError, TypeError, AttributeError) as error:
        raise _not_a_user() from error


def _not_a_user() -> TokenRefused:
    return TokenRefused("token.not_a_user", "A project's key is not a person's token; sign in and send that.")


def open_verifier(
    *, issuer: str, jwks_url: str, secret: str | None, client: httpx.AsyncClient
) -> TokenVerifier:
    """A verifier that fetches keys with `client`, whose owner closes it."""
    return TokenVerifier(issuer, secret, PublishedKeys(jwks_url, client, now_s=time.monotonic))
