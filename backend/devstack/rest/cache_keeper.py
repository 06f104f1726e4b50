"""The schema cache, kept current: loaded on first use, read again whenever PostgreSQL says `NOTIFY pgrst`."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import asyncpg

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.postgres_errors import CONNECTION_FAILURES
from backend.devstack.rest.schema_cache import SchemaCache, load_schema_cache
from backend.devstack.rest.settings import RestSettings

CHANNEL = "pgrst"
RELOAD_SCHEMA = ("", "reload schema")  # PostgREST's payloads; 'reload config' is for files we do not have.
RETRY_S = 1.0  # Between attempts to listen again; nothing waits for it but a changed schema.

_log = logging.getLogger(__name__)
_FAILURES = (asyncpg.PostgresError, *CONNECTION_FAILURES)  # A timeout is an OSError.


class CacheKeeper:
    """Holds the newest cache. While it listens it keeps one connection of the pool to itself."""

    def __init__(self, pool: asyncpg.Pool, settings: RestSettings) -> None:
        self._pool = pool
        self._settings = settings
        self._cache: SchemaCache | None = None
        self._loading = asyncio.Lock()
        self._stale = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def current(self) -> SchemaCache:
        """The cache; raises PGRST002 (trying again may help) when there is none and it cannot be read."""
        if self._cache is None:
            async with self._loading:
                if self._cache is None:
                    await self._first_load()
        assert self._cache is not None
        return self._cache

    async def close(self) -> None:
        """Stop listening and give the connection back; the pool cannot be closed before."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    async def _first_load(self) -> None:
        try:
            async with self._pool.acquire() as connection:
                self._cache = await load_schema_cache(connection, self._settings)
        except _FAILURES as error:
            _log.warning("The schema cache cannot be loaded.", exc_info=error)
            message = "Could not query the database for the schema cache. Retrying."
            raise RestError("PGRST002", message) from error
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="rest schema cache")

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(*_FAILURES):
                async with self._pool.acquire() as connection:
                    await self._follow(connection)
            await asyncio.sleep(RETRY_S)

    async def _follow(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        """Reload on every notification until the connection is lost."""
        self._stale.set()  # Something may have changed before we listened.
        connection.add_termination_listener(self._wake)
        await connection.add_listener(CHANNEL, self._notified)
        try:
            while True:
                await self._stale.wait()
                self._stale.clear()
                self._cache = await load_schema_cache(connection, self._settings)
        finally:
            connection.remove_termination_listener(self._wake)
            if connection.is_closed():
                connection.terminate()  # Or asyncpg would warn of the listener that died with it.
            else:
                await connection.remove_listener(CHANNEL, self._notified)

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload in RELOAD_SCHEMA:
            self._stale.set()

    def _wake(self, _connection: object) -> None:
        self._stale.set()  # Reading over the lost connection fails, and that ends `_follow`.
