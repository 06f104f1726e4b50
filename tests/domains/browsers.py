"""Browsers with the unmodified Supabase client, over a database of everything that is declared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from supabase import AsyncClient

from backend.devstack.config import read_config
from backend.devstack.http_server import reserve_port
from backend.devstack.keys import make_keys
from backend.devstack.services import serve_services
from tests.clients.supabase_python import open_supabase
from tests.conftest import REPOSITORY
from tests.databases import Database

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Browser:
    """A client in which `person` is signed in."""

    client: AsyncClient
    person: UUID


@dataclass(frozen=True)
class Browsers:
    """A gateway with clients on it; `owner` is a connection as the tables' owner."""

    owner: asyncpg.Connection
    service: AsyncClient
    _api_url: str
    _anon_key: str
    _opened: AsyncExitStack

    async def sign_up(self, name: str, *, role: str = "member") -> Browser:
        """A browser of somebody new."""
        client = await self._opened.enter_async_context(open_supabase(self._api_url, self._anon_key))
        signed_up = await client.auth.sign_up({"email": f"{name}@example.org", "password": PASSWORD})
        assert signed_up.user is not None, signed_up
        person = UUID(signed_up.user.id)
        await self.owner.execute("update public.users set role = $2 where id = $1", person, role)
        return Browser(client, person)


@asynccontextmanager
async def open_browsers(database: Database, directory: Path) -> AsyncIterator[Browsers]:
    """Serve the API of `database`; `directory` keeps its keys."""
    config = read_config(REPOSITORY / "supabase" / "config.toml", environment={})
    keys = make_keys(config, directory)
    async with AsyncExitStack() as opened:
        reserved = opened.enter_context(closing(reserve_port(0, option="")))
        api_url = await opened.enter_async_context(serve_services(database.dsn, config, keys, reserved))
        service = await opened.enter_async_context(open_supabase(api_url, keys.service_role_key))
        owner = await asyncpg.connect(database.dsn())
        opened.push_async_callback(owner.close)
        yield Browsers(owner, service, api_url, keys.anon_key, opened)
