"""A pool of connections that knows how long people waited for one."""

from __future__ import annotations

import time
from typing import cast

import asyncpg

WAIT_S_MIN = 0.001  # Whoever got a connection sooner did not wait for it.


class WatchedPool:
    """What the runtime uses of an asyncpg pool, with the waits counted.

    asyncpg's own class has no room for a count, and says nothing of its queue.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.waits, self.waited_s = 0, 0.0

    async def acquire(self) -> object:
        began_s = time.monotonic()
        try:
            return await self._pool.acquire()
        finally:
            waited_s = time.monotonic() - began_s
            if waited_s >= WAIT_S_MIN:
                self.waits += 1
                self.waited_s += waited_s

    async def release(self, connection: asyncpg.Connection, *, timeout: float) -> None:  # noqa: ASYNC109 (asyncpg's)
        await self._pool.release(connection, timeout=timeout)

    def connections(self) -> dict[str, int]:
        """How many connections are used, idle, and may still be opened."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return {"used": size - idle, "idle": idle, "unopened": self._pool.get_max_size() - size}

    def as_pool(self) -> asyncpg.Pool:
        """This, where the type of a pool is asked for."""
        return cast("asyncpg.Pool", self)
