"""The Auth service over a database of its own, reached over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from backend.devstack.auth.app import create_auth_app
from backend.devstack.auth.settings import AuthSettings
from backend.devstack.cluster import SUPERUSER, Cluster
from backend.devstack.http_server import reserve_port, serve
from tests.databases import Database, create_database

JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"
CURRENT_VERSION = {"X-Supabase-Api-Version": "2024-01-01"}


@dataclass
class Clock:
    """The service's clock: real time, moved ahead by what a test asks for."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **parts: float) -> None:
        self.ahead += timedelta(**parts)


@dataclass
class AuthServer:
    """One running service, an HTTP client for it, and a superuser's view of its tables."""

    url: str
    settings: AuthSettings
    clock: Clock
    http: httpx.AsyncClient
    database: asyncpg.Pool

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=headers)

    async def sign_up(self, email: str = "ada@example.com", password: str = "secret1", **more: Any) -> Any:
        reply = await self.post("/signup", {"email": email, "password": password, **more})
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def sign_in(self, email: str = "ada@example.com", password: str = "secret1") -> httpx.Response:
        return await self.post("/token?grant_type=password", {"email": email, "password": password})

    async def refresh(self, token: str) -> httpx.Response:
        return await self.post("/token?grant_type=refresh_token", {"refresh_token": token})

    async def user(self, access_token: str) -> httpx.Response:
        return await self.http.get("/user", headers=bearer(access_token))

    async def admin(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = bearer(key_for("service_role"))
        return await self.http.request(method, f"/admin{path}", json=body, headers=headers)

    async def rows(self, query: str, *arguments: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.database.fetch(query, *arguments)]


StartServer = Callable[..., Awaitable[AuthServer]]


def bearer(token: str) -> dict[str, str]:
    """The header that presents a token."""
    return {"Authorization": f"Bearer {token}"}


def key_for(role: str) -> str:
    """A project key as the stack gives it: a token of a role and of nobody."""
    return jwt.encode({"iss": "supabase-demo", "role": role, "exp": 1983812996}, JWT_SECRET, "HS256")


def new_signing_key() -> dict[str, Any]:
    """A fresh private ES256 JWK."""
    jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {**jwk, "alg": "ES256", "kid": "b81269f1-21d8-4f2e-b719-c2240a840d90"}


@pytest.fixture(scope="session")
async def auth_database(cluster: Cluster) -> Database:
    """A Supabase database shared by the tests of this folder, each of which finds it without users."""
    return await create_database(cluster, "auth_suite")


@pytest.fixture(scope="session")
async def local_server(auth_database: Database) -> AsyncIterator[AuthServer]:
    """The one service of the whole folder with the local defaults; tests take it as `server`."""
    async with _running(auth_database, {}) as running:
        yield running


@pytest.fixture
async def server(local_server: AuthServer) -> AsyncIterator[AuthServer]:
    """A service with the local defaults, without users, its clock right."""
    yield local_server
    local_server.clock.ahead = timedelta()
    await local_server.database.execute("delete from auth.users; delete from auth.refresh_tokens")


@pytest.fixture
async def start_server(server: AuthServer, auth_database: Database) -> AsyncIterator[StartServer]:
    """Start a service with some settings changed, beside `server` and over the same database."""
    async with AsyncExitStack() as stack:

        async def start(**changes: Any) -> AuthServer:
            return await stack.enter_async_context(_running(auth_database, changes))

        yield start


@asynccontextmanager
async def _running(database: Database, changes: dict[str, Any]) -> AsyncIterator[AuthServer]:
    listener = reserve_port(0, option="")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    defaults = AuthSettings(site_url="http://127.0.0.1:3000", external_url=url, jwt_secret=JWT_SECRET)
    settings, clock = replace(defaults, **changes), Clock()
    async with (
        asyncpg.create_pool(database.dsn("supabase_auth_admin"), min_size=1, max_size=10) as pool,
        asyncpg.create_pool(database.dsn(SUPERUSER), min_size=1, max_size=2) as superuser,
        httpx.AsyncClient(base_url=url, headers=CURRENT_VERSION, timeout=30) as http,
    ):
        with closing(listener):
            async with serve(create_auth_app(pool, settings, clock=clock), listener):
                yield AuthServer(url, settings, clock, http, superuser)
