"""A change feed with somebody listening to it, for tests that ask what has been delivered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from backend.postgres import Change, ChangeFeed, FeedEvent, Started, Transaction, stream_changes

PATIENCE_S = 20.0  # Past this a test fails; everything awaited takes milliseconds.


class Listener:
    """All events so far, in order, and ways to wait for more."""

    def __init__(self, feed: ChangeFeed) -> None:
        self.events: list[FeedEvent] = []
        self._feed = feed
        self._news = asyncio.Condition()
        self._task = asyncio.get_running_loop().create_task(self._listen())

    @property
    def transactions(self) -> list[Transaction]:
        """The delivered transactions, in order."""
        return [event for event in self.events if isinstance(event, Transaction)]

    @property
    def changes(self) -> list[tuple[Change, ...]]:
        """The changes of each delivered transaction, in order."""
        return [transaction.changes for transaction in self.transactions]

    @property
    def starts(self) -> int:
        """How often the feed began."""
        return sum(isinstance(event, Started) for event in self.events)

    async def started(self, times: int = 1) -> None:
        """Wait until the feed has begun for the n-th time."""
        await self.until(lambda: self.starts >= times)

    def request_heartbeat(self) -> None:
        """Have the feed say where it stands."""
        self._feed.request_heartbeat()

    async def reached(self, position: int) -> None:
        """Wait until the feed says it has delivered everything up to `position`."""
        pause_s = 0.0005
        async with asyncio.timeout(PATIENCE_S):
            while self.events[-1].position < position:
                self._feed.request_heartbeat()
                pause_s = min(pause_s * 2, 0.02)
                with suppress(TimeoutError):
                    await self.until(lambda: self.events[-1].position >= position, pause_s)

    async def until(self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait until `condition` holds; it is asked again after each event."""
        async with asyncio.timeout(timeout_s), self._news:
            while not condition():
                if self._task.done():
                    self._task.result()
                await self._news.wait()

    async def close(self) -> None:
        """Stop listening and end the feed."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._feed.aclose()

    async def _listen(self) -> None:
        try:
            async for event in self._feed:
                self.events.append(event)
                async with self._news:
                    self._news.notify_all()
        finally:
            async with self._news:
                self._news.notify_all()


@asynccontextmanager
async def listening(dsn: str, publication: str = "heard") -> AsyncIterator[Listener]:
    """A listener to `publication`, begun, for as long as the context lasts."""
    listener = Listener(stream_changes(dsn, publication=publication, slot_prefix="test"))
    try:
        await listener.started()
        yield listener
    finally:
        await listener.close()
