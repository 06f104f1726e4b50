"""Where a history happens: a PostgreSQL and copies of the service, each a process that may be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import HOST, SUPERUSER, Cluster, free_port
from backend.devstack.config import read_config
from backend.devstack.preparation import prepare_database
from tests.conftest import REPOSITORY
from tests.databases import BOOTSTRAPPED, Database, create_database
from tests.oracle.nursery import Nursery, open_nursery

PATIENCE_S = 90.0  # For a process to start, with two busy cores.
POLL_S = 0.02
MIGRATED = "migrated"
SECRET = "a secret of the tests, long enough"
SUPABASE_URL = "http://127.0.0.1:1"  # Nobody signs in there: the tests sign tokens themselves.
TOKEN_S = 3_600

LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
)
"""What a statement raises when its connection breaks, or the server is away."""


class Postgres:
    """A server that can be killed and started again on the same port, over the same data."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._life = AsyncExitStack()
        self._port = 0
        self._crashing = asyncio.Lock()
        self.cluster: Cluster

    async def start(self) -> None:
        self.cluster = await self._life.enter_async_context(
            Cluster.start(self._directory, self._port, durable=False)
        )
        self._port = self.cluster.port

    async def stop(self) -> None:
        await self._life.aclose()

    async def crash(self, by: signal.Signals) -> None:
        """End it by a signal to its postmaster, and start it again."""
        async with self._crashing:
            os.kill(self.cluster.pid, by)
            try:
                await self.cluster.ended()
            finally:  # Also where a test ends in the middle: others need the server.
                await self.stop()
                await self.start()


@dataclass(frozen=True)
class Machine:
    """What all histories of a session run on."""

    postgres: Postgres
    nursery: Nursery


@asynccontextmanager
async def running_machine(directory: Path) -> AsyncIterator[Machine]:
    """With the databases `bootstrapped` and `migrated` to be copied."""
    postgres = Postgres(directory)
    await postgres.start()
    try:
        await bootstrap(postgres.cluster.dsn(SUPERUSER))
        await create_database(postgres.cluster, BOOTSTRAPPED, "postgres")
        await create_database(postgres.cluster, MIGRATED)
        config = read_config(REPOSITORY / "supabase" / "config.toml", environment={})
        await prepare_database(postgres.cluster.dsn(SUPERUSER, MIGRATED), config, seed=False)
        async with open_nursery() as nursery:
            yield Machine(postgres, nursery)
    finally:
        await postgres.stop()


class Copy:
    """One copy of the service, on a port of its own for as long as the history lasts."""

    def __init__(self, nursery: Nursery, dsn: str, log: Path) -> None:
        self.port = free_port()
        self._nursery, self._log = nursery, log
        self._settings = {
            "FOLKMOOT_DATABASE_URL": dsn,
            "FOLKMOOT_SUPABASE_URL": SUPABASE_URL,
            "FOLKMOOT_JWT_SECRET": SECRET,
            "FOLKMOOT_PORT": str(self.port),
        }
        self._pid = 0
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Returns when it is ready."""
        self._pid = await self._nursery.start(self._settings, str(self._log))
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client, asyncio.timeout(PATIENCE_S):
            while True:
                assert self._signal(0), self._log.read_text()
                try:
                    if (await client.get(f"{self.url}/health/ready")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(POLL_S)

    async def kill(self) -> None:
        """End it as a power cut would."""
        while self._signal(signal.SIGKILL):  # noqa: ASYNC110 (nobody tells when another's child is gone)
            await asyncio.sleep(POLL_S)

    async def crash(self) -> None:
        """The same, and start it again."""
        async with self._turn:
            await self.kill()
            await self.start()

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> bool:
        """Whether there is still a process to be told."""
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            return False
        return True


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    id: UUID
    name: str

    def token(self) -> str:
        """A new token of theirs, as Auth would sign it. Each is another text."""
        now_s = int(time.time())
        claims = {
            "sub": str(self.id),
            "role": "authenticated",
            "aud": "authenticated",
            "iss": f"{SUPABASE_URL}/auth/v1",
            "iat": now_s,
            "exp": now_s + TOKEN_S,
            "session_id": str(uuid4()),
        }
        return jwt.encode(claims, SECRET, algorithm="HS256")


@dataclass
class Place:
    """A database of its own, the copies of the service over it, and a hand on both."""

    postgres: Postgres
    database: Database
    copies: list[Copy]
    _owners: list[asyncpg.Connection] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return self.database.dsn()

    async def sql(self, text: str, *parameters: object) -> list[asyncpg.Record]:
        """One statement as the owner of the tables. Raises one of `LOST`; the outcome is unknown then."""
        connection = self._owners.pop() if self._owners else await asyncpg.connect(self.dsn, timeout=5)
        try:
            rows = await connection.fetch(text, *parameters, timeout=PATIENCE_S)
        except asyncpg.PostgresError:
            self._take_back(connection)
            raise
        except BaseException:
            connection.terminate()
            raise
        self._take_back(connection)
        return rows

    def _take_back(self, connection: asyncpg.Connection) -> None:
        if not connection.is_closed():
            self._owners.append(connection)

    async def insist(self, text: str, *parameters: object) -> list[asyncpg.Record]:
        """The same for what may be done twice: until the server is there to do it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await self.sql(text, *parameters)
                except LOST:
                    await asyncio.sleep(POLL_S)

    async def value(self, text: str, *parameters: object) -> Any:
        [row] = await self.insist(text, *parameters)
        return row[0]

    async def as_superuser(self, text: str) -> None:
        """One statement of the server's administrator, if it is there."""
        try:
            connection = await asyncpg.connect(self.database.dsn(SUPERUSER), timeout=5)
        except LOST:
            return
        try:
            await connection.execute(text, timeout=PATIENCE_S)
        except LOST:
            pass
        finally:
            connection.terminate()

    async def sign_up(self, name: str, id: UUID) -> Person:
        await self.insist("insert into auth.users (id, email) values ($1, $2)", id, f"{id}@example.com")
        await self.insist("update public.users set name = $2 where id = $1", id, name)
        return Person(id, name)

    async def close(self) -> None:
        for connection in self._owners:
            connection.terminate()
        await asyncio.gather(*(copy.kill() for copy in self.copies))


@asynccontextmanager
async def open_place(
    machine: Machine, database: Database, directory: Path, *, copies: int, port: int
) -> AsyncIterator[Place]:
    """So many copies of the service, running over `database`, which they reach at `port`."""
    logs = [directory / f"copy-{number}.log" for number in range(copies)]
    dsn = database.dsn().replace(f":{database.cluster.port}/", f":{port}/")
    place = Place(machine.postgres, database, [Copy(machine.nursery, dsn, log) for log in logs])
    try:
        await asyncio.gather(*(copy.start() for copy in place.copies))
        yield place
    finally:
        await place.close()
