"""Who a bearer token makes the caller."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from backend.devstack.rest.auth import TOKENS_REMEMBERED_MAX, TokenVerifier
from backend.devstack.rest.errors import RestError
from tests.rest.conftest import ME, SETTINGS, Rest, bearer, open_rest, refused

CLAIMS = "/rpc/setting?name=request.jwt.claims"


async def test_role_and_claims_come_from_the_token(rest: Rest):
    authorization = bearer(sub=ME, app_metadata={"tier": "it's"})
    claims = json.loads((await rest.get(CLAIMS, Authorization=authorization)).json)
    assert (claims["role"], claims["sub"], claims["app_metadata"]) == ("authenticated", ME, {"tier": "it's"})
    assert (await rest.get("/rpc/setting?name=role", Authorization=authorization)).json == "authenticated"
    timeout = "/rpc/setting?name=statement_timeout"
    assert (await rest.get(timeout, Authorization=authorization)).json == "8s"


@pytest.mark.parametrize(
    ("authorization", "code", "message", "details"),
    [
        ("Bearer", "PGRST301", "Empty JWT is sent in Authorization header", None),
        ("Bearer a.b", "PGRST301", "Expected 3 parts in JWT; got 2", None),
        ("Bearer a.b.c", "PGRST301", "JWT cryptographic operation failed", None),
        (
            bearer(secret="x" * 40),
            "PGRST301",
            "No suitable key or wrong key type",
            "None of the keys was able to decode the JWT",
        ),
        (
            f"Bearer {jwt.encode({'role': 'service_role'}, '', algorithm='none')}",
            "PGRST301",
            "Wrong or unsupported encoding algorithm",
            "Unsupported algorithm: none",
        ),
        (bearer(exp=int(time.time()) - 60), "PGRST303", "JWT expired", None),
        (bearer(nbf=int(time.time()) + 3600), "PGRST303", "JWT not yet valid", None),
        (bearer(iat=int(time.time()) + 3600), "PGRST303", "JWT issued at future", None),
    ],
)
async def test_tokens_that_do_not_hold_are_refused(
    rest: Rest, authorization: str, code: str, message: str, details: str | None
):
    answer = await rest.get("/books", Authorization=authorization)
    assert answer.brief == (401, refused(code, message, details))
    assert answer.headers["www-authenticate"] == (
        f'Bearer error="invalid_token", error_description="{message}"'
    )


async def test_a_token_with_a_role_that_is_not_there_is_refused(rest: Rest):
    answer = await rest.get("/books", Authorization=bearer("king"))
    assert answer.brief == (401, refused("22023", 'role "king" does not exist'))
    answer = await rest.get("/books", Authorization=bearer("postgres"))
    assert answer.brief == (403, refused("42501", 'permission denied to set role "postgres"'))


async def test_tokens_may_be_signed_by_any_of_the_public_keys(library):
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    jwks = tuple(
        {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "ES256"}
        for key, kid in zip(keys, "ab", strict=True)
    )
    payload = {"role": "authenticated", "sub": ME, "exp": int(time.time()) + 60}
    async with open_rest(library, SETTINGS, jwks=jwks) as rest:
        for key, kid, status in (
            (keys[0], "a", 200),
            (keys[1], "b", 200),
            (keys[0], "b", 401),
            (keys[0], "c", 401),
        ):
            token = jwt.encode(payload, key, algorithm="ES256", headers={"kid": kid})
            answer = await rest.get("/notes?select=id", Authorization=f"Bearer {token}")
            assert answer.status == status, kid
    # A public key must not serve as an HMAC secret.
    assert TokenVerifier(SETTINGS).authenticate(None).role == "anon"


def verifier(now_s: float, **settings: Any) -> TokenVerifier:
    from dataclasses import replace

    return TokenVerifier(replace(SETTINGS, **settings), now_s=lambda: now_s)


def test_a_clock_may_be_thirty_seconds_off_and_no_more():
    token = bearer(exp=1_000)
    assert verifier(1_030).authenticate(token).role == "authenticated"
    with pytest.raises(RestError, match="JWT expired"):
        verifier(1_031).authenticate(token)


def test_a_remembered_token_expires_all_the_same():
    now = [1_000.0]
    remembering = TokenVerifier(SETTINGS, now_s=lambda: now[0])
    token = bearer(exp=1_500)
    remembering.authenticate(token)
    now[0] = 2_000.0
    with pytest.raises(RestError, match="JWT expired"):
        remembering.authenticate(token)


def test_no_more_tokens_are_remembered_than_the_limit():
    remembering = verifier(0)
    for number in range(TOKENS_REMEMBERED_MAX + 1):
        remembering.authenticate(bearer(exp=1, number=number))
    assert len(remembering._claims) == TOKENS_REMEMBERED_MAX


def test_a_token_without_anything_to_verify_it_with_is_our_own_mistake():
    with pytest.raises(RestError, match="Server lacks JWT secret") as refusal:
        verifier(0, jwt_secret=None).authenticate(bearer())
    assert refusal.value.status == 500
