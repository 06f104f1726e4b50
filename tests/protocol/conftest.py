"""The service with functions that show the protocol, as production serves it, and clients that speak it."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import jwt
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from backend.devstack.http_asgi import lifespan
from backend.devstack.http_server import reserve_port, serve
from backend.runtime.registration import Registry
from backend.server import app as composition
from backend.server.connections import BoundedHttp, BoundedSocket
from backend.server.settings import Settings
from tests.databases import Database
from tests.protocol import functions
from tests.runtime.test_tokens import Auth

PATIENCE_S = 20.0
SECRET = "a secret of at least thirty-two characters"
ZERO = {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}
NPM, PYPI = "/api/1.48.0/sync", "/api/sync"

Json = Any


@dataclass
class SlowAuth(Auth):
    """Publishes keys once it is let to."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.may_answer.wait()
        await super().answer(reader, writer)


@dataclass
class Served:
    """A running service; `sql` is a hand on its database."""

    url: str
    sql: asyncpg.Connection
    auth: SlowAuth
    issuer: str

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    async def until_alone(self) -> None:
        """Wait until nobody is connected any more, by what the kernel knows."""
        async with asyncio.timeout(PATIENCE_S):
            while self._is_connected():  # noqa: ASYNC110 (the kernel has no way to tell us)
                await asyncio.sleep(0.05)

    def _is_connected(self) -> bool:
        return any(
            one.laddr and one.laddr.port == self.address[1] and one.status == psutil.CONN_ESTABLISHED
            for one in psutil.Process().net_connections("tcp4")
        )

    async def member(self) -> str:
        """Someone who has signed up; the id."""
        id = str(uuid4())
        await self.sql.execute("insert into auth.users (id, email) values ($1, $2)", id, f"{id}@example.com")
        return id

    async def space(self) -> str:
        return await self.sql.fetchval(
            "insert into spaces (name, visibility) values ('General', 'public') returning id::text"
        )

    def token(self, person: str, *, key: Any = SECRET, lives_s: int = 3600, **header: str) -> str:
        """A token of theirs; with a private `key`, of that one."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "authenticated", "role": "authenticated", "sub": person}
        claims |= {"iat": now - 60, "exp": now + lives_s}
        return jwt.encode(claims, key, "HS256" if key == SECRET else "ES256", header)

    @asynccontextmanager
    async def client(
        self, path: str = NPM, *, session: str | None = None, observed: int | None = None, **connecting: Any
    ) -> AsyncIterator[Client]:
        """A client that has said Connect. `observed`: the last ts it was told, here or elsewhere."""
        async with connect(self.url.replace("http", "ws") + path, max_size=None, **connecting) as socket:
            client = Client(socket)
            seen = {} if observed is None else {"maxObservedTimestamp": text_of(observed)}
            session = session or str(uuid4())
            await client.says("Connect", sessionId=session, connectionCount=0, lastCloseReason="", **seen)
            yield client

    @asynccontextmanager
    async def http(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S) as http:
            yield http


@dataclass
class Client:
    """One socket, and what it has been told. `answers`: the newest of each query."""

    socket: ClientConnection
    version: Json = field(default_factory=lambda: ZERO)
    answers: dict[int, Json] = field(default_factory=dict)
    heard: list[Json] = field(default_factory=list)
    query_set: int = 0

    async def says(self, kind: str, **fields: Json) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def modify(self, *modifications: Json) -> None:
        base, self.query_set = self.query_set, self.query_set + 1
        await self.says(
            "ModifyQuerySet", baseVersion=base, newVersion=base + 1, modifications=list(modifications)
        )

    async def subscribe(self, query_id: int, path: str, **arguments: Json) -> None:
        await self.modify(add(query_id, path, **arguments))

    async def mutate(self, request_id: int, path: str, **arguments: Json) -> None:
        await self.says("Mutation", requestId=request_id, udfPath=path, args=[arguments])

    async def authenticate(self, base: int, token: str | None) -> None:
        kind = {"tokenType": "None"} if token is None else {"tokenType": "User", "value": token}
        await self.says("Authenticate", baseVersion=base, **kind)

    async def hears(self) -> Json:
        """The next message but pings. A transition is followed from where the last one ended."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := json.loads(await self.socket.recv()))["type"] == "Ping":
                pass
        self.heard.append(message)
        if message["type"] == "Transition":
            assert message["startVersion"] == self.version
            self.version = message["endVersion"]
            for modification in message["modifications"]:
                self.answers[modification["queryId"]] = modification
        return message

    async def hears_a(self, kind: str) -> Json:
        """The next message of that kind; what comes before is taken in as well."""
        while (message := await self.hears())["type"] != kind:
            pass
        return message

    async def answer(self, query_id: int, value: Json) -> None:
        """Wait until the query has that answer."""
        while self.answers.get(query_id, {}).get("value", self) != value:
            await self.hears()

    async def ends(self) -> tuple[int | None, str | None]:
        """Code and reason, once the service has ended the connection."""
        with suppress(ConnectionClosed):
            while await self.hears():
                pass
        return self.socket.close_code, self.socket.close_reason


def add(query_id: int, path: str, **arguments: Json) -> Json:
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": [arguments]}


def remove(query_id: int) -> Json:
    return {"type": "Remove", "queryId": query_id}


def ts_of(text: str) -> int:
    return struct.unpack("<Q", base64.b64decode(text))[0]


def text_of(ts: int) -> str:
    return base64.b64encode(struct.pack("<Q", ts)).decode()


@asynccontextmanager
async def open_service(database: Database, **uvicorn: Any) -> AsyncIterator[Served]:
    """The service over `database`, with an Auth that publishes keys when it is let to."""
    auth = SlowAuth()
    keys = await asyncio.start_server(auth.answer, "127.0.0.1", 0)
    supabase_url = "http://{}:{}".format(*keys.sockets[0].getsockname())
    sql = await asyncpg.connect(database.dsn())
    try:
        with closing(reserve_port(0, option="")) as reserved:
            given = {"database_url": database.dsn(), "supabase_url": supabase_url, "jwt_secret": SECRET}
            settings = Settings.model_validate(given)
            app = composition.create_app(settings)
            bounded = {"http": BoundedHttp, "ws": BoundedSocket, "ws_per_message_deflate": False}
            async with lifespan(app), serve(app, reserved, **(bounded | uvicorn)):
                url = "http://{}:{}".format(*reserved.getsockname())
                yield Served(url, sql, auth, settings.issuer)
    finally:
        await sql.close()
        keys.close()
        await keys.wait_closed()


@pytest.fixture
def shown_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the product's functions those of `functions.py`."""
    registry = Registry.of(*composition.HANDLERS, functions)
    monkeypatch.setattr(composition, "FUNCTIONS", registry)


@pytest.fixture
async def served(database: Database, shown_functions: None) -> AsyncIterator[Served]:
    """The service, and a member of its community who has written one post."""
    async with open_service(database) as served:
        yield served
