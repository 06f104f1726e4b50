"""Connections go from hand to hand: in order, none lost, and none with anything left on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import pytest

from backend.postgres import open_pool
from backend.runtime.watched_pool import WatchedPool
from tests.databases import Database

WAIT_S = 5.0


@pytest.fixture
async def pool(empty_database: Database) -> AsyncIterator[WatchedPool]:
    async with await open_pool(empty_database.dsn(), connections_max=2, application_name="test") as pool:
        yield WatchedPool(pool)


async def take(pool: WatchedPool) -> asyncpg.Connection:
    async with asyncio.timeout(WAIT_S):
        return cast("asyncpg.Connection", await pool.acquire())


async def give(pool: WatchedPool, *connections: asyncpg.Connection) -> None:
    for connection in connections:
        await pool.release(connection, timeout=WAIT_S)


async def take_all(pool: WatchedPool) -> list[asyncpg.Connection]:
    return [await take(pool) for _ in range(2)]


async def waiting(pool: WatchedPool, count: int) -> list[asyncio.Task[asyncpg.Connection]]:
    """So many who wait, in order."""
    tasks = [asyncio.create_task(take(pool)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def pid_of(connection: asyncpg.Connection) -> int:
    pid = await connection.fetchval("select pg_backend_pid()")
    assert isinstance(pid, int)
    return pid


async def test_who_waits_longest_gets_the_next_connection_as_it_is(pool):
    first, second = await take_all(pool)
    tasks = await waiting(pool, 2)
    await give(pool, second, first)
    assert [await task for task in tasks] == [second, first]
    await give(pool, first, second)
    assert pool.connections() == {"used": 0, "idle": 2, "unopened": 0}


async def test_a_connection_inside_a_transaction_is_put_in_order_first(pool):
    first, second = await take_all(pool)
    pid = await pid_of(first)
    await first.execute("begin; create table public.left_behind (id int)")
    [task] = await waiting(pool, 1)
    await give(pool, first)
    connection = await task
    assert await pid_of(connection) == pid
    assert not connection.is_in_transaction()
    assert await connection.fetchval("select to_regclass('public.left_behind')") is None
    await give(pool, connection, second)


async def test_a_closed_connection_is_replaced_for_who_waits(pool):
    first, second = await take_all(pool)
    pid = await pid_of(first)
    [task] = await waiting(pool, 1)
    first.terminate()
    await give(pool, first)
    connection = await task
    assert await pid_of(connection) != pid
    await give(pool, connection, second)


async def test_who_gives_up_waiting_takes_nothing_along(pool):
    first, second = await take_all(pool)
    before, just_then, after = await waiting(pool, 3)
    before.cancel()
    await asyncio.sleep(0)
    await give(pool, first)  # To the second, who is told to go in the same moment.
    just_then.cancel()
    assert await after is first
    assert [task.cancelled() for task in (before, just_then)] == [True, True]
    await give(pool, first, second)
    await give(pool, *await take_all(pool))


async def test_who_gives_up_while_a_connection_opens_leaves_the_place_to_others(empty_database: Database):
    async with await open_pool(empty_database.dsn(), connections_max=1, application_name="test") as opened:
        pool = WatchedPool(opened)
        connection = await take(pool)
        connection.terminate()
        await give(pool, connection)
        tasks = await waiting(pool, 2)
        tasks[0].cancel()
        connection = await tasks[1]
        assert await pid_of(connection)
        await give(pool, connection)


async def test_waits_are_counted(pool):
    connections = await take_all(pool)
    waits, waited_s = pool.waits, pool.waited_s  # For connections to be opened.
    tasks = await waiting(pool, 2)
    await connections[0].execute("select pg_sleep(0.01)")
    await give(pool, *connections)
    for task in tasks:
        await give(pool, await task)
    assert pool.waits == waits + 2
    assert pool.waited_s >= waited_s + 0.02
