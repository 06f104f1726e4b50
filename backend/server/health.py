"""Whether this copy of the service is alive, and whether it should be sent clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from backend.postgres import ChangeFeed, FeedEvent, PostgresError
from backend.runtime.execution import Execution

ANSWER_S_MAX = 2.0  # Database and feed answer in milliseconds; whoever asks, asks again in seconds.


class WatchedFeed(AsyncIterator[FeedEvent]):
    """A change feed that can be asked whether it still speaks."""

    def __init__(self, feed: ChangeFeed) -> None:
        self._feed = feed
        self._heard = asyncio.Event()

    async def __anext__(self) -> FeedEvent:
        event = await self._feed.__anext__()
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

    def watch(self, feed: ChangeFeed) -> WatchedFeed:
        """The same feed, from now on the one that readiness depends on."""
        self._feed = WatchedFeed(feed)
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
        except (PostgresError, TimeoutError):
            return "unreachable"
        return "ready"

    async def _ask_feed(self) -> str:
        if self._feed is None:
            return "not followed"
        try:
            await self._feed.answer()
        except TimeoutError:
            return "silent"
        return "ready"
