"""What the unmodified JavaScript client does about tokens: refreshed, refused, refused for good, run out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from backend.server.tokens import LEEWAY_S
from tests.clients.browser import Browser, open_browser
from tests.clients.world import World
from tests.conftest import RunningService

PROGRAM = Path(__file__).with_name("tokens.ts")

Event = dict[str, Any]


@pytest.fixture
async def client(service: RunningService) -> AsyncIterator[Browser]:
    async with open_browser(
        api_url=service.stack.api_url,
        anon_key=service.stack.anon_key,
        service_url=service.url,
        program=PROGRAM,
    ) as browser:
        yield browser


@pytest.fixture
async def person(world: World) -> str:
    id = str(uuid4())
    await world.connection.execute(
        "insert into auth.users (id, email) values ($1, $2)", id, f"{id}@example.com"
    )
    return id


def _token(
    service: RunningService, person: str, *, secret: str | None = None, ends_in_s: float = 3600
) -> str:
    now = int(time.time())
    claims = {
        "iss": f"{service.stack.api_url}/auth/v1",
        "aud": "authenticated",
        "role": "authenticated",
        "sub": person,
        "iat": now - 100,
        "exp": now + ends_in_s,
        "jti": str(uuid4()),  # A client takes the same text twice for no new token.
    }
    return jwt.encode(claims, secret or service.stack.jwt_secret, "HS256")


async def _hears(client: Browser, *expected: Event) -> None:
    """Wait until the client has asked for tokens, and been accepted, in just this way."""

    def heard() -> list[Event]:
        told = [event for event in client.events() if "asked" in event or "accepted" in event]
        return [event for event, _ in groupby({k: v for k, v in one.items() if k != "tab"} for one in told)]

    await client.until(lambda _: heard() == list(expected) or None, lambda: str(heard()))


ASKED, ASKED_ANEW = {"asked": False}, {"asked": True}
ACCEPTED, GIVEN_UP = {"accepted": True}, {"accepted": False}


async def test_a_client_that_is_accepted_renews_its_token_at_once(
    service: RunningService, client: Browser, person: str
):
    tab = client.tab("ada")
    tokens = [_token(service, person), _token(service, person)]
    await tab.do("authenticate", tokens=tokens)
    me = await tab.subscribe("users:me")
    await _hears(client, ASKED, ASKED_ANEW, ACCEPTED)
    await me.settles_on(person, lambda user: user and user["_id"])


async def test_a_refused_token_makes_the_client_fetch_another(
    service: RunningService, client: Browser, person: str
):
    tab, refused = client.tab("ada"), "another secret of at least thirty-two characters"
    tokens = [_token(service, person, secret=refused), _token(service, person), _token(service, person)]
    await tab.do("authenticate", tokens=tokens)
    me = await tab.subscribe("users:me")
    await me.settles_on(person, lambda user: user and user["_id"])
    await _hears(client, ASKED, ASKED_ANEW, ACCEPTED)


async def test_a_client_whose_tokens_are_all_refused_goes_on_as_a_visitor(
    service: RunningService, client: Browser, person: str, world: World
):
    tab, refused = client.tab("ada"), "another secret of at least thirty-two characters"
    await world.space()
    await tab.do("authenticate", tokens=[_token(service, person, secret=refused) for _ in range(9)])
    spaces = await tab.subscribe("spaces:list")
    await _hears(client, ASKED, ASKED_ANEW, GIVEN_UP)
    await spaces.settles_on(["General"], lambda spaces: [space["name"] for space in spaces])


async def test_a_token_that_runs_out_is_renewed_when_there_is_something_to_tell(
    service: RunningService, client: Browser, person: str, world: World
):
    tab = client.tab("ada")
    brief = _token(service, person, ends_in_s=2 - LEEWAY_S)
    # The client renews at once, and gets no new token then: it goes on with the old one.
    await tab.do("authenticate", tokens=[brief, brief, _token(service, person), _token(service, person)])
    spaces = await tab.subscribe("spaces:list")
    await spaces.settles_on([])
    await world.becomes(True, "select now() > to_timestamp($1)", time.time() + 2.5)
    await world.space()
    await spaces.settles_on(["General"], lambda spaces: [space["name"] for space in spaces])
    assert sum("asked" in event for event in client.events()) >= 3
