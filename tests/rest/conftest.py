"""The REST face over the little library of library.sql, called as the ASGI app that it is."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from backend.devstack.cluster import Cluster
from backend.devstack.rest import RestSettings, create_rest_app
from backend.postgres import open_pool
from tests.databases import connected, copied_database, create_database

JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"
ME = "00000000-0000-0000-0000-000000000001"
SETTINGS = RestSettings(rows_max=100, jwt_secret=JWT_SECRET)
TEMPLATE = "library"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Rest:
    """The app, and the database behind it."""

    http: httpx.AsyncClient
    dsn: str

    async def ask(self, method: str, url: str, body: object = None, **headers: str) -> Answer:
        """Send a request. Underscores in header names stand for dashes; bodies other than text are JSON."""
        content = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = await self.http.request(method, url, content=content, headers=names)
        return Answer(reply.status_code, dict(reply.headers), reply.content)

    async def get(self, url: str, **headers: str) -> Answer:
        return await self.ask("GET", url, **headers)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def brief(self) -> tuple[int, Any]:
        """Status and body; the body as JSON where it says it is, None where there is none."""
        if not self.content:
            return self.status, None
        is_json = "json" in self.headers.get("content-type", "")
        return self.status, self.json if is_json else self.content.decode()

    @property
    def whole(self) -> tuple[int, dict[str, str], Any]:
        """Status, body, and all headers but those that only repeat something."""
        repeated = ("content-length", "vary")
        return (
            self.status,
            {name: value for name, value in self.headers.items() if name not in repeated},
            self.brief[1],
        )


def bearer(role: str = "authenticated", *, secret: str = JWT_SECRET, **claims: Any) -> str:
    """The value of an Authorization header."""
    payload = {"role": role, "exp": int(time.time()) + 3600, **claims}
    return f"Bearer {jwt.encode(payload, secret, algorithm='HS256')}"


def refused(code: str, message: str, details: Any = None, hint: str | None = None) -> dict[str, Any]:
    """The body of an error."""
    return {"code": code, "message": message, "details": details, "hint": hint}


@pytest.fixture(scope="session")
async def library(cluster: Cluster) -> Cluster:
    """The server, with a template database that holds the library."""
    database = await create_database(cluster, TEMPLATE)
    async with connected(database.dsn()) as owner:
        await owner.execute(Path(__file__).with_name("library.sql").read_text())
    return cluster


@pytest.fixture(scope="session")
async def rest(library: Cluster) -> AsyncIterator[Rest]:
    """One app for all tests that only read."""
    async with open_rest(library, SETTINGS) as opened:
        yield opened


@pytest.fixture
async def fresh(library: Cluster) -> AsyncIterator[Rest]:
    """An app over a library of the test's own."""
    async with open_rest(library, SETTINGS) as opened:
        yield opened


@asynccontextmanager
async def open_rest(cluster: Cluster, settings: RestSettings, **changes: Any) -> AsyncIterator[Rest]:
    """An app over a copy of the library."""
    async with copied_database(cluster, TEMPLATE) as database:
        dsn = database.dsn("authenticator")
        pool = await open_pool(dsn, connections_max=3, application_name="rest test")
        app = create_rest_app(pool, replace(settings, **changes))
        try:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://rest") as http:
                yield Rest(http, database.dsn())
        finally:
            await app.close()
            await pool.close()
