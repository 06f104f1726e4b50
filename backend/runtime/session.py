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
from backend.postgres import (
    ASYNCPG_ERRORS,
    ConnectionState,
    PooledConnection,
    PostgresError,
    quote_literal,
    state_of,
    translate,
)

RELEASE_WAIT_S = 10.0  # For a statement that was cancelled to end; later the connection is closed.

Role: TypeAlias = Literal["anon", "authenticated", "folkmoot_writer", "service_role"]

SERVICE = Identity(user_id=None, claims={"role": "service_role"})
"""The service itself, on nobody's behalf: internal functions that run as jobs. No token proves this."""


class Session:
    """Statements on one connection, one at a time. Raises `PostgresError`, never asyncpg's own classes."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        # A handler may read several things at once; the connection can do one.
        self._turn = asyncio.Lock()

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[asyncpg.Record]:
        """The rows of one statement."""
        async with self._turn:
            try:
                return await self._connection.fetch(sql, *parameters)
            except ASYNCPG_ERRORS as error:
                raise self._translate(error) from error

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement that returns no rows; how many rows it changed."""
        async with self._turn:
            try:
                tag = await self._connection.execute(sql, *parameters)
            except ASYNCPG_ERRORS as error:
                raise self._translate(error) from error
        return int(tag.rpartition(" ")[2])

    async def script(self, sql: str) -> None:
        """Run several statements, parameters written out, in one round trip."""
        async with self._turn:
            try:
                await self._connection.execute(sql)
            except ASYNCPG_ERRORS as error:
                raise self._translate(error) from error

    async def read_script(self, sql: str) -> str:
        """Run several statements, the last of which is a `copy ... to stdout`: what that writes."""
        async with self._turn:
            try:
                return await cast("PooledConnection", self._connection).read_script(sql)
            except ASYNCPG_ERRORS as error:
                raise self._translate(error) from error

    def _translate(self, error: Exception) -> PostgresError:
        return translate(error, connection_lost=state_of(self._connection) is ConnectionState.CLOSED)


async def acquire(pool: asyncpg.Pool, *, timeout_s: float) -> asyncpg.Connection:
    """A connection of the pool, to be released there. Raises `Unavailable` after `timeout_s`."""
    try:
        # asyncpg's own timeout would start a task every time, for the few times it is needed.
        async with asyncio.timeout(timeout_s):
            # asyncpg hands out a proxy that does all a connection does.
            return cast("asyncpg.Connection", await pool.acquire())
    except ASYNCPG_ERRORS as error:
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
        await release(pool, connection)


async def release(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    """Give a connection back. One that cannot be made fit for others in time is closed."""
    await pool.release(connection, timeout=RELEASE_WAIT_S)


def discard(connection: asyncpg.Connection) -> None:
    """Close a connection at once, so that nothing begun on it lives on."""
    # One that is closed already has left the pool by itself, and says so.
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def reading_role(identity: Identity) -> Role:
    """Whose row rules a query of `identity` is under; none bind the service."""
    if identity == SERVICE:
        return "service_role"
    return "anon" if identity.user_id is None else "authenticated"


def writing_role(identity: Identity) -> Role:
    """Whose row rules a mutation of `identity` is under; none bind the service."""
    return "service_role" if identity == SERVICE else "folkmoot_writer"


def assume(identity: Identity, role: Role) -> str:
    """SQL after which the transaction acts as `role` on behalf of `identity`.

    Rules see only what lasts of a token: answers are shared between all tokens of one person.
    """
    # As commands: `select set_config(...)` would be planned, executed and answered with a row each time.
    return (
        f"set local role {quote_literal(role)}; "
        f"set local request.jwt.claims = {quote_literal(_claims_text(identity))}"
    )


@lru_cache(maxsize=4096)
def _claims_text(identity: Identity) -> str:
    lasting = {name: value for name, value in identity.claims.items() if name not in PER_TOKEN_CLAIMS}
    return json.dumps(lasting, separators=(",", ":"), sort_keys=True)
