"""The process that holds all subscribers: what it hears of a server, and what it tells of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.load import plan
from bench.load.child import Child, ChildFailed


class Feed:
    """A server that gives whoever says hello a first answer, and tells all of them what it is told to."""

    def __init__(self) -> None:
        self._connections: list[ServerConnection] = []
        self.heard: list[str] = []

    async def serve(self, connection: ServerConnection) -> None:
        async for text in connection:
            self.heard.append(str(text))
            if text == "hello":
                await connection.send('{"name":"Ada"}')
            elif text == "I am Ada":
                await connection.send('{"first":{"likes":0}}')
                self._connections.append(connection)

    async def tell(self, count: int, *, only_first: bool = False) -> float:
        """When this was said to everybody; in pieces, after a ping."""
        said_at = time.monotonic()
        for connection in self._connections[: 1 if only_first else None]:
            await connection.ping()
            await connection.send(['{"padding":"', "x" * 70_000, f'","likes":{count}}}'])
        return said_at


@asynccontextmanager
async def listening(subscribers: int) -> AsyncIterator[tuple[Child, Feed]]:
    """A generator whose subscribers have their first answers."""
    feed = Feed()
    async with serve(feed.serve, "127.0.0.1", 0) as server, Child.start("bench.load.generator") as generator:
        [socket] = server.sockets
        dialect = plan.Dialect("127.0.0.1", socket.getsockname()[1], '"first"', r'"likes":([1-9]\d*)')
        one = plan.Subscriber(
            7, "/", greeting=("hello",), script=(plan.Exchange('"name":"(.*?)"', "I am %1"),)
        )
        await generator.ask(plan.Open(dialect, (one,) * subscribers), plan.Opened)
        yield generator, feed


async def test_delays_are_those_of_every_subscriber_and_commit():
    async with listening(3) as (generator, feed):
        commits = [plan.Commit(7, count, await feed.tell(count)) for count in (1, 2)]
        seen = await generator.ask(plan.Await(tuple(commits), timeout_s=5), plan.Seen)
    assert (seen.samples, seen.unseen, seen.deliveries) == (6, 0, 6)
    assert 0 < seen.p50_s <= seen.p99_s == seen.worst_s < 5
    assert seen.bytes > 6 * 70_000
    assert sorted(feed.heard) == [*["I am Ada"] * 3, *["hello"] * 3]


async def test_a_frame_that_shows_later_likes_shows_the_earlier_ones_too():
    async with listening(1) as (generator, feed):
        began = time.monotonic()
        await feed.tell(3)
        commits = tuple(plan.Commit(7, count, began) for count in (1, 2, 3))
        seen = await generator.ask(plan.Await(commits, timeout_s=5), plan.Seen)
    assert (seen.samples, seen.unseen, seen.deliveries) == (3, 0, 1)


async def test_what_a_subscriber_never_hears_of_is_unseen():
    async with listening(2) as (generator, feed):
        both = plan.Commit(7, 1, await feed.tell(1))
        lost = plan.Commit(7, 2, await feed.tell(2, only_first=True))
        seen = await generator.ask(plan.Await((both, lost), timeout_s=0.3), plan.Seen)
    assert (seen.samples, seen.unseen, seen.deliveries) == (3, 1, 3)


async def test_what_was_seen_before_is_not_counted_again():
    async with listening(1) as (generator, feed):
        first = plan.Commit(7, 1, await feed.tell(1))
        await generator.ask(plan.Await((first,), timeout_s=5), plan.Seen)
        second = plan.Commit(7, 2, await feed.tell(2))
        seen = await generator.ask(plan.Await((second,), timeout_s=5), plan.Seen)
    assert (seen.samples, seen.unseen, seen.deliveries) == (1, 0, 1)


async def test_a_server_that_does_not_answer_is_named_as_the_reason():
    dialect = plan.Dialect("127.0.0.1", 9, "x", "(x)")
    async with Child.start("bench.load.generator") as generator:
        with pytest.raises(ChildFailed, match="Connection refused"):
            await generator.ask(plan.Open(dialect, (plan.Subscriber(0, "/"),)), plan.Opened)


async def test_a_server_that_refuses_the_handshake_is_named_as_the_reason():
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        writer.close()

    async with (
        await asyncio.start_server(refuse, "127.0.0.1", 0) as server,
        Child.start("bench.load.generator") as generator,
    ):
        dialect = plan.Dialect("127.0.0.1", server.sockets[0].getsockname()[1], "x", "(x)")
        with pytest.raises(ChildFailed, match="403 Forbidden"):
            await generator.ask(plan.Open(dialect, (plan.Subscriber(0, "/"),)), plan.Opened)
