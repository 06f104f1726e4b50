"""A running Folkmoot, browsers on it, a network between them, and a hand on its database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing

import asyncpg
import pytest

from backend.devstack.http_asgi import lifespan
from backend.devstack.http_server import reserve_port, serve
from backend.server.app import create_app
from backend.server.settings import Settings
from tests.clients.browser import Browser, open_browser
from tests.clients.network import Network, open_network
from tests.clients.world import World


@pytest.fixture
async def world(stack) -> AsyncIterator[World]:
    """The community behind the clients, as one sees it in the SQL editor."""
    connection = await asyncpg.connect(stack.db_url)
    try:
        yield World(connection)
    finally:
        await connection.close()


@pytest.fixture
async def network(service) -> AsyncIterator[Network]:
    """What `browser` reaches the service through."""
    async with open_network(service.url) as opened:
        yield opened


@pytest.fixture
async def other_copy_url(stack) -> AsyncIterator[str]:
    """Where a second copy of the service answers, beside `service` on the same database."""
    with closing(reserve_port(0, option="")) as reserved:
        given = {"database_url": stack.db_url, "supabase_url": stack.api_url, "jwt_secret": stack.jwt_secret}
        app = create_app(Settings.model_validate(given))
        async with lifespan(app), serve(app, reserved):
            yield "http://{}:{}".format(*reserved.getsockname())


@pytest.fixture
async def browser(stack, network: Network) -> AsyncIterator[Browser]:
    """Tabs with unmodified JavaScript clients of the stack and the service."""
    async with open_browser(
        api_url=stack.api_url, anon_key=stack.anon_key, service_url=network.url
    ) as opened:
        yield opened
