"""Connections to the database as the role that owns the schema `auth`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy
Row = asyncpg.Record
Metadata = dict[str, Any]

# GoTrue was once multi-tenant: every row of its one remaining tenant carries this id.
INSTANCE_ID = UUID(int=0)
AUDIENCE = "authenticated"


@asynccontextmanager
async def transaction(pool: asyncpg.Pool) -> AsyncIterator[Connection]:
    """Borrow a connection inside a transaction; commit at the end, roll back when anything is raised."""
    async with pool.acquire() as connection, connection.transaction():
        yield connection
