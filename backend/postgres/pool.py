"""asyncpg connection pools, set up the way the rest of the service relies on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import asyncpg

from backend.postgres.errors import translate

CONNECT_TIMEOUT_S = 10.0  # A server that takes longer to accept is as good as down; callers retry.
STATEMENTS_CACHED_MAX = 512  # Per connection; the service's whole vocabulary of statements is a few hundred.


class PooledConnection(asyncpg.Connection):
    """A connection that goes back to the pool without a clean-up round trip.

    Whoever uses it may only leave transaction-local state behind (`set local`, `set_config(..., true)`): a
    session-level SET, LISTEN or advisory lock would reach the next user of the connection.
    """

    def get_reset_query(self) -> str:
        return ""

    def prepared_name(self, sql: str) -> str | None:
        """By which `execute` in a script finds a statement that ran here before; None where none did."""
        # As asyncpg itself looks a statement up, which it offers to nobody.
        prepared = self._stmt_cache.get((sql, asyncpg.Record, False))
        return None if prepared is None else prepared.name

    async def read_script(self, script: str) -> str:
        """What the `copy ... to stdout` at the end of several statements writes, all in one round trip.

        asyncpg's `fetch` sends one statement only, and its `execute` throws away what a script gives.
        """
        written: list[bytes] = []

        async def take(data: bytes) -> None:
            written.append(bytes(data))

        await self._copy_out(script, take, None)
        return b"".join(written).decode()


class ConnectionState(Enum):
    """What a connection of a pool can be used for."""

    IDLE = "anything"
    IN_TRANSACTION = "the rest of a transaction, if only to undo it"
    CLOSED = "nothing"


def state_of(connection: asyncpg.Connection) -> ConnectionState:
    """The state of a connection that nobody gave back to its pool."""
    try:
        if connection.is_closed():
            return ConnectionState.CLOSED
        return ConnectionState.IN_TRANSACTION if connection.is_in_transaction() else ConnectionState.IDLE
    except asyncpg.InterfaceError:  # A closed one has left the pool by itself, and says no more.
        return ConnectionState.CLOSED


async def open_pool(
    dsn: str,
    *,
    connections_max: int,
    application_name: str,
    settings: Mapping[str, str] = {},
) -> asyncpg.Pool:
    """A pool of at most `connections_max` connections, one of them already open.

    `settings` are server settings for each session, such as `{"search_path": ""}`. Raises `Unavailable` when
    the server cannot be reached: trying again may help. Close it with `await pool.close()`.
    """
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=connections_max,
            timeout=CONNECT_TIMEOUT_S,
            statement_cache_size=STATEMENTS_CACHED_MAX,
            connection_class=PooledConnection,
            server_settings={"application_name": application_name, **settings},
        )
    except (asyncpg.PostgresError, OSError) as error:
        raise translate(error) from error
