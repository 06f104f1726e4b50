"""A pool of connections that hands them on at once, and knows how long people waited for one."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TypeAlias, cast

import asyncpg

from backend.postgres import ConnectionState, state_of
from backend.runtime.session import RELEASE_WAIT_S

WAIT_S_MIN = 0.001  # Whoever got a connection sooner did not wait for it.

_Turn: TypeAlias = asyncio.Future["asyncpg.Connection | None"]
"""Ends with a connection, or with None where one may be taken from the pool."""


class WatchedPool:
    """What the runtime uses of an asyncpg pool, with the waits counted.

    asyncpg's own class has no room for a count, and says nothing of its queue. It also sees to every
    connection that comes back in a task made for it, before anybody else gets it. Here, who gives one back in
    order gives it to whoever has waited longest.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._places = pool.get_max_size()  # For connections that are not lent, nor being opened to be.
        self._waiting: deque[_Turn] = deque()
        self.waits, self.waited_s = 0, 0.0

    async def acquire(self) -> object:
        began_s = time.monotonic()
        try:
            if self._places:
                self._places -= 1
            elif (connection := await self._wait()) is not None:
                return connection
            return await self._take()
        finally:
            waited_s = time.monotonic() - began_s
            if waited_s >= WAIT_S_MIN:
                self.waits += 1
                self.waited_s += waited_s

    async def release(self, connection: asyncpg.Connection, *, timeout: float) -> None:  # noqa: ASYNC109 (asyncpg's)
        is_fit = self._waiting and state_of(connection) is ConnectionState.IDLE
        if is_fit and (turn := self._next_turn()):
            turn.set_result(connection)
            return
        try:
            await self._pool.release(connection, timeout=timeout)
        finally:
            self._free_place()

    def connections(self) -> dict[str, int]:
        """How many connections are used, idle, and may still be opened."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return {"used": size - idle, "idle": idle, "unopened": self._pool.get_max_size() - size}

    def as_pool(self) -> asyncpg.Pool:
        """This, where the type of a pool is asked for."""
        return cast("asyncpg.Pool", self)

    async def _take(self) -> object:
        try:
            return await self._pool.acquire()
        except BaseException:
            self._free_place()
            raise

    async def _wait(self) -> asyncpg.Connection | None:
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # It came in the same moment, and belongs to somebody else now.
                await self._pass_on(turn.result())
            raise

    async def _pass_on(self, connection: asyncpg.Connection | None) -> None:
        if connection is None:
            self._free_place()
        else:
            await self.release(connection, timeout=RELEASE_WAIT_S)

    def _free_place(self) -> None:
        if turn := self._next_turn():
            turn.set_result(None)
        else:
            self._places += 1

    def _next_turn(self) -> _Turn | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # Whoever is cancelled waits no more.
                return turn
        return None
