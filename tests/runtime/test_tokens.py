"""Who a token proves, with keys fetched over real HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from backend.engine.ports import TokenRefused
from backend.server.tokens import KEYS_FRESH_S, KEYS_REFETCH_S, LEEWAY_S, PublishedKeys, TokenVerifier

USER = "00000000-0000-4000-8000-000000000001"
SECRET = "a secret of at least thirty-two characters"
ISSUER = "http://127.0.0.1:54321/auth/v1"


@dataclass
class Auth:
    """A server that publishes keys, as Supabase Auth does. `asked` counts how often it was asked."""

    url: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    status: int = 200

    def add_key(self, key_id: str, algorithm: str = "ES256") -> Any:
        """Publish a new key; the private half."""
        if algorithm == "ES256":
            private: Any = ec.generate_private_key(ec.SECP256R1())
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key()))
        else:
            private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
        self.keys[key_id] = public | {"kid": key_id, "alg": algorithm, "use": "sig"}
        return private

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        body = json.dumps({"keys": [*self.keys.values(), {"kty": "unheard of"}]}).encode()
        head = f"HTTP/1.1 {self.status} Whatever\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


@dataclass
class Clock:
    now_s: float = 1000.0


@dataclass
class World:
    auth: Auth
    clock: Clock
    verifier: TokenVerifier

    async def code(self, token: str) -> str:
        """The code of the refusal of `token`."""
        with pytest.raises(TokenRefused) as refused:
            await self.verifier.verify(token)
        return refused.value.code


@asynccontextmanager
async def open_world(secret: str | None = SECRET) -> AsyncIterator[World]:
    auth, clock = Auth(), Clock()
    server = await asyncio.start_server(auth.answer, "127.0.0.1", 0)
    auth.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/auth/v1/.well-known/jwks.json"
    try:
        async with httpx.AsyncClient() as client:
            keys = PublishedKeys(auth.url, client, now_s=lambda: clock.now_s)
            yield World(auth, clock, TokenVerifier(ISSUER, secret, keys))
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_world() as world:
        yield world


def claims(**changes: object) -> dict[str, object]:
    """What Supabase Auth says of a person; a claim changed to None is left out."""
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": "authenticated",
        "sub": USER,
        "role": "authenticated",
        "iat": now,
        "exp": now + 3600,
        "session_id": "5f3c",
    }
    return {name: claim for name, claim in (said | changes).items() if claim is not None}


def sign(key: Any = SECRET, algorithm: str = "HS256", key_id: str | None = None, **changes: object) -> str:
    headers = {} if key_id is None else {"kid": key_id}
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


async def test_a_token_of_the_shared_secret_proves_its_person(world: World):
    said = claims()
    identity = await world.verifier.verify(jwt.encode(said, SECRET, algorithm="HS256"))

    assert identity.user_id == UUID(USER)
    assert identity.claims == said
    assert identity.expires_at_s == said["exp"] + LEEWAY_S  # pyright: ignore
    assert world.auth.asked == 0


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
async def test_a_token_of_a_published_key_proves_its_person(world: World, algorithm: str):
    key = world.auth.add_key("first", algorithm)
    for _ in range(3):
        identity = await world.verifier.verify(sign(key, algorithm, "first"))
        assert identity.user_id == UUID(USER)
    assert world.auth.asked == 1


async def test_two_tokens_of_one_person_are_one_identity(world: World):
    first, second = [await world.verifier.verify(sign(session_id=session)) for session in ("a", "b")]
    assert first == second


REFUSED = {
    "token.expired": {"exp": int(time.time()) - LEEWAY_S - 5},
    "token.not_yet_valid": {"iat": int(time.time()) + 3600},
    "token.wrong_issuer": {"iss": "https://elsewhere.example/auth/v1"},
    "token.wrong_audience": {"aud": "somewhere"},
}


@pytest.mark.parametrize(("code", "changes"), REFUSED.items())
async def test_a_token_for_another_time_or_place_is_refused(world: World, code: str, changes: dict[str, Any]):
    assert await world.code(sign(**changes)) == code


async def test_clocks_may_differ_a_little(world: World):
    now = int(time.time())
    for changes in ({"exp": now - 3}, {"iat": now + 3}, {"aud": ["authenticated", "more"]}):
        assert (await world.verifier.verify(sign(**changes))).user_id == UUID(USER)


@pytest.mark.parametrize("claim", ["exp", "iat"])
async def test_a_token_must_say_when_it_was_made_and_when_it_ends(world: World, claim: str):
    assert await world.code(sign(**{claim: None})) == "token.malformed"


async def test_a_projects_keys_are_no_persons_tokens(world: World):
    keys = [
        sign(role="anon", sub=None, iss="supabase-demo", aud=None),
        sign(role="service_role", sub=None, iss="supabase-demo", aud=None),
        sign(role="service_role"),
        sign(sub=None),
        sign(sub="not a uuid"),
        "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH",
        "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
    ]
    assert [await world.code(key) for key in keys] == ["token.not_a_user"] * len(keys)


async def test_what_is_signed_by_nobody_of_ours_is_refused(world: World):
    key = world.auth.add_key("first")
    public = jwt.PyJWK(world.auth.keys["first"])
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = {
        sign("another secret of at least thirty-two characters"): "token.wrong_signature",
        sign(stranger, "ES256", "first"): "token.wrong_signature",
        sign(stranger, "ES256", "second"): "token.unknown_key",
        sign(stranger, "ES256"): "token.unknown_key",
        sign(key, "ES256", "first")[:-8] + "AAAAAAAA": "token.wrong_signature",
        jwt.encode(claims(), "", algorithm="none"): "token.unknown_key",
        # A public key is no secret: whoever signs with it as if it were one is no one.
        _hs256_with(str(public.key.public_numbers()).encode(), "first"): "token.wrong_signature",
        "": "token.malformed",
        "a.b.c": "token.malformed",
        "x" * 20_000: "token.malformed",
    }
    assert {token: await world.code(token) for token in forged} == forged


def _hs256_with(key: bytes, key_id: str) -> str:
    return jwt.encode(claims(), key.ljust(32, b"."), algorithm="HS256", headers={"kid": key_id})


async def test_without_a_secret_only_published_keys_count():
    async with open_world(secret=None) as world:
        key = world.auth.add_key("first")
        assert await world.code(sign()) == "token.unknown_key"
        assert (await world.verifier.verify(sign(key, "ES256", "first"))).user_id == UUID(USER)


# --- keys change ---


async def test_a_new_key_is_fetched_when_a_token_names_it(world: World):
    first = world.auth.add_key("first")
    await world.verifier.verify(sign(first, "ES256", "first"))

    second = world.auth.add_key("second")
    world.clock.now_s += KEYS_REFETCH_S
    await world.verifier.verify(sign(second, "ES256", "second"))
    await world.verifier.verify(sign(first, "ES256", "first"))

    assert world.auth.asked == 2


async def test_made_up_key_ids_do_not_make_us_ask_again_and_again(world: World):
    first = world.auth.add_key("first")
    await world.verifier.verify(sign(first, "ES256", "first"))
    for number in range(20):
        assert await world.code(sign(first, "ES256", f"made up {number}")) == "token.unknown_key"
    assert world.auth.asked == 1

    world.clock.now_s += KEYS_REFETCH_S
    tokens = [sign(first, "ES256", f"made up {number}") for number in range(20)]
    assert await asyncio.gather(*map(world.code, tokens)) == ["token.unknown_key"] * 20
    assert world.auth.asked == 2


async def test_a_withdrawn_key_is_refused_once_ours_have_grown_old(world: World):
    first = world.auth.add_key("first")
    token = sign(first, "ES256", "first")
    await world.verifier.verify(token)
    world.auth.keys.clear()
    await world.verifier.verify(token)

    world.clock.now_s += KEYS_FRESH_S

    assert await world.code(token) == "token.unknown_key"


async def test_an_outage_of_auth_withdraws_no_key(world: World):
    first = world.auth.add_key("first")
    token = sign(first, "ES256", "first")
    await world.verifier.verify(token)

    world.auth.status = 503
    world.clock.now_s += KEYS_FRESH_S

    assert (await world.verifier.verify(token)).user_id == UUID(USER)
    assert world.auth.asked == 2


async def test_keys_that_cannot_be_fetched_refuse_and_are_asked_for_again_later(world: World):
    first = world.auth.add_key("first")
    world.auth.status = 500
    assert await world.code(sign(first, "ES256", "first")) == "token.unknown_key"

    world.auth.status = 200
    world.clock.now_s += KEYS_REFETCH_S
    assert (await world.verifier.verify(sign(first, "ES256", "first"))).user_id == UUID(USER)
