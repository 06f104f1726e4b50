"""Whether this copy of the service is alive, and whether it should be sent clients."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from backend.postgres import ChangeFeed, FeedEvent, PostgresError, Started, Transaction
from backend.runtime.execution import Execution

ANSWER_S_MAX = 2.0  # Database and feed answer in milliseconds; whoever asks, asks again in seconds.


@dataclass
class FeedStanding:
    """How far the change feed has come, over all the times that it had to begin anew."""

    starts: int = 0
    commits: int = 0
    position: int = 0
    heard_at_s: float = field(default_factory=time.monotonic)

    def note(self, event: FeedEvent) -> None:
        """Take in what the feed said."""
        self.position, self.heard_at_s = event.position, time.monotonic()
        self.starts += isinstance(event, Started)
        self.commits += isinstance(event, Transaction)

    def silent_s(self) -> float:
        """Seconds since it said anything."""
        return time.monotonic() - self.heard_at_s


class WatchedFeed(AsyncIterator[FeedEvent]):
    """A change feed that can be asked whether it still speaks."""

    def __init__(self, feed: ChangeFeed, standing: FeedStanding) -> None:
        self._feed, self._standing = feed, standing
        self._heard = asyncio.Event()

    async def __anext__(self) -> FeedEvent:
        event = await self._feed.__anext__()
        self._standing.note(event)
        self._heard.set()
        self._heard = asyncio.Event()
        return event

    def request_heartbeat(self) -> None:
        self._feed.request_heartbeat()

    async def aclose(self) -> None:
        await self._feed.aclose()

    async def answer(self) -> None:
        """Return once the feed has said something. Raises `TimeoutError` when it does not in time."""
        heard = self._heard
        self._feed.request_heartbeat()
        async with asyncio.timeout(ANSWER_S_MAX):
            await heard.wait()


class Health:
    """Answers `/health` and `/health/ready`. `follow` says which feed the service follows now."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._feed: WatchedFeed | None = None
        self._is_migrated = False
        self.feed_standing = FeedStanding()

    def watch(self, feed: ChangeFeed) -> WatchedFeed:
        """The same feed, from now on the one that readiness depends on."""
        self._feed = WatchedFeed(feed, self.feed_standing)
        return self._feed

    def routes(self) -> list[HTTPRouteHandler]:
        """The handlers, for Litestar."""
        return [get("/health", sync_to_thread=False)(self.live), get("/health/ready")(self.ready)]

    def live(self) -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    async def ready(self) -> Response[dict[str, str]]:
        """200 when queries can be answered and changes are heard; 503 otherwise, with what is amiss."""
        database, feed = await asyncio.gather(self._ask_database(), self._ask_feed())
        is_ready = database == feed == "ready"
        body = {"status": "ready" if is_ready else "not ready", "database": database, "feed": feed}
        return Response(body, status_code=200 if is_ready else 503)

    async def _ask_database(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                await self._execution.ping()
                # Once: a database does not lose migrations again.
                self._is_migrated = self._is_migrated or not await self._execution.missing_columns()
        except (PostgresError, TimeoutError):
            return "unreachable"
        return "ready" if self._is_migrated else "migrations missing"

    async def _ask_feed(self) -> str:
        if self._feed is None:
            return "not followed"
        try:
            await self._feed.answer()
        except TimeoutError:
            return "silent"
        return "ready"
