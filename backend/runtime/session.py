"""One database connection inside one transaction, as a running function reaches it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Literal, TypeAlias, cast

import asyncpg

from backend.engine.versions import PER_TOKEN_CLAIMS, Identity
from backend.postgres import quote_literal, translate

Role: TypeAlias = Literal["anon", "authenticated", "folkmoot_writer"]


class Session:
    """Statements on one connection, one at a time. Raises `PostgresError`, never asyncpg's own classes."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        # A handler may read several things at once; the connection can do one.
        self._turn = asyncio.Lock()

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[asyncpg.Record]:
        """The rows of one statement."""
        async with self._in_turn() as connection:
            return await connection.fetch(sql, *parameters)

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement that returns no rows; how many rows it changed."""
        async with self._in_turn() as connection:
            tag = await connection.execute(sql, *parameters)
        return int(tag.rpartition(" ")[2])

    async def script(self, sql: str) -> None:
        """Run several statements, parameters written out, in one round trip."""
        async with self._in_turn() as connection:
            await connection.execute(sql)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._turn:
            try:
                yield self._connection
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                raise translate(error) from error


async def acquire(pool: asyncpg.Pool, *, timeout_s: float) -> asyncpg.Connection:
    """A connection of the pool, to be released there. Raises `Unavailable` after `timeout_s`."""
    try:
        # asyncpg hands out a proxy that does all a connection does.
        return cast("asyncpg.Connection", await pool.acquire(timeout=timeout_s))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise translate(error) from error


@asynccontextmanager
async def lent(pool: asyncpg.Pool, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A connection that was acquired, released in the end; closed when an error leaves it in any state."""
    try:
        yield connection
    except BaseException:
        discard(connection)
        raise
    finally:
        await pool.release(connection)


def discard(connection: asyncpg.Connection) -> None:
    """Close a connection at once, so that nothing begun on it lives on."""
    # One that is closed already has left the pool by itself, and says so.
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def assume(identity: Identity, role: Role) -> str:
    """SQL after which the transaction acts as `role` on behalf of `identity`.

    Rules see only what lasts of a token: answers are shared between all tokens of one person.
    """
    return (
        f"select set_config('role', {quote_literal(role)}, true), "
        f"set_config('request.jwt.claims', {quote_literal(_claims_text(identity))}, true)"
    )


@lru_cache(maxsize=4096)
def _claims_text(identity: Identity) -> str:
    lasting = {name: value for name, value in identity.claims.items() if name not in PER_TOKEN_CLAIMS}
    return json.dumps(lasting, separators=(",", ":"), sort_keys=True)
