"""A browser with one live query open, as far as the server can tell."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.convex import feed_of, greeting, pages_in, sync_url

POSTS_PER_PAGE = 20


class _TimedConnection(ClientConnection):
    """Knows when the last bytes arrived, which is before anything was made of them."""

    arrived_at = 0.0

    def data_received(self, data: bytes) -> None:
        self.arrived_at = time.monotonic()
        super().data_received(data)


class Subscriber:
    """Follows the first page of a space's feed."""

    def __init__(self, connection: _TimedConnection) -> None:
        self._connection = connection
        self._like_counts: dict[str, float] = {}
        self._awaited: tuple[str, int] | None = None
        self._arrival: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def expect(self, post: UUID, *, like_count: int) -> asyncio.Future[float]:
        """When (CLOCK_MONOTONIC, s) the first answer came that shows at least `like_count` for `post`."""
        self._arrival = asyncio.get_running_loop().create_future()
        self._awaited = str(post), like_count
        return self._arrival

    async def listen(self) -> None:
        """Take in what the service says, until the connection closes."""
        with suppress(ConnectionClosed):
            await self._take_in_frames()
        if self._awaited is not None:
            self._arrival.set_exception(ConnectionError("The service closed the connection."))

    async def _take_in_frames(self) -> None:
        async for frame in self._connection:
            arrived_at = self._connection.arrived_at
            for page in pages_in(frame):
                self._like_counts = {post.id: post.like_count for post in page}
            if self._awaited is not None:
                post, like_count = self._awaited
                if self._like_counts.get(post, -1) >= like_count:
                    self._arrival.set_result(arrived_at)
                    self._awaited = None


@asynccontextmanager
async def subscribe(service_url: str, *, token: str, space: UUID) -> AsyncIterator[Subscriber]:
    """A subscriber to the feed of `space`, for the person whose `token` this is."""
    # No compression: browsers on the local machine would not profit, and the samples would measure zlib.
    async with connect(
        sync_url(service_url),
        create_connection=_TimedConnection,
        compression=None,
        proxy=None,
    ) as connection:
        assert isinstance(connection, _TimedConnection)
        for message in greeting([feed_of(space, posts=POSTS_PER_PAGE)], token=token):
            await connection.send(json.dumps(message))
        subscriber = Subscriber(connection)
        listening = asyncio.create_task(subscriber.listen())
        yield subscriber
    await listening
