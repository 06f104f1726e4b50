"""A small database of this part's own: tables without our schema, and a publication of all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.databases import Database
from tests.postgres.listener import Listener, listening

TABLES = """
    create table fruit (id bigint primary key, name text, story text);
    create table crates (id bigint primary key, fruit_id bigint);
    create table diary (id bigint primary key, page text);
    alter table crates replica identity full;
    create table unheard (id bigint);
    create publication heard for table fruit, crates;
"""

Connect = Callable[..., Awaitable[asyncpg.Connection]]


@pytest.fixture
async def connect(empty_database: Database) -> AsyncIterator[Connect]:
    """Opens connections to the test's database, as `postgres` unless told otherwise."""
    async with connections() as open_connection:

        async def connect(user: str = "postgres") -> asyncpg.Connection:
            return await open_connection(empty_database.dsn(user))

        yield connect


@pytest.fixture
async def connection(connect: Connect) -> asyncpg.Connection:
    """A connection to a database in which TABLES exist."""
    connection = await connect()
    await connection.execute(TABLES)
    return connection


@pytest.fixture
async def listener(empty_database: Database, connection: asyncpg.Connection) -> AsyncIterator[Listener]:
    """Somebody who listens to the publication `heard`."""
    async with listening(empty_database.dsn()) as listener:
        yield listener


@asynccontextmanager
async def connections() -> AsyncIterator[Connect]:
    """Opens connections to any DSN and closes those that are still open in the end."""
    opened: list[asyncpg.Connection] = []

    async def connect(dsn: str) -> asyncpg.Connection:
        connection = await asyncpg.connect(dsn)
        opened.append(connection)
        return connection

    try:
        yield connect
    finally:
        for connection in opened:
            connection.terminate()


async def insert_position(connection: asyncpg.Connection) -> int:
    """Where the server's log ends right now, flushed or not."""
    position = await connection.fetchval("select (pg_current_wal_insert_lsn() - '0/0')::bigint")
    assert position is not None
    return position
